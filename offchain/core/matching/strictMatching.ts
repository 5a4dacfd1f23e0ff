/**
 * FixedMatcher on records that are shared between two parties: the first holds one summand of every
 * field, the second the other. Both run this function, with their own shares; what leaves it is for
 * every buyer the seller that wins, or that none does. Nothing else is opened: no position, price,
 * margin, order or number of feasible sellers. Which sellers a buyer is compared with both know
 * before (`candidates.ts`), and compare it with no other. Our own construction, from Beaver's
 * triples and GMW; both parties are assumed to follow the protocol and not to collude with each
 * other or with the dealer.
 *
 *   d²   = (xᵢ − xⱼ)² + (yᵢ − yⱼ)²             from dealt random squares; one opening a coordinate
 *   bits of  D − d², bid − ask, bₜ − sₜ, d² and the score, of all sellers of a buyer at once
 *   feasible = no margin is negative;   winner = smallest (infeasible, score, d², place in the order)
 *
 * Numbers are shared modulo 2^64 and read modulo 2^40, where the top bit is the sign.
 */
import { COORDINATE_BITS, PRICE_BITS } from "../messages/domain.ts";
import { SCORE_PER_PRICE_UNIT, SCORE_PER_SQUARE_METRE } from "../messages/score.ts";
import {
  anyOf,
  anyOfCost,
  knownPlanes,
  smallestLane,
  smallestLaneCost,
  sumBits,
  sumBitsCost,
} from "../primitives/sharing/circuits.ts";
import type { Amounts } from "../primitives/sharing/dealer.ts";
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

/**
 * Width of the numbers that are compared; every honest intermediate value is below 2^39 in
 * magnitude.
 */
const RING_BITS = 40;
const SIGN = RING_BITS - 1;
const DISTANCE_SQUARED_BITS = 2 * COORDINATE_BITS + 1;
/** Lifts the score above 0 whatever the price margin is. */
const SCORE_OFFSET = 1n << BigInt(PRICE_BITS);
const SCORE_BITS = DISTANCE_SQUARED_BITS + 2;
/** Beside the place: infeasible, score, d². */
const KEY_BITS = 1 + SCORE_BITS + DISTANCE_SQUARED_BITS;
const DIMENSION = 2;
/** Beside those of features: distance and price. */
const MARGINS = 2;

/** Runs the whole matching as one of the two parties. Buyer by buyer; a matched seller leaves. */
export function matchInShares(party: Party): MatchingSide {
  return async (summands, candidates, onBuyer) => {
    checkCandidates(summands, candidates);
    const requests = summands.requests.map(requestShareOf);
    const offers = summands.offers.map(offerShareOf);
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
      const there = places.map((place) => offerAt(offers, list[place] ?? -1));
      const distances = await sharedDistances(party, request, there);
      const compared = there.map((offer, k) => margins(party, request, offer, distances[k] ?? 0n));
      const best = await pick(party, compared);
      const winner = best === null ? null : (list[places[best] ?? -1] ?? null);
      if (winner !== null) gone.add(winner);
      winners.push(winner);
    }
    return { winners, comparedPairs };
  };
}

/* AMOUNTS */

/**
 * What matching these candidates takes at most, with nobody gone: both servers ask the authority
 * for it. It depends on how many candidates each request has, and on nothing else.
 */
export function amountsFor(candidates: Candidates, features: number): Amounts {
  const words = new Map<number, number>();
  let [tripleWords, squares] = [0, 0];
  for (const { length } of candidates) {
    if (length === 0) continue;
    const lanes = powerOfTwo(length);
    const cost = words.get(lanes) ?? pickCost(MARGINS + features, lanes);
    words.set(lanes, cost);
    tripleWords += cost;
    squares += DIMENSION * lanes;
  }
  return { tripleWords, squares };
}

/** Words of triples that `pick` takes for so many margins. */
function pickCost(margins: number, lanes: number): number {
  const words = wordsFor(lanes);
  const bits = placeBits(lanes);
  return (
    sumBitsCost((margins + 2) * words, RING_BITS) +
    anyOfCost(margins, words) +
    smallestLaneCost(bits + KEY_BITS, lanes) +
    bits
  );
}

/* DISTANCES */

/**
 * Shares of d² from a request to each of some offers: differences are opened under dealt masks r,
 * whose squares are shared. With e = x + r it is x² = e² − 2e·r + r². As many are opened as there
 * are lanes, those of no offer with a difference of 0: the length tells no more than what follows.
 */
async function sharedDistances(
  party: Party,
  { x, y }: RequestShare,
  offers: readonly OfferShare[],
): Promise<readonly bigint[]> {
  const { r, s } = party.dealt.squares(DIMENSION * powerOfTwo(offers.length));
  const own = BigUint64Array.from(r);
  for (const [k, offer] of offers.entries()) {
    own[2 * k] = x - offer.x + at(r, 2 * k);
    own[2 * k + 1] = y - offer.y + at(r, 2 * k + 1);
  }
  const opened = await revealSums(party, own);
  const squared = (k: number): bigint => {
    const e = at(opened, k);
    return (party.isFirst ? e * e : 0n) - 2n * e * at(r, k) + at(s, k);
  };
  return offers.map((_, k) => squared(2 * k) + squared(2 * k + 1));
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
  offer: OfferShare,
  distanceSquared: bigint,
): Margins {
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

function offerAt(offers: readonly OfferShare[], place: number): OfferShare {
  const offer = offers[place];
  if (offer === undefined) throw new RangeError(`offerAt: expected offer ${place} to be there`);
  return offer;
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
