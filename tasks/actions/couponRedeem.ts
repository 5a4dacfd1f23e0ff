/** `coupon redeem`: pays the leader, or the sponsor back, when claims have ended. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts, knownElection } from "../support/elections.ts";
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
    const { electionId } = await knownElection(connected, args.election);
    const { coupons } = connected.market.contracts;
    await send(connected.market, coupons.connect(wallet).redeem(electionId));
    const after = await knownElection(connected, electionId);
    printFacts(await electionFacts(connected, after), args.json);
  });
}
