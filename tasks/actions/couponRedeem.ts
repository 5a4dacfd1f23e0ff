/** `coupon redeem`: pays the leader, or the sponsor back, when claims have ended. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { redeemCoupon } from "../../offchain/market/elections.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts, electionNamed } from "../support/elections.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { CouponStepArguments } from "./couponClaim.ts";

export default function action(
  args: CouponStepArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const { electionId } = await electionNamed(connected, args.election);
    await redeemCoupon(connected.market, wallet, electionId);
    printFacts(await electionFacts(connected, electionId), args.json);
  });
}
