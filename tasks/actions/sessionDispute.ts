/** `session dispute`: the vehicle calls the arbiter before the window for it ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { disputeSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, disputeSession);
}
