/** `reputation show`: credibility and rating of an account. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { reputationFacts } from "../support/reputation.ts";
import { accountOf, type StandingArguments } from "../support/standing.ts";

export default function action(
  args: StandingArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    printFacts(await reputationFacts(connected, await accountOf(connected, args)), args.json);
  });
}
