/** `identity show`: what the chain knows of a participant, and what it has in the escrow. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { accountOf, standingOf, type StandingArguments } from "../support/standing.ts";

export default function action(
  args: StandingArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    printFacts(await standingOf(connected, await accountOf(connected, args)), args.json);
  });
}
