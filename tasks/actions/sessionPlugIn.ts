/** `session plug-in`: the vehicle says that it is plugged in. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { plugInSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, plugInSession);
}
