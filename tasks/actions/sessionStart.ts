/** `session start`: a matched party opens its delivery, checks it, and opens the decision on chain. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
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
    const { market } = connected;
    const player = await playerNamed(connected, args.as);
    const { session, opening, proof, counterpart } = await openMatch(
      connected,
      player,
      args.auction,
    );
    await send(market, market.contracts.sessions.connect(player.wallet).start(opening, [...proof]));
    const counterpartAt = `${counterpart.xM}, ${counterpart.yM} m`;
    printFacts({ ...(await sessionFacts(connected, session)), counterpartAt }, args.json);
  });
}
