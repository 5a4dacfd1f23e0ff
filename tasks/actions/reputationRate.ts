/** `reputation rate`: the vehicle of a session that is over rates its pile. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { rateSession } from "../../offchain/market/reputation.ts";
import { knownSession } from "../../offchain/market/sessions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { reputationFacts } from "../support/reputation.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { sessionOf } from "../support/namedSession.ts";

export interface ReputationRateArguments extends SessionArguments {
  readonly rating: number;
}

export default function action(
  args: ReputationRateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "vehicle");
    const session = await sessionOf(connected, player, args);
    await rateSession(connected.market, player.wallet, session, args.rating);
    const { pile } = await knownSession(connected.market, session);
    printFacts(await reputationFacts(connected, pile), args.json);
  });
}
