/** The match of a player, opened and checked. */
import { readMatchNotice } from "../../offchain/market/auction/matchNotice.ts";
import { openMatch, type OpenedMatch } from "../../offchain/market/auction/openMatch.ts";
import { folderBids, folderWishes } from "../stores/auctions.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { pasteable } from "./hints.ts";
import { InputError } from "./outcome.ts";
import { withRemedies } from "./remedies.ts";

/** Of the audit: what does not fit is at fault, and the vehicle owes nothing. */
const AUDIT_CODES = [
  ...["E_MATCH_AUCTION", "E_MATCH_FORM", "E_MATCH_BID", "E_MATCH_SITE", "E_MATCH_LIMITS"],
  ...["E_DELIVERY_FORM", "E_DECISION_MISMATCH", "E_AEAD"],
];

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
    const [show, authorise] = ["show", "authorise"].map((verb) =>
      pasteable(state, `session ${verb} --as ${person.name}`, { auction: named }),
    );
    const remedy = `\`${show}\` tells when it has, then \`${authorise}\``;
    throw new InputError(`--as: ${match}; the vehicle alone starts it: ${remedy}`);
  }
  const desk = { wallet, sealKeys, store: folderWishes(state) };
  const withdraw = pasteable(state, `auction withdraw --as ${person.name}`, { auction: named });
  const refuse = `refuse it with \`${withdraw}\`, which frees the deposit`;
  const remedies = Object.fromEntries(AUDIT_CODES.map((code) => [code, refuse]));
  return withRemedies(remedies, openMatch(market, desk, decided));
}
