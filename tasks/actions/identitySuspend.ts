/** `identity suspend`: the authority stops new obligations of a participant. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Outcome } from "../support/outcome.ts";
import { standingStep, type AuthorityArguments } from "../support/standing.ts";
import { suspendParticipant } from "../../offchain/market/participants.ts";

export default function action(
  args: AuthorityArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return standingStep(args, hre, "suspend", suspendParticipant);
}
