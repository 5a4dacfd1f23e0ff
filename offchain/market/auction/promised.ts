/**
 * Whom the earlier auctions of a slot have matched. A pile that is matched has promised the slot to
 * one vehicle until the openings end; a pile whose vehicle refused it is among them, so a lie is
 * not tried twice in a slot.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { MatcherNotices } from "../../parties/proxy/store.ts";

/** Piles, and the auction in which each was matched. Empty for the first auction of a slot. */
export async function promisedPiles(
  { announced, decided }: Pick<MatcherNotices, "announced" | "decided">,
  { again }: Pick<AnnouncedAuction, "again">,
): Promise<ReadonlyMap<Address, Bytes32>> {
  const promised = new Map<Address, Bytes32>();
  for (let before = again; before !== null; before = (await announced(before))?.again ?? null) {
    for (const { pile } of (await decided(before)) ?? []) promised.set(pile, before);
  }
  return promised;
}
