/**
 * `session start`: a matched party opens its delivery, checks it, and opens the decision on chain.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { startSession } from "../../offchain/market/sessions.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { openMatch } from "../support/matches.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { sessionFacts } from "../support/sessions.ts";

export interface SessionStartArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: SessionStartArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const { session, counterpart, ...match } = await openMatch(connected, player, args.auction);
    await startSession(connected.market, player.wallet, match);
    const counterpartAt = `${counterpart.xM}, ${counterpart.yM} m`;
    printFacts({ ...(await sessionFacts(connected, session)), counterpartAt }, args.json);
  });
}
