/** `session authorise`: the pile says that it is ready to serve. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { authoriseSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, authoriseSession);
}
