/**
 * `session finalise`: anybody pays out what was metered, when nobody disputed in time, or nobody
 * ruled in time.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { finaliseSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, finaliseSession);
}
