/** `coupon show`: an election, who leads it, and who wins it by the evaluations. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect } from "../support/connection.ts";
import { electionFacts, electionNamed } from "../support/elections.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { CouponStepArguments } from "./couponClaim.ts";

export default function action(
  args: Omit<CouponStepArguments, "as">,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { electionId } = await electionNamed(connected, args.election);
    printFacts(await electionFacts(connected, electionId), args.json);
  });
}
