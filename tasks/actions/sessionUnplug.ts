/** `session unplug`: the vehicle says that it has left. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { unplugSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, unplugSession);
}
