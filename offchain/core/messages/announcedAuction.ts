/** An auction as its matcher announces it: everything that it takes to bid or to ask in it. */
import { z } from "zod";
import { areaFromJson, type Area } from "./area.ts";
import { addressForm, bytes32Form, decimalForm } from "./forms.ts";
import type { AuctionTerms, Bytes32 } from "./market.ts";
import { roundKeyFromJson, roundKeyToJson, type RoundKey } from "./roundKey.ts";

/** The id is a hash of the terms, and the terms name area and round key by their hashes. */
export interface AnnouncedAuction {
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly area: Area;
  readonly roundKey: RoundKey;
  /**
   * The auction of the same slot that this one follows, for vehicles that have refused their match
   * in it; null for the first. Whoever it matched takes no part: its piles have promised the slot.
   */
  readonly again: Bytes32 | null;
}

/** As wide as on chain. */
const uint = (bits: number) =>
  decimalForm.transform(BigInt).refine((value) => value >> BigInt(bits) === 0n);

const termsForm = z.strictObject({
  areaHash: bytes32Form,
  roundKeyHash: bytes32Form,
  scope: bytes32Form,
  secondServer: addressForm,
  biddingEnds: uint(40),
  matchingEnds: uint(40),
  openingEnds: uint(40),
  slotStart: uint(40),
  slotEnd: uint(40),
  maxRounds: uint(8),
  roundSeconds: uint(32),
  bidBond: uint(128),
  vehicleDeposit: uint(128),
  nonce: bytes32Form,
});

/** Of what is stored under the auction's id, or comes with it. */
export const announcementForm = z.strictObject({
  terms: termsForm,
  area: z.unknown(),
  roundKey: z.unknown(),
  again: bytes32Form.nullable(),
});
export type Announcement = z.output<typeof announcementForm>;

/**
 * The form in which an announcement travels and is stored: numbers of the terms as decimal text.
 */
export function announcementOf({ terms, area, roundKey, again }: AnnouncedAuction): object {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries<string | bigint>({ ...terms })) {
    texts[name] = value.toString();
  }
  return { terms: texts, area, roundKey: roundKeyToJson(roundKey), again };
}

/** @throws as `roundKeyFromJson` and `areaFromJson` */
export function announcedBy(
  auctionId: Bytes32,
  { terms, area, roundKey, again }: Announcement,
): AnnouncedAuction {
  return {
    auctionId,
    terms,
    area: areaFromJson(area),
    roundKey: roundKeyFromJson(roundKey),
    again,
  };
}
