/** The match of a player, opened and checked. */
import { readMatchNotice } from "../../offchain/market/auction/matchNotice.ts";
import { openMatch, type OpenedMatch } from "../../offchain/market/auction/openMatch.ts";
import { folderBids, folderWishes } from "../stores/auctions.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { withRemedies } from "./remedies.ts";

const REFUSE = "refuse it with `auction withdraw`, which frees the deposit";
const REMEDIES = {
  E_MATCH_AUCTION: REFUSE,
  E_MATCH_FORM: REFUSE,
  E_MATCH_BID: REFUSE,
  E_MATCH_SITE: REFUSE,
  E_MATCH_LIMITS: REFUSE,
  E_DELIVERY_FORM: REFUSE,
  E_DECISION_MISMATCH: REFUSE,
  E_AEAD: REFUSE,
};

/**
 * Opens the delivery that is for the vehicle `player`.
 * @throws InputError for a pile, which is told what it is to do; as `openMatch` and `decidedIn`
 */
export async function matchOfVehicle(
  connected: Connected,
  player: Player,
  named: string | undefined,
): Promise<OpenedMatch> {
  const { market, state } = connected;
  const { wallet, sealKeys, person } = player;
  const decided = await decidedIn(connected, named);
  if (person.kind === "pile") {
    const desk = { wallet, sealKeys, store: folderBids(state) };
    const { session, vehicle } = await readMatchNotice(market, desk, decided);
    const match = `${person.name} is matched with ${vehicle} in session ${session}`;
    const remedy = "`session show` tells when it has, then `session authorise`";
    throw new InputError(`--as: ${match}; the vehicle alone starts it: ${remedy}`);
  }
  const desk = { wallet, sealKeys, store: folderWishes(state) };
  return withRemedies(REMEDIES, openMatch(market, desk, decided));
}
