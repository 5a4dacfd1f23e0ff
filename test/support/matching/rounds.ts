/**
 * Worlds of a few trips and piles whose owners take part in a round, and what has to come out of
 * it.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import {
  bidCommitment,
  FIRST_ROUND,
  offerHash,
  requestCommitment,
  type Bytes32,
} from "../../../offchain/core/messages/market.ts";
import type { DecidedMatch } from "../../../offchain/core/messages/delivery.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import { uploadHash } from "../../../offchain/core/messages/upload.ts";
import { headerHash } from "../../../offchain/core/messages/uploadHeader.ts";
import type { PrivateKey } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import { localServers, type LocalOptions } from "../../../offchain/market/localServers.ts";
import type {
  MatchingInput,
  MatchingServers,
  RehearsalOutcome,
  RoundOutcome,
} from "../../../offchain/market/matching.ts";
import type { EverybodysWork } from "../../../offchain/market/work.ts";
import type { Offered, Requested } from "../../../offchain/parties/proxy/admission.ts";
import { receiveNotice, type PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import { inOrder } from "../../../offchain/parties/server/order.ts";
import { receiveMatch } from "../../../offchain/parties/vehicle/trading.ts";
import { BENCH_CLOUD, sentInput, shownLook } from "../../../offchain/study/bench/benchRound.ts";
import { matchInTheClear } from "../../../offchain/study/oracle/plaintextMatcher.ts";
import type { WorldPile, WorldTrip } from "../../../offchain/study/worlds/world.ts";
import {
  AREA,
  AUCTION_ID,
  certifiedAt,
  dealtKey,
  person,
  VENUE,
  workOf,
  type Person,
} from "./crowdRound.ts";
import { counterRng } from "../primitives/draws.ts";

/** How many there are at most on either side. */
export const MOST = 8;

/** What people want, without the people. */
export interface ClearRound {
  readonly trips: readonly WorldTrip[];
  readonly piles: readonly WorldPile[];
}

/** A buyer or a seller with what it has in the clear. */
export interface Buyer {
  readonly person: Person;
  readonly trip: WorldTrip;
}
export interface Seller {
  readonly person: Person;
  readonly pile: WorldPile;
}
export interface Parties {
  readonly buyers: readonly Buyer[];
  readonly sellers: readonly Seller[];
}

/** Everybody who could take part. */
export interface Crowd {
  readonly drivers: readonly Person[];
  readonly owners: readonly Person[];
}

export async function crowd(most: number = MOST): Promise<Crowd> {
  const people = (kind: string): Promise<readonly Person[]> =>
    Promise.all(times(most, (k) => person(`${kind} ${k}`)));
  return { drivers: await people("driver"), owners: await people("owner") };
}

export function partiesOf({ drivers, owners }: Crowd, { trips, piles }: ClearRound): Parties {
  return {
    buyers: zip(trips, drivers).map(([trip, one]) => ({ trip, person: one })),
    sellers: zip(piles, owners).map(([pile, one]) => ({ pile, person: one })),
  };
}

export function accounts(parties: readonly (Buyer | Seller)[]): readonly string[] {
  return parties.map(({ person: one }) => one.wallet.address);
}

/* WORLDS */

/** Within reach of everything below, at 1 token per kWh at most. */
export function trip(k: number): WorldTrip {
  return {
    name: `trip ${k}`,
    vehicle: `vehicle ${k}`,
    position: { xM: 0, yM: 0 },
    maxPricePerKwh: 1_000_000n,
    maxDistanceM: 2_000,
    needs: [false, false],
    startSeconds: 0,
    durationSeconds: 3_600,
    energyWh: 10_000,
  };
}

export function pile(k: number): WorldPile {
  return {
    name: `pile ${k}`,
    position: { xM: 0, yM: 0 },
    powerW: 7_000,
    pricePerKwh: 400_000n,
    offers: [false, false],
  };
}

export function times<T>(count: number, of: (k: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, k) => of(k));
}

export const NAMED_ROUNDS: Readonly<Record<string, ClearRound>> = {
  "without anybody": { trips: [], piles: [] },
  "without sellers": { trips: [trip(0), trip(1)], piles: [] },
  "without buyers": { trips: [], piles: [pile(0), pile(1)] },
  "with one seller for two": { trips: [trip(0), trip(1)], piles: [pile(0)] },
  "with identical sellers": { trips: [trip(0), trip(1)], piles: times(MOST, pile) },
  "without a feasible seller": {
    trips: [trip(0), trip(1)],
    piles: times(3, (k) => ({ ...pile(k), pricePerKwh: 1_000_001n })),
  },
  "where everything is equal to its limit": {
    trips: times(4, (k) => ({ ...trip(k), maxDistanceM: 500 })),
    piles: times(4, (k) => ({
      ...pile(k),
      position: { xM: 300, yM: 400 },
      pricePerKwh: 1_000_000n,
    })),
  },
};

/** A ground on which distances, prices and scores are often equal, or equal to a limit. */
const tight = {
  xM: fc.constantFrom(0, 300, 600),
  yM: fc.constantFrom(0, 400, 800),
  price: fc.constantFrom(100_000n, 190_000n, 260_000n, 350_000n),
  reach: fc.constantFrom(0, 300, 400, 500, 1_000),
};
/** The whole domain. */
const wide = {
  xM: fc.integer({ min: 0, max: 65_535 }),
  yM: fc.integer({ min: 0, max: 65_535 }),
  price: fc.bigInt({ min: 0n, max: 2n ** 24n - 1n }),
  reach: fc.integer({ min: 0, max: 131_071 }),
};

/** Rounds of at most `most` buyers and as many sellers. */
export function clearRounds(most: number): fc.Arbitrary<ClearRound> {
  return fc.oneof(
    { weight: 3, arbitrary: roundsOn(tight, most) },
    { weight: 1, arbitrary: roundsOn(wide, most) },
  );
}

function roundsOn(
  { xM, yM, price, reach }: typeof tight | typeof wide,
  most: number,
): fc.Arbitrary<ClearRound> {
  const position = fc.record({ xM, yM });
  const flags = fc.tuple(fc.boolean(), fc.boolean());
  const wish = fc.record({ position, maxPricePerKwh: price, maxDistanceM: reach, needs: flags });
  const supply = fc.record({ position, pricePerKwh: price, offers: flags });
  const sellers = fc.oneof(
    { weight: 5, arbitrary: fc.array(supply, { maxLength: most }) },
    { weight: 1, arbitrary: fc.tuple(supply) },
    { weight: 1, arbitrary: supply.map((one) => times(most, () => one)) },
  );
  return fc.record({
    trips: fc
      .array(wish, { maxLength: most })
      .map((wishes) => wishes.map((one, k) => ({ ...trip(k), ...one }))),
    piles: sellers.map((supplies) => supplies.map((one, k) => ({ ...pile(k), ...one }))),
  });
}

/* CLEAR RECORDS */

export function clearRequestOf({ trip: wish }: Buyer): ClearRequest {
  return { ...wish, featureBids: wish.needs.map((needed) => (needed ? 0n : null)) };
}

export function clearOfferOf({ pile: supply }: Seller): ClearOffer {
  return {
    position: supply.position,
    siteSalt: id(`site salt/${supply.name}`),
    pricePerKwh: supply.pricePerKwh,
    powerW: supply.powerW,
    featureAsks: supply.offers.map((offered) => (offered ? 0n : null)),
    salt: id(`salt/${supply.name}`),
  };
}

/* ROUNDS */

/** Who takes part, with what the proxy would have admitted. */
export interface Uploads {
  readonly requests: readonly Requested[];
  readonly offers: readonly Offered[];
}

/** What a test changes of a round that is as quiet as can be. */
export interface RoundOptions extends Partial<MatchingInput> {
  readonly privateKey?: PrivateKey;
  readonly work?: EverybodysWork;
  readonly stores?: NonNullable<LocalOptions["stores"]>;
  readonly lines?: NonNullable<LocalOptions["lines"]>;
}

/** Plays a round of uploads that are taken for signed and proved. */
export async function runRound(
  uploads: Uploads,
  options: RoundOptions = {},
): Promise<RoundOutcome> {
  const { servers, input } = await roundOf({ ...options, work: believing(options.work) });
  return servers.match({ ...input, ...submitted(uploads) });
}

/** The same without an end. */
export async function rehearseRound(
  uploads: Uploads,
  options: RoundOptions = {},
): Promise<RehearsalOutcome> {
  const { servers, input } = await roundOf({ ...options, work: believing(options.work) });
  return servers.rehearse({ ...input, ...submitted(uploads) });
}

/** Plays a round of what was submitted, with all checks. */
export async function matchSubmitted(options: RoundOptions): Promise<RoundOutcome> {
  const { servers, input } = await roundOf(options);
  return servers.match(input);
}

/** What was submitted, from what was admitted. */
export function submitted({ requests, offers }: Uploads): ReturnType<typeof sentInput> {
  return sentInput({
    requests: requests.map(({ participantId, upload, uploadHash: hash }) => ({
      signed: { upload, signature: UNCHECKED },
      participantId,
      uploadHash: hash,
      commitment: requestCommitment(VENUE, upload.auctionId, upload.account, hash),
      round: upload.round,
    })),
    offers: offers.map(({ participantId, upload, uploadHash: hash, bidCommitment }) => ({
      signed: { upload, signature: UNCHECKED },
      participantId,
      uploadHash: hash,
      commitment: bidCommitment,
      round: upload.round,
    })),
  });
}

/** As long as a signature, where nobody looks at it. */
export const UNCHECKED = `0x${"00".repeat(65)}`;

/** Work of servers that look at no signature and no proof. */
export function believing(work: EverybodysWork = workOf("round")): EverybodysWork {
  return {
    ...work,
    signedHashes: (_venue, uploads) =>
      Promise.resolve(uploads.map(({ upload }) => uploadHash(upload))),
    signedHeaders: (_venue, headers) =>
      Promise.resolve(headers.map(({ upload }) => headerHash(upload))),
    refusedUploads: () => Promise.resolve([]),
  };
}

async function roundOf({
  privateKey = dealtKey().privateKey,
  work = workOf("round"),
  stores,
  lines,
  requests = [],
  offers = [],
  ...changed
}: RoundOptions): Promise<{ readonly servers: MatchingServers; readonly input: MatchingInput }> {
  const rng = counterRng("round");
  const servers = await localServers({
    ...{ work, rng, account: BENCH_CLOUD, look: () => shownLook },
    ...(stores && { stores }),
    ...(lines && { lines }),
  });
  const input: MatchingInput = {
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: FIRST_ROUND,
    seed: id("seed"),
    roundKey: dealtKey().roundKey,
    area: AREA,
    ...sentInput({ requests, offers }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...changed,
  };
  await servers.keepPrivateKey(input.roundKey, privateKey);
  return { servers, input };
}

/* WHAT HAS TO COME OUT */

/** The same pairs in the same order as the plaintext oracle, and the same left over. */
export function expectOracle(
  { buyers, sellers }: Parties,
  seed: Bytes32,
  result: RoundOutcome,
): void {
  const [rankedBuyers, rankedSellers] = [ranked(seed, buyers), ranked(seed, sellers)];
  const oracle = matchInTheClear({
    buyers: rankedBuyers.map((one) => one.trip),
    sellers: rankedSellers.map((one) => one.pile),
  });
  const decided = result.matches.map((match) => [
    buyers.find(isAt(match.vehicle))?.trip.name,
    sellers.find(isAt(match.pile))?.pile.name,
  ]);
  expect(decided).to.deep.equal([...oracle.matches]);
  const left = rankedBuyers.filter((one) => !oracle.matches.has(one.trip.name));
  expect(result.unmatched).to.deep.equal(accounts(left));
}

/** Both sides open their delivery and find exactly what the other one has. */
export async function expectDelivered(
  { buyers, sellers }: Parties,
  bids: ReadonlyMap<string, PreparedBid>,
  match: DecidedMatch,
): Promise<void> {
  const [buyer, seller] = [buyers.find(isAt(match.vehicle)), sellers.find(isAt(match.pile))];
  const bid = bids.get(match.pile);
  if (!buyer || !seller || !bid) throw new Error("expectDelivered: expected known parties");
  const [wish, supply] = [buyer.trip, seller.pile];

  const asked = { ...wish, auctionId: AUCTION_ID };
  const certified = certifiedAt(seller.person, clearOfferOf(seller));
  const asVehicle = await receiveMatch(
    VENUE,
    asked,
    buyer.person.sealKeys,
    match.toVehicle,
    (cpId) => {
      expect(cpId).to.equal(seller.person.participantId);
      return Promise.resolve(certified);
    },
  );
  const { offer, ...names } = asVehicle.opening;
  expect(asVehicle.site).to.deep.equal(supply.position);
  expect(offer).to.deep.equal(bid.offer);
  expect(names).to.deep.include({
    auctionId: AUCTION_ID,
    evId: buyer.person.participantId,
    cpId: seller.person.participantId,
  });
  const parts = { offerHash: offerHash(offer), uploadHash: bid.uploadHash };
  expect(bidCommitment(VENUE, AUCTION_ID, match.pile, parts)).to.equal(bid.commitment);

  expect(asVehicle.decision).to.equal(match.decision);
  const asPile = await receiveNotice(seller.person.sealKeys, bid, match.toPile);
  expect(asPile).to.deep.equal({ evId: buyer.person.participantId, decision: match.decision });
}

function ranked<T extends Buyer | Seller>(seed: Bytes32, all: readonly T[]): readonly T[] {
  const withIds = all.map((one) => ({ one, participantId: one.person.participantId }));
  return inOrder(seed, withIds).map(({ one }) => one);
}

function isAt(account: string): (one: Buyer | Seller) => boolean {
  return ({ person: one }) => one.wallet.address === account;
}

function zip<A, B>(as: readonly A[], bs: readonly B[]): readonly (readonly [A, B])[] {
  return as.flatMap((a, k) => {
    const b = bs[k];
    return b === undefined ? [] : [[a, b] as const];
  });
}
