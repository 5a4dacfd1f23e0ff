/**
 * `session start`: a matched vehicle opens its delivery, audits it, and accepts: it opens the
 * decision on chain, or signs the call that does for somebody else to relay.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { sessionsCalled, signedCallOf } from "../../offchain/chain/signedCalls.ts";
import type { OpenedMatch } from "../../offchain/market/auction/openMatch.ts";
import { startSession } from "../../offchain/market/sessions.ts";
import { sessionCalls } from "../stores/signedCalls.ts";
import { connect, playerNamed, type Connected, type Player } from "../support/connection.ts";
import { matchOfVehicle } from "../support/matches.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { sessionFacts } from "../support/sessions.ts";
import { geoLink } from "../support/places.ts";

export interface SessionStartArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  /** File for the signed call; nothing is sent then. */
  readonly sign: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: SessionStartArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const match = await matchOfVehicle(connected, player, args.auction);
    const { xM, yM } = match.site;
    const pileGeo = geoLink(connected.deployment.corner, match.site);
    const where = { pileXM: xM, pileYM: yM, pileGeo };
    if (args.sign !== undefined) {
      const signed = await signStart(connected, player, match, args.sign);
      printFacts({ ...signed, ...where }, args.json);
      return;
    }
    await startSession(connected.market, player.wallet, match);
    printFacts({ ...(await sessionFacts(connected, match.session, args)), ...where }, args.json);
  });
}

/** The call counts as long as the decision can be opened. */
async function signStart(
  { market }: Connected,
  { wallet }: Player,
  { session, opening, proof }: OpenedMatch,
  file: string,
) {
  const { auctions, sessions } = market.contracts;
  const { openingEnds } = await auctions.auctionOf(opening.auctionId);
  const data = sessions.interface.encodeFunctionData("start", [opening, [...proof]]);
  const called = await sessionsCalled(market);
  await sessionCalls.write(file, await signedCallOf(market, called, wallet, data, openingEnds));
  return { session, signedCall: file, relayBefore: moment(openingEnds) };
}
