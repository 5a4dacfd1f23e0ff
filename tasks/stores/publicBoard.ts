/**
 * Public auctions in the state folder.
 *
 *   latest-public-auction.json            the one that commands mean if they name none
 *   public/<id>/terms.json                terms of a public auction
 *   public/<id>/invitations/<pile>.json   what its vehicle signed for a pile
 */
import { z } from "zod";
import { bytes32Form } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import type { PublicBoard } from "../../offchain/parties/vehicle/publicBoard.ts";
import { hex, uint, type State } from "./state.ts";

export const openTermsSchema = z.strictObject({
  rule: z.strictObject({
    maxPricePerKwh: uint(64),
    minDecrement: uint(64),
    priceBps: uint(16),
    powerBps: uint(16),
    qualityBps: uint(16),
    distanceBps: uint(16),
    referencePowerW: uint(32),
    maxDistanceM: uint(32),
  }),
  quietSeconds: uint(16),
  biddingEnds: uint(40),
  openingEnds: uint(40),
  slotStart: uint(40),
  slotEnd: uint(40),
  bidBond: uint(128),
  vehicleDeposit: uint(128),
  nonce: bytes32Form,
});
export const invitationSchema = z.strictObject({
  auctionId: bytes32Form,
  pile: hex,
  distanceM: uint(32),
  signature: hex,
});

const LATEST = "latest-public-auction.json";

/** The public auction that commands mean if they name none; null before there is one. */
export async function latestPublicIn(state: State): Promise<Bytes32 | null> {
  return (await state.readIfThere(LATEST, bytes32Form)) ?? null;
}

export async function noteLatestPublic(state: State, auctionId: Bytes32): Promise<void> {
  await state.write(LATEST, auctionId);
}

/** What vehicles publish. Its calls throw StateError for a file that is not what it should be. */
export function folderPublicBoard(state: State): PublicBoard {
  const termsAt = (auctionId: Bytes32): string => `public/${auctionId}/terms.json`;
  const invitationAt = (auctionId: Bytes32, pile: string): string =>
    `public/${auctionId}/invitations/${pile}.json`;
  return {
    publish: (auctionId, terms) => state.write(termsAt(auctionId), terms),
    published: async (auctionId) =>
      (await state.readIfThere(termsAt(auctionId), openTermsSchema)) ?? null,
    invite: (invitation) =>
      state.write(invitationAt(invitation.auctionId, invitation.pile), invitation),
    invitation: async (auctionId, pile) =>
      (await state.readIfThere(invitationAt(auctionId, pile), invitationSchema)) ?? null,
  };
}
