/**
 * What the cloud keeps, in its folder: the secret halves of round keys, the auctions that it
 * serves, whom it has matched, which attempts it has taken part in, and what was said of uploads.
 */
import { z } from "zod";
import {
  announcedBy,
  announcementForm,
  announcementOf,
} from "../../core/messages/announcedAuction.ts";
import { addressForm, decimalForm } from "../../core/messages/forms.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { privateKeyFromPrimes } from "../../core/primitives/paillier/keyFromPrimes.ts";
import type { CloudStore } from "../../parties/cloud/desk.ts";
import type { ServerStore } from "../../parties/server/store.ts";
import type { ServiceFolder } from "../folder.ts";

const primesForm = z.strictObject({ p: decimalForm, q: decimalForm });
const matchedForm = z.array(addressForm);

export function cloudStoreIn(folder: ServiceFolder, attempts: ServerStore): CloudStore {
  const file = (roundKeyHash: string): string => `keys/${roundKeyHash}.json`;
  const servedAt = (auctionId: Bytes32): string => `served/${auctionId}.json`;
  const matchedAt = (auctionId: Bytes32): string => `matched/${auctionId}.json`;
  return {
    ...attempts,
    keepPrivateKey: (hash, { p, q }) =>
      folder.write(file(hash), { p: p.toString(), q: q.toString() }),
    privateKeyOf: async (hash) => {
      const primes = await folder.read(file(hash), primesForm);
      return primes === undefined ? null : privateKeyFromPrimes(BigInt(primes.p), BigInt(primes.q));
    },
    keepServed: (auction) => folder.write(servedAt(auction.auctionId), announcementOf(auction)),
    served: async (auctionId) => {
      const kept = await folder.read(servedAt(auctionId), announcementForm);
      return kept === undefined ? null : announcedBy(auctionId, kept);
    },
    keepMatched: (auctionId, accounts) => folder.write(matchedAt(auctionId), accounts),
    matchedIn: async (auctionId) => (await folder.read(matchedAt(auctionId), matchedForm)) ?? null,
  };
}
