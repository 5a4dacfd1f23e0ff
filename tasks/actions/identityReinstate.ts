/** `identity reinstate`: the authority lifts a suspension. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/roles/chain.ts";
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
    const account = await accountOf(connected, args);
    const { identities } = connected.market.contracts;
    await send(connected.market, identities.connect(connected.operator).reinstate(account));
    printFacts(await standingOf(connected, account), args.json);
  });
}
