/** `reputation rate`: the vehicle of a session that is over rates its pile, or signs its rating. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { rateSession, signRating } from "../../offchain/market/reputation.ts";
import { knownSession } from "../../offchain/market/sessions.ts";
import { BEST_RATING, WORST_RATING } from "../../offchain/core/reputation/pileRating.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireWithin } from "../support/ranges.ts";
import { reputationFacts } from "../support/reputation.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { sessionOf } from "../support/namedSession.ts";
import { keptCall, relayBefore, type CallSigningArguments } from "../support/signedCall.ts";

export interface ReputationRateArguments extends SessionArguments, CallSigningArguments {
  readonly rating: number;
}

export default function action(
  args: ReputationRateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireWithin("rating", args.rating, { least: WORST_RATING, most: BEST_RATING });
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "vehicle");
    const session = await sessionOf(connected, player, args);
    const { market } = connected;
    const { rating } = args;
    if (args.sign !== undefined) {
      const deadline = await relayBefore(connected, args);
      const call = await signRating(market, player.wallet, { session, rating }, deadline);
      printFacts({ session, ...(await keptCall(args.sign, call)) }, args.json);
      return;
    }
    await rateSession(market, player.wallet, session, rating);
    const { pile } = await knownSession(market, session);
    printFacts(await reputationFacts(connected, pile), args.json);
  });
}
