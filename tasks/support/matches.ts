/** The match of a player, opened and checked. */
import {
  openMatchAsPile,
  openMatchAsVehicle,
  type OpenedMatch,
} from "../../offchain/market/auction/openMatch.ts";
import { folderBids, folderWishes } from "../stores/auctions.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";

/**
 * Opens the delivery that is for `player`; throws as `openMatchAsVehicle`, `openMatchAsPile` and
 * `decidedIn`.
 */
export async function openMatch(
  connected: Connected,
  { person, wallet, sealKeys }: Player,
  named: string | undefined,
): Promise<OpenedMatch> {
  const { market, state } = connected;
  const decided = await decidedIn(connected, named);
  return person.kind === "pile"
    ? openMatchAsPile(market, { wallet, sealKeys, store: folderBids(state) }, decided)
    : openMatchAsVehicle(market, { wallet, sealKeys, store: folderWishes(state) }, decided);
}
