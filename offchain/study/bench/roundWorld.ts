/**
 * The participants of a measured round: people in a city, as the market and as the paper see them.
 * A seed gives the same city again; of a smaller round it is the first part.
 */
import { id, Wallet } from "ethers";
import { LEAST_CELL_M, wholeFrame } from "../../core/messages/area.ts";
import {
  FIRST_ROUND,
  requestCommitment,
  type Bytes32,
  type Venue,
} from "../../core/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../core/messages/records.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { ANYWHERE, signUpload, uploadHash, type UploadHeader } from "../../core/messages/upload.ts";
import type { PaperBuyer, PaperSeller } from "../paper/paperRecords.ts";
import { prepareBid } from "../../parties/pile/trading.ts";
import { inOrder } from "../../parties/server/order.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import { encryptRequest } from "../../parties/vehicle/trading.ts";
import { matchInTheClear } from "../oracle/plaintextMatcher.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { OwnerWork } from "../../parties/owner/work.ts";

export const FEATURE_COUNT = 2;
/** Where the round is said to take place; nothing is sent there. */
export const VENUE: Venue = {
  chainId: 31_337n,
  auctions: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
};
export const AUCTION_ID: Bytes32 = id("ChargeVeil bench");
/** Everywhere: a round of the bench compares everybody with everybody. */
export const AREA = wholeFrame(LEAST_CELL_M);
/** Seed of the order in which they come. */
export const ORDER_SEED: Bytes32 = id("ChargeVeil bench order");

/** Who owns a record. */
export type Kind = "vehicle" | "pile";

const CITY_M = 3_000;
export const SEAL_KEY = `0x${"09".padEnd(64, "0")}`;

export interface BenchWorld {
  readonly requests: readonly ClearRequest[];
  readonly offers: readonly ClearOffer[];
}

/** Where uploads say that their senders may be, in the order of the world. */
export interface Locations {
  readonly requests: readonly Located[];
  readonly offers: readonly Located[];
}
export type Located = Pick<UploadHeader, "setId" | "cells">;

/** What everybody has sent. */
export interface Sent {
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
}

/** A city with `size` vehicles and as many piles. */
export function benchWorld(size: number, seed: string): BenchWorld {
  const stream = seededStream(seed, "bench");
  const below = (bound: number): number => Math.floor(stream.uniform() * bound);
  const position = (): { xM: number; yM: number } => ({ xM: below(CITY_M), yM: below(CITY_M) });
  const some = (share: number): readonly (bigint | null)[] =>
    Array.from({ length: FEATURE_COUNT }, () => (stream.uniform() < share ? 0n : null));
  const requests: ClearRequest[] = [];
  const offers: ClearOffer[] = [];
  for (let k = 0; k < size; k += 1) {
    requests.push({
      position: position(),
      maxPricePerKwh: BigInt(350_000 + below(250_000)),
      maxDistanceM: 500 + below(1_500),
      featureBids: some(1 / 4),
    });
    offers.push({
      position: position(),
      siteSalt: id(`site/${k}`),
      pricePerKwh: BigInt(250_000 + below(300_000)),
      powerW: 11_000,
      featureAsks: some(3 / 4),
      salt: id(`salt/${k}`),
    });
  }
  return { requests, offers };
}

/**
 * Encrypts, proves and signs every record, as their owners would. Who is not located may be
 * anywhere.
 */
export async function sendAll(
  world: BenchWorld,
  roundKey: RoundKey,
  work: OwnerWork,
  located: Locations = { requests: [], offers: [] },
): Promise<Sent> {
  const requests = world.requests.map(async (clear, k): Promise<Submission> => {
    const { wallet, participantId, header } = owner("vehicle", k, located.requests[k]);
    const upload = await encryptRequest(header, roundKey, clear, work.encryptProven);
    const hash = uploadHash(upload);
    return {
      signed: await signUpload(VENUE, upload, wallet),
      participantId,
      uploadHash: hash,
      commitment: requestCommitment(VENUE, AUCTION_ID, wallet.address, hash),
      round: FIRST_ROUND,
    };
  });
  const offers = world.offers.map(async (clear, k): Promise<Submission> => {
    const { wallet, participantId, header } = owner("pile", k, located.offers[k]);
    const bid = await prepareBid(VENUE, header, roundKey, clear, work.encryptProven);
    const signed = await signUpload(VENUE, bid.upload, wallet);
    const { uploadHash: hash, commitment, round } = bid;
    return { signed, participantId, uploadHash: hash, commitment, round };
  });
  return { requests: await Promise.all(requests), offers: await Promise.all(offers) };
}

/** Who is matched with whom, by the oracle: account of the vehicle → account of the pile. */
export function expectedMatches(
  { requests, offers }: BenchWorld,
  accountOf: (kind: Kind, k: number) => string = walletAccount,
): ReadonlyMap<string, string> {
  const ranked = <T>(kind: Kind, all: readonly T[]) =>
    inOrder(
      ORDER_SEED,
      all.map((clear, k) => ({
        clear,
        participantId: participantIdOf(kind, k),
        account: accountOf(kind, k),
      })),
    );
  const { matches } = matchInTheClear({
    buyers: ranked("vehicle", requests).map(({ clear, account }) => ({
      ...clear,
      name: account,
      needs: clear.featureBids.map((bid) => bid !== null),
      vehicle: account,
      startSeconds: 0,
      durationSeconds: 0,
      energyWh: 0,
    })),
    sellers: ranked("pile", offers).map(({ clear, account }) => ({
      ...clear,
      name: account,
      offers: clear.featureAsks.map((ask) => ask !== null),
    })),
  });
  return matches;
}

/** The same buyers as the paper has them, weights 1. */
export function asPaperBuyers({ requests }: BenchWorld): readonly PaperBuyer<number>[] {
  return requests.map(({ position, maxPricePerKwh, maxDistanceM, featureBids }) => ({
    ...position,
    pricePerKwh: Number(maxPricePerKwh),
    maxDistanceM,
    distanceWeight: 1,
    priceWeight: 1,
    features: featureBids.map((bid) => ({
      need: bid === null ? 0 : 1,
      pricePerKwh: bid === null ? 0 : FEATURE_PRICE,
      weight: 1,
    })),
  }));
}

/** The same sellers. */
export function asPaperSellers({ offers }: BenchWorld): readonly PaperSeller<number>[] {
  return offers.map(({ position, pricePerKwh, featureAsks }) => ({
    ...position,
    pricePerKwh: Number(pricePerKwh),
    features: featureAsks.map((ask) => ({ offer: ask === null ? 0 : 1, pricePerKwh: 0 })),
  }));
}

/** What a paper buyer pays for a feature: its rule wants more than is asked. */
const FEATURE_PRICE = 10_000;

function owner(kind: Kind, k: number, located: Located = ANYWHERE) {
  const wallet = walletOf(kind, k);
  const header = { auctionId: AUCTION_ID, account: wallet.address, sealKey: SEAL_KEY, ...located };
  return { wallet, participantId: participantIdOf(kind, k), header };
}

function walletOf(kind: Kind, k: number): Wallet {
  return new Wallet(id(`ChargeVeil bench account/${kind}/${k}`));
}

function walletAccount(kind: Kind, k: number): string {
  return walletOf(kind, k).address;
}

export function participantIdOf(kind: Kind, k: number): Bytes32 {
  return id(`ChargeVeil bench participant/${kind}/${k}`);
}
