/** `reputation rate`: the vehicle of a settled session rates its pile. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { reputationFacts } from "../support/reputation.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { sessionOf } from "../support/sessions.ts";

export interface ReputationRateArguments extends SessionArguments {
  readonly rating: number;
}

export default function action(
  args: ReputationRateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    if (args.rating < 1 || args.rating > 3) {
      throw new InputError(`--rating: expected 1, 2 or 3, got ${args.rating}`);
    }
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "vehicle");
    const session = await sessionOf(connected, player, args);
    const { reputation, sessions } = connected.market.contracts;
    await send(connected.market, reputation.connect(player.wallet).rate(session, args.rating));
    const { pile } = await sessions.sessionOf(session);
    printFacts(await reputationFacts(connected, pile), args.json);
  });
}
