/**
 * FixedMatcher on records that are shared between two parties: the first holds one summand of every field, the second
 * the other. Both run this function, with their own shares; what leaves it is for every buyer the seller that wins, or
 * that none does. Nothing else is opened: no position, price, margin, order or number of feasible sellers. Which sellers a
 * buyer is compared with both know before (`candidates.ts`), and compare it with no other. Our own construction, from Beaver's triples and GMW; both parties are assumed to follow
 * the protocol and not to collude with each other or with the dealer.
 *
 *   d²   = ⟨pᵢ,pᵢ⟩ + ⟨pⱼ,pⱼ⟩ − 2⟨pᵢ,pⱼ⟩        from dealt random vectors; one opening a record, none a pair
 *   bits of  D − d², bid − ask, bₜ − sₜ, d² and the score, of all sellers of a buyer at once
 *   feasible = no margin is negative;   winner = smallest (infeasible, score, d², place in the order)
 *
 * Numbers are shared modulo 2^64 and read modulo 2^40, where the top bit is the sign.
 */
import { COORDINATE_BITS, PRICE_BITS } from "../messages/domain.ts";
import { SCORE_PER_PRICE_UNIT, SCORE_PER_SQUARE_METRE } from "../messages/score.ts";
import { anyOf, knownPlanes, smallestLane, sumBits } from "../primitives/sharing/circuits.ts";
import {
  and,
  constant,
  not,
  reveal,
  revealSums,
  xor,
  type Bits,
  type Party,
} from "../primitives/sharing/party.ts";
import { planeWhere, wordsFor, type Planes } from "../primitives/sharing/planes.ts";
import { checkCandidates, placesLeft } from "./candidates.ts";
import type { Candidates, MatchingSide } from "./matching.ts";
import { offerShareOf, requestShareOf, type OfferShare, type RequestShare } from "./shares.ts";

/** Width of the numbers that are compared; every honest intermediate value is below 2^39 in magnitude. */
const RING_BITS = 40;
const SIGN = RING_BITS - 1;
const DISTANCE_SQUARED_BITS = 2 * COORDINATE_BITS + 1;
/** Lifts the score above 0 whatever the price margin is. */
const SCORE_OFFSET = 1n << BigInt(PRICE_BITS);
const SCORE_BITS = DISTANCE_SQUARED_BITS + 2;
const DIMENSION = 2;

/** Runs the whole matching as one of the two parties. Buyer by buyer; a matched seller leaves. */
export function matchInShares(party: Party): MatchingSide {
  return async (summands, candidates, onBuyer) => {
    checkCandidates(summands, candidates);
    const requests = summands.requests.map(requestShareOf);
    const offers = summands.offers.map(offerShareOf);
    const distances = await sharedDistances(party, requests, offers, candidates);
    const gone = new Set<number>();
    const winners: (number | null)[] = [];
    let comparedPairs = 0;
    for (const [i, request] of requests.entries()) {
      await onBuyer(i);
      const list = candidates[i] ?? [];
      const places = placesLeft(list, gone);
      if (places.length === 0) {
        winners.push(null);
        continue;
      }
      comparedPairs += places.length;
      const compared = places.map((place) =>
        margins(party, request, offers[list[place] ?? -1], distances(i, place)),
      );
      const best = await pick(party, compared);
      const winner = best === null ? null : (list[places[best] ?? -1] ?? null);
      if (winner !== null) gone.add(winner);
      winners.push(winner);
    }
    return { winners, comparedPairs };
  };
}

/* DISTANCES */

/**
 * Shares of d² from a request to the candidate at a place of its list: vectors are opened under dealt masks once,
 * everything else is local.
 */
async function sharedDistances(
  party: Party,
  requests: readonly RequestShare[],
  offers: readonly OfferShare[],
  pairs: Candidates,
): Promise<(i: number, place: number) => bigint> {
  const shape = { left: requests.length, right: offers.length, dimension: DIMENSION, pairs };
  const { vectors, norms, products } = party.dealt.vectors(shape);
  const own = BigUint64Array.from(
    [...requests, ...offers].flatMap(({ x, y }) => [x, y]),
    (share, k) => BigInt.asUintN(64, share - at(vectors, k)),
  );
  const opened = await revealSums(party, own);
  const inner = (u: BigUint64Array, i: number, v: BigUint64Array, j: number): bigint =>
    at(u, 2 * i) * at(v, 2 * j) + at(u, 2 * i + 1) * at(v, 2 * j + 1);
  const known = (i: number, j: number): bigint =>
    party.isFirst ? inner(opened, i, opened, j) : 0n;
  const norm = (i: number): bigint =>
    known(i, i) + 2n * inner(opened, i, vectors, i) + at(norms, i);
  const allNorms = Array.from({ length: requests.length + offers.length }, (_, i) => norm(i));
  const firsts = firstProducts(pairs);
  return (i, place) => {
    const j = requests.length + (pairs[i]?.[place] ?? 0);
    const cross = inner(opened, i, vectors, j) + inner(opened, j, vectors, i);
    const product = known(i, j) + cross + at(products, (firsts[i] ?? 0) + place);
    return (allNorms[i] ?? 0n) + (allNorms[j] ?? 0n) - 2n * product;
  };
}

/** Where the products of each request begin. */
function firstProducts(pairs: Candidates): readonly number[] {
  let next = 0;
  return pairs.map(({ length }) => {
    const first = next;
    next += length;
    return first;
  });
}

/* CHOICE */

/** Shares of what decides about one pair. */
interface Margins {
  /** All must be at least 0. */
  readonly margins: readonly bigint[];
  readonly score: bigint;
  readonly distanceSquared: bigint;
}

function margins(
  party: Party,
  request: RequestShare,
  offer: OfferShare | undefined,
  distanceSquared: bigint,
): Margins {
  if (offer === undefined) throw new RangeError("margins: expected an offer");
  const price = request.price - offer.price;
  const weighted = SCORE_PER_SQUARE_METRE * distanceSquared - SCORE_PER_PRICE_UNIT * price;
  return {
    margins: [
      request.maxDistanceSquared - distanceSquared,
      price,
      ...request.featureBids.map((bid, t) => bid - (offer.featureAsks[t] ?? 0n)),
    ],
    score: weighted + (party.isFirst ? SCORE_OFFSET : 0n),
    distanceSquared,
  };
}

/** Place of the winner among the candidates; null if none is feasible. */
async function pick(party: Party, candidates: readonly Margins[]): Promise<number | null> {
  const lanes = powerOfTwo(candidates.length);
  const words = wordsFor(lanes);
  const marginCount = candidates[0]?.margins.length ?? 0;
  const blocks = [
    ...Array.from({ length: marginCount }, (_, m) => candidates.map((one) => one.margins[m] ?? 0n)),
    candidates.map(({ score }) => score),
    candidates.map(({ distanceSquared }) => distanceSquared),
  ];
  const bits = await sumBits(party, laidOut(blocks, words), RING_BITS);
  const block = (k: number, plane: number): Bits =>
    (bits[plane] ?? new Uint32Array()).subarray(k * words, (k + 1) * words);

  const negative = Array.from({ length: marginCount }, (_, m) => block(m, SIGN));
  const empty = planeWhere(lanes, (lane) => lane >= candidates.length);
  // Empty lanes hold zeros, whose margins are not negative: they are made infeasible here.
  const infeasible = xor(await anyOf(party, negative), constant(party, empty));

  const places = knownPlanes(
    party,
    BigUint64Array.from({ length: lanes }, (_, k) => BigInt(k)),
    placeBits(lanes),
  );
  const key: Planes = [
    ...places,
    ...Array.from({ length: DISTANCE_SQUARED_BITS }, (_, b) => block(marginCount + 1, b)),
    ...Array.from({ length: SCORE_BITS }, (_, b) => block(marginCount, b)),
    infeasible,
  ];
  return openPlace(party, await smallestLane(party, key, lanes), places.length);
}

/** Opens lane 0 of the place, or nothing of it if the winner is infeasible. */
async function openPlace(party: Party, smallest: Planes, bits: number): Promise<number | null> {
  const firstLanes = (planes: Planes): Bits =>
    Uint32Array.from(planes, (plane) => (plane[0] ?? 0) & 1);
  const infeasible = firstLanes(smallest.slice(-1));
  const place = firstLanes(smallest.slice(0, bits));
  const feasible = not(party, infeasible).map((word) => word & 1);
  const [shown] = await and(party, [place], [place.map(() => feasible[0] ?? 0)]);
  const opened = await reveal(
    party,
    Uint32Array.from([...feasible, ...(shown ?? [])], (word) => word & 1),
  );
  const [isFeasible, ...digits] = opened;
  if (isFeasible === 0) return null;
  return digits.reduce((sum, bit, b) => sum + bit * 2 ** b, 0);
}

/** One block of lanes after the other, each filled up to whole words. */
function laidOut(blocks: readonly (readonly bigint[])[], words: number): BigUint64Array {
  const numbers = new BigUint64Array(blocks.length * words * 32);
  for (const [k, block] of blocks.entries()) {
    for (const [lane, value] of block.entries()) numbers[k * words * 32 + lane] = value;
  }
  return numbers;
}

function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}

function placeBits(lanes: number): number {
  return Math.max(1, Math.log2(lanes));
}

function at(numbers: BigUint64Array, k: number): bigint {
  return numbers[k] ?? 0n;
}
