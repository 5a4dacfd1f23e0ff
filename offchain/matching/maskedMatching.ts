/**
 * FixedMatcher on records that are shared between proxy and cloud, in a handful of exchanges a buyer. The proxy is the
 * masker: it keeps the order of candidates and the masks. The cloud is the reader: for each buyer, under a fresh secret
 * order of the candidates, it learns the sign of every margin and the order of scores, and answers with the best place.
 *
 *   margins   D − d², bid − ask, bₜ − sₜ     opened as signs: all must be at least 0
 *   score     w_d·d² − w_p·(bid − ask)       opened as an order; of equal ones the earlier seller comes first
 *   nearer    whether a candidate beats the best one by the same score and a smaller d²: opened as a sign
 *
 *   cloud → proxy    padded shares of margins and scores of all candidates
 *   proxy → cloud    masked margins and scores, permuted
 *   cloud → proxy    the best place, or none: then the buyer is done
 *   proxy → cloud    the number of the seller at that place
 *   cloud → proxy    padded shares of what says who is nearer
 *   proxy → cloud    that, masked and permuted
 *   cloud → proxy    a better place: back to the number; or none: the seller at the best place wins
 *
 * Equal scores cannot be settled together with the order. A key of score and d² in one number would settle them, but the
 * noise that hides the scale of the scores would only fill the room below d²: from the gaps above d² the cloud could
 * compute the scale, and with it every difference of scores in full. So the order is opened of scores alone, ties among
 * them unseen, and a second look compares with the best.
 *
 * The proxy receives uniform words, places in an order that it has drawn itself, and so learns who wins (and, where
 * scores are equal, who was nearly chosen). The cloud learns, besides the numbers of those sellers: how many candidates
 * there are; the signs; the order of scores, approximately the ratios of their differences; which candidates beat the
 * best in score and distance, which of feasible ones says only that there was a tie; and of each magnitude a statistical
 * hint: an advantage of at most VALUE_BITS/SIGN_SPREAD in telling two apart, which adds up over many. It learns no
 * price, distance, position or scale of the scores. Who is a candidate of whom both know before (`candidates.ts`).
 *
 * Fields are shared over the integers, one summand each. Ranges have been proved before: nothing is checked here, and
 * within them no value reaches 2^69 (VALUE_BITS allows 2^70):
 *
 *   |margin| < 2^35,   |score| < 2^34,   |nearer| ≤ 2^33·2^35 + 2^33
 *
 * Both servers are assumed to follow the protocol and not to collude with each other or with the dealer.
 */
import { COORDINATE_BITS } from "../messages/domain.ts";
import { SCORE_PER_PRICE_UNIT, SCORE_PER_SQUARE_METRE } from "../messages/score.ts";
import { assertProductionRng } from "../primitives/random.ts";
import type { VectorShape } from "../primitives/sharing/dealer.ts";
import { NARROW_WORDS, WIDE_WORDS, type Opening } from "../primitives/sharing/maskedBlocks.ts";
import {
  hiddenNumbers,
  maskedOrder,
  maskedSigns,
  paddedShares,
  readOrder,
  readSigns,
  rowOrder,
  type Masker,
  type OpeningCorrections,
} from "../primitives/sharing/maskedOpening.ts";
import { joinWords } from "../primitives/sharing/numberWords.ts";
import type { Exchange } from "../primitives/sharing/party.ts";
import {
  firstVectors,
  secondVectors,
  differenceNorms,
  type DifferenceNorms,
  type VectorCorrections,
} from "../primitives/sharing/differenceNorms.ts";
import { receive, send } from "../primitives/sharing/turns.ts";
import { checkCandidates, placesLeft } from "./candidates.ts";
import type { Candidates, MatchingSide, OnBuyer } from "./matching.ts";
import {
  offerSummandsOf,
  requestSummandsOf,
  type OfferShare,
  type RequestShare,
} from "./shares.ts";

/** The proxy: its seed, which serves one matching; its own randomness; its end of the line. */
export interface MaskingParty extends Masker {
  readonly exchange: Exchange;
}

/** The cloud: its seed, what the dealer sends it, its end of the line. */
export interface ReadingParty {
  readonly seed: Uint8Array;
  readonly corrections: MaskedCorrections;
  readonly exchange: Exchange;
}

export interface MaskedCorrections {
  readonly openings: OpeningCorrections;
  readonly vectors: VectorCorrections;
}

type MaskedMatchingErrorCode = "E_PLACE" | "E_WINNER" | "E_FEATURES";

/** The other server sends what cannot be, or a record has another number of features. */
export class MaskedMatchingError extends Error {
  override readonly name = "MaskedMatchingError";
  readonly code: MaskedMatchingErrorCode;

  constructor(code: MaskedMatchingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const DIMENSION = 2;
/** d² is below 2^33: less than one unit of the score, when the score is lifted by as much. */
const DISTANCE_SQUARED_BITS = BigInt(2 * COORDINATE_BITS + 1);
/** One number a candidate says who is nearer. */
const NEARER_COLUMNS = 1;

/**
 * The proxy's side of a masked matching.
 * @throws RandomError E_RNG_DETERMINISTIC for a repeatable generator outside tests; PartyError for a message of another
 *   length; MaskedMatchingError E_PLACE for a place that no candidate has or that was answered before
 */
export function matchAsMasker(party: MaskingParty): MatchingSide {
  return async (summands, candidates, onBuyer) => {
    assertProductionRng(party.rng);
    checkCandidates(summands, candidates);
    const records = recordsOf(summands);
    const shape = shapeOf(records, candidates);
    const dealt = firstVectors(party.seed, shape);
    const ours = { isFirst: true, exchange: party.exchange };
    const distances = await differenceNorms(ours, dealt, shape, pointsOf(records));
    return buyerByBuyer(records, candidates, distances, onBuyer, (compared) =>
      maskedChoice(party, compared),
    );
  };
}

/**
 * The cloud's side.
 * @throws PartyError for a message of another length; MaskedMatchingError E_WINNER for a seller that is not among the
 *   candidates or was named before
 */
export function matchAsReader(party: ReadingParty): MatchingSide {
  return async (summands, candidates, onBuyer) => {
    checkCandidates(summands, candidates);
    const records = recordsOf(summands);
    const shape = shapeOf(records, candidates);
    const dealt = await secondVectors(party.seed, shape, party.corrections.vectors);
    const ours = { isFirst: false, exchange: party.exchange };
    const distances = await differenceNorms(ours, dealt, shape, pointsOf(records));
    return buyerByBuyer(records, candidates, distances, onBuyer, (compared) =>
      readChoice(party, compared),
    );
  };
}

/* BOTH SIDES */

interface Records {
  readonly requests: readonly RequestShare[];
  readonly offers: readonly OfferShare[];
}

/** One side's shares of everything about one buyer. */
interface Compared {
  readonly buyer: number;
  /** Numbers of its candidates that are left, ascending. */
  readonly sellers: readonly number[];
  /** Margins a candidate. */
  readonly columns: number;
  /** Candidate by candidate. */
  readonly margins: readonly bigint[];
  readonly scores: readonly bigint[];
  readonly squares: readonly bigint[];
}

/** The number of the seller that wins; null if none is feasible. */
type Choose = (compared: Compared) => Promise<number | null>;

async function buyerByBuyer(
  { requests, offers }: Records,
  candidates: Candidates,
  distances: DifferenceNorms,
  onBuyer: OnBuyer,
  choose: Choose,
): ReturnType<MatchingSide> {
  const gone = new Set<number>();
  const winners: (number | null)[] = [];
  let comparedPairs = 0;
  for (const [buyer, request] of requests.entries()) {
    await onBuyer(buyer);
    const list = at(candidates, buyer);
    const places = placesLeft(list, gone);
    if (places.length === 0) {
      winners.push(null);
      continue;
    }
    comparedPairs += places.length;
    const sellers = places.map((place) => at(list, place));
    const squares = await distances(buyer, places);
    const winner = await choose(comparedOf(buyer, request, offers, sellers, squares));
    if (winner !== null) gone.add(winner);
    winners.push(winner);
  }
  return { winners, comparedPairs };
}

function comparedOf(
  buyer: number,
  request: RequestShare,
  offers: readonly OfferShare[],
  sellers: readonly number[],
  squares: readonly bigint[],
): Compared {
  const margins: bigint[] = [];
  const scores: bigint[] = [];
  for (const [k, seller] of sellers.entries()) {
    const offer = at(offers, seller);
    const square = at(squares, k);
    const price = request.price - offer.price;
    const features = request.featureBids.map((bid, t) => bid - at(offer.featureAsks, t));
    margins.push(request.maxDistanceSquared - square, price, ...features);
    scores.push(SCORE_PER_SQUARE_METRE * square - SCORE_PER_PRICE_UNIT * price);
  }
  const columns = 2 + request.featureBids.length;
  return { buyer, sellers, columns, margins, scores, squares };
}

/** Shares of what is at least 0, after the masker has taken 1 away, for candidates of the same score that are nearer. */
function nearerThan(best: number, { scores, squares }: Compared): readonly bigint[] {
  const key = (k: number): bigint => (at(scores, k) << DISTANCE_SQUARED_BITS) + at(squares, k);
  const bestKey = key(best);
  return scores.map((_, k) => bestKey - key(k));
}

function firstOpening({ buyer, sellers, columns }: Compared): {
  readonly margins: Opening;
  readonly scores: Opening;
} {
  const shared = { table: buyer, step: 0, rows: sellers.length };
  return { margins: { ...shared, columns }, scores: { ...shared, columns: 1 } };
}

function nearerOpening({ buyer, sellers }: Compared, step: number): Opening {
  return { table: buyer, step, rows: sellers.length, columns: NEARER_COLUMNS };
}

function numbersIn({ rows, columns }: Opening): number {
  return rows * columns;
}

/* THE PROXY */

async function maskedChoice(party: MaskingParty, compared: Compared): Promise<number | null> {
  const rows = rowOrder(party.seed, compared.buyer, compared.sellers.length);
  await maskFirst(party, rows, compared);
  const answered = new Set<number>();
  let winner: number | null = null;
  for (let step = 1; ; step += 1) {
    const place = await receivePlace(party.exchange, rows.length, answered);
    if (place === null) return winner;
    const best = at(rows, place);
    winner = at(compared.sellers, best);
    await send(party.exchange, Uint32Array.of(winner));
    await maskNearer(party, rows, compared, { best, step });
  }
}

async function maskFirst(
  party: MaskingParty,
  rows: Uint32Array,
  compared: Compared,
): Promise<void> {
  const { margins, scores } = firstOpening(compared);
  const words = NARROW_WORDS * numbersIn(margins);
  const received = await receive(party.exchange, words + NARROW_WORDS * numbersIn(scores));
  const hiddenMargins = hiddenNumbers(compared.margins, received.subarray(0, words));
  const hiddenScores = hiddenNumbers(compared.scores, received.subarray(words));
  const masked = [
    await maskedSigns(party, margins, rows, hiddenMargins),
    await maskedOrder(party, scores, rows, hiddenScores),
  ];
  await send(party.exchange, joinWords(masked));
}

async function maskNearer(
  party: MaskingParty,
  rows: Uint32Array,
  compared: Compared,
  { best, step }: { readonly best: number; readonly step: number },
): Promise<void> {
  const opening = nearerOpening(compared, step);
  const received = await receive(party.exchange, NARROW_WORDS * numbersIn(opening));
  const shares = nearerThan(best, compared).map((share) => share - 1n);
  const hidden = hiddenNumbers(shares, received);
  await send(party.exchange, await maskedSigns(party, opening, rows, hidden));
}

/** Null for none. Places are counted from 1 on the line. */
async function receivePlace(
  exchange: Exchange,
  places: number,
  answered: Set<number>,
): Promise<number | null> {
  const word = (await receive(exchange, 1))[0] ?? 0;
  if (word === 0) return null;
  if (word > places || answered.has(word)) {
    const expected = `expected one of ${places} places that was not answered before`;
    throw new MaskedMatchingError("E_PLACE", `receivePlace: ${expected}, got another`);
  }
  answered.add(word);
  return word - 1;
}

/* THE CLOUD */

async function readChoice(party: ReadingParty, compared: Compared): Promise<number | null> {
  const { feasible, ranks } = await readFirst(party, compared);
  const named = new Set<number>();
  let winner: number | null = null;
  let best = smallest(ranks, feasible);
  for (let step = 1; ; step += 1) {
    await send(party.exchange, Uint32Array.of(best === null ? 0 : best + 1));
    if (best === null) return winner;
    winner = await receiveWinner(party.exchange, compared.sellers, named);
    const isNearer = await readNearer(party, compared, winner, step);
    best = smallest(
      ranks,
      feasible.filter((place) => isNearer[place] === true),
    );
  }
}

/** Feasible places, and numbers that compare as the scores do. */
async function readFirst(
  { seed, corrections, exchange }: ReadingParty,
  compared: Compared,
): Promise<{ readonly feasible: readonly number[]; readonly ranks: readonly bigint[] }> {
  const { margins, scores } = firstOpening(compared);
  const padded = [
    paddedShares(seed, "signs", margins, compared.margins),
    paddedShares(seed, "order", scores, compared.scores),
  ];
  await send(exchange, joinWords(padded));
  const words = WIDE_WORDS * numbersIn(margins);
  const masked = await receive(exchange, words + WIDE_WORDS * numbersIn(scores));
  const { openings } = corrections;
  const isNegative = readSigns(masked.subarray(0, words), await openings.signs(margins));
  const ranks = readOrder(masked.subarray(words), await openings.order(scores));
  const feasible = [...ranks.keys()].filter((place) => {
    const first = place * margins.columns;
    return !isNegative.slice(first, first + margins.columns).includes(true);
  });
  return { feasible, ranks };
}

/** For each place: whether it has the score of the winner so far, and is nearer. */
async function readNearer(
  { seed, corrections, exchange }: ReadingParty,
  compared: Compared,
  winner: number,
  step: number,
): Promise<readonly boolean[]> {
  const opening = nearerOpening(compared, step);
  const shares = nearerThan(compared.sellers.indexOf(winner), compared);
  await send(exchange, paddedShares(seed, "signs", opening, shares));
  const masked = await receive(exchange, WIDE_WORDS * numbersIn(opening));
  const isNegative = readSigns(masked, await corrections.openings.signs(opening));
  return isNegative.map((negative) => !negative);
}

async function receiveWinner(
  exchange: Exchange,
  sellers: readonly number[],
  named: Set<number>,
): Promise<number> {
  const winner = (await receive(exchange, 1))[0] ?? 0;
  if (!sellers.includes(winner) || named.has(winner)) {
    const expected = "expected the number of a seller that is left and was not named before";
    throw new MaskedMatchingError("E_WINNER", `receiveWinner: ${expected}, got another`);
  }
  named.add(winner);
  return winner;
}

/** The place of the smallest number among some; null if there are none. */
function smallest(numbers: readonly bigint[], places: readonly number[]): number | null {
  return places.reduce<number | null>(
    (best, place) => (best === null || at(numbers, place) < at(numbers, best) ? place : best),
    null,
  );
}

/* RECORDS */

function recordsOf(summands: Parameters<MatchingSide>[0]): Records {
  const requests = summands.requests.map(requestSummandsOf);
  const offers = summands.offers.map(offerSummandsOf);
  const counts = new Set([
    ...requests.map(({ featureBids }) => featureBids.length),
    ...offers.map(({ featureAsks }) => featureAsks.length),
  ]);
  if (counts.size <= 1) return { requests, offers };
  const expected = "expected the same number of features in all records";
  throw new MaskedMatchingError("E_FEATURES", `recordsOf: ${expected}, got ${counts.size} numbers`);
}

function shapeOf({ requests, offers }: Records, pairs: Candidates): VectorShape {
  return { left: requests.length, right: offers.length, dimension: DIMENSION, pairs };
}

function pointsOf({ requests, offers }: Records): readonly bigint[] {
  return [...requests, ...offers].flatMap(({ x, y }) => [x, y]);
}

function at<T>(list: ArrayLike<T>, k: number): T {
  const item = list[k];
  if (item === undefined) throw new RangeError("at: expected a place in the list, got another");
  return item;
}
