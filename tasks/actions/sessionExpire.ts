/** `session expire`: anybody ends a session whose deadline has passed. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { expireSession } from "../../offchain/market/sessions.ts";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, expireSession);
}
