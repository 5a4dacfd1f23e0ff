/** `session expire`: anybody ends a session whose deadline has passed. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Outcome } from "../support/outcome.ts";
import { sessionStep, type SessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return sessionStep(args, hre, ({ market }, { wallet }, session) =>
    market.contracts.sessions.connect(wallet).expire(session),
  );
}
