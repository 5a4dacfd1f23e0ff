/** `session dispute`: the vehicle calls the arbiter before the window for it ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { disputeSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { vehicleStep, type SignableSessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SignableSessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return vehicleStep(args, hre, "dispute", disputeSession);
}
