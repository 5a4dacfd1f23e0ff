/**
 * What a vehicle publishes of an auction of its own: the terms, and an invitation for each pile
 * that may bid.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { OpenTerms } from "../../core/messages/openAuction.ts";

/** Signed by the vehicle: how far away a pile is. */
export interface Invitation {
  readonly auctionId: Bytes32;
  readonly pile: Address;
  readonly distanceM: bigint;
  readonly signature: string;
}

export interface PublicBoard {
  readonly publish: (auctionId: Bytes32, terms: OpenTerms) => Promise<void>;
  /** Null if they were not published here. */
  readonly published: (auctionId: Bytes32) => Promise<OpenTerms | null>;
  readonly invite: (invitation: Invitation) => Promise<void>;
  /** Null for a pile that is not invited. */
  readonly invitation: (auctionId: Bytes32, pile: Address) => Promise<Invitation | null>;
}

/** Kept as long as the process lives. */
export function memoryPublicBoard(): PublicBoard {
  const terms = new Map<Bytes32, OpenTerms>();
  const invitations = new Map<string, Invitation>();
  return {
    publish: (auctionId, published) => {
      terms.set(auctionId, published);
      return Promise.resolve();
    },
    published: (auctionId) => Promise.resolve(terms.get(auctionId) ?? null),
    invite: (invitation) => {
      invitations.set(`${invitation.auctionId}/${invitation.pile}`, invitation);
      return Promise.resolve();
    },
    invitation: (auctionId, pile) =>
      Promise.resolve(invitations.get(`${auctionId}/${pile}`) ?? null),
  };
}
