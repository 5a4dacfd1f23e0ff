/**
 * `coupon claim`: puts the candidate in the lead that wins by the evaluations. Anyone does it for
 * everyone.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { claimCoupon } from "../../offchain/market/elections.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts, electionNamed } from "../support/elections.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface CouponStepArguments {
  readonly state: string;
  readonly as: string;
  readonly election: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: CouponStepArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const election = await electionNamed(connected, args.election);
    await claimCoupon(connected.market, wallet, election);
    printFacts(await electionFacts(connected, election.electionId), args.json);
  });
}
