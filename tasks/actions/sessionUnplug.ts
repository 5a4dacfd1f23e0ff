/** `session unplug`: the vehicle says that it has left. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { unplugSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { vehicleStep, type SignableSessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SignableSessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return vehicleStep(args, hre, "unplug", unplugSession);
}
