/** `session waive`: the pile gives up what it could claim, and all stakes are free. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { waiveSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, waiveSession);
}
