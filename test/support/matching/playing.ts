/**
 * Rounds of people whose uploads are in, without their proofs: what was admitted is not proved
 * again.
 */
import {
  bidCommitment,
  FIRST_ROUND,
  offerHash,
  type Bytes32,
} from "../../../offchain/core/messages/market.ts";
import {
  formOf,
  offerLayout,
  requestLayout,
  type Layout,
} from "../../../offchain/core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../../offchain/core/messages/records.ts";
import { roundKeyHash } from "../../../offchain/core/messages/roundKey.ts";
import {
  ANYWHERE,
  uploadHash,
  type Upload,
  type UploadHeader,
} from "../../../offchain/core/messages/upload.ts";
import type { SentKind } from "../../../offchain/core/messages/uploadHeader.ts";
import { encryptRecord } from "../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { at } from "../../../offchain/core/primitives/proofs/proofBytes.ts";
import { shortRandomness } from "../../../offchain/core/primitives/proofs/recordRandomness.ts";
import type { PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { RoundOutcome } from "../../../offchain/market/matching.ts";
import { AUCTION_ID, dealtKey, headerOf, VENUE, type Person } from "./crowdRound.ts";
import { counterRng } from "../primitives/draws.ts";
import {
  clearOfferOf,
  clearRequestOf,
  runRound,
  UNCHECKED,
  type Buyer,
  type Parties,
  type RoundOptions,
  type Seller,
  type Uploads,
} from "./rounds.ts";

const { roundKey } = dealtKey();
const rng = counterRng("playing");

/** Where an upload says that its sender may be. */
export type Located = Pick<UploadHeader, "setId" | "cells">;
export type Locate = (party: Buyer | Seller) => Located;

/** What is changed of a round; requests instead of those of all buyers. */
export interface Changed extends Omit<RoundOptions, "requests" | "offers"> {
  readonly requests?: Uploads["requests"];
}

/** Parties whose uploads are in, and the round that they can play. */
export interface Playing extends Uploads {
  readonly parties: Parties;
  readonly bids: ReadonlyMap<string, PreparedBid>;
  readonly run: (seed: Bytes32, options?: Changed) => Promise<RoundOutcome>;
}

/** Uploads of everybody, located as `locate` says: anywhere, if nothing does. */
export function play(parties: Parties, locate: Locate = () => ANYWHERE): Playing {
  const bids = new Map(
    parties.sellers.map((seller) => [seller.person.wallet.address, bidOf(seller, locate(seller))]),
  );
  const uploads: Uploads = {
    requests: parties.buyers.map((buyer) => {
      const upload = requestOf(buyer, locate(buyer));
      const { participantId } = buyer.person;
      return { participantId, upload, uploadHash: uploadHash(upload), signature: UNCHECKED };
    }),
    offers: parties.sellers.map(({ person: { participantId, wallet } }) => {
      const bid = bids.get(wallet.address);
      if (bid === undefined) throw new Error("play: expected a bid of every seller");
      const { upload, uploadHash: hash, commitment: bidCommitment } = bid;
      return { participantId, upload, uploadHash: hash, signature: UNCHECKED, bidCommitment };
    }),
  };
  const run = (seed: Bytes32, changed: Changed = {}): Promise<RoundOutcome> => {
    const { requests = uploads.requests, ...options } = changed;
    return runRound({ requests, offers: uploads.offers }, { seed, ...options });
  };
  return { parties, bids, run, ...uploads };
}

/** What was admitted is not proved again, so that hundreds of rounds take seconds. */
function unproven(
  kind: SentKind,
  owner: Person,
  located: Located,
  layout: Layout,
  values: readonly bigint[],
): Upload {
  const randomness = shortRandomness(roundKey.shortKey);
  const { ciphertexts } = encryptRecord(formOf(layout), 1, values, randomness, rng);
  const names = { ...headerOf(owner), kind, ...located, roundKeyHash: roundKeyHash(roundKey) };
  return { ...names, record: at(ciphertexts, 0), proof: "0x" };
}

function requestOf(buyer: Buyer, located: Located): Upload {
  return unproven(
    "request",
    buyer.person,
    located,
    requestLayout(2),
    requestFields(clearRequestOf(buyer)),
  );
}

function bidOf(seller: Seller, located: Located): PreparedBid {
  const clear = clearOfferOf(seller);
  const upload = unproven("offer", seller.person, located, offerLayout(2), offerFields(clear));
  const offer = {
    pricePerKwh: clear.pricePerKwh,
    powerW: BigInt(clear.powerW),
    salt: clear.salt,
  };
  const parts = { offerHash: offerHash(offer), uploadHash: uploadHash(upload) };
  const commitment = bidCommitment(VENUE, AUCTION_ID, upload.account, parts);
  return { upload, offer, uploadHash: parts.uploadHash, round: FIRST_ROUND, commitment };
}
