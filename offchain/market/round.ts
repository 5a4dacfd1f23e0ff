/**
 * One matching round, from admitted uploads to sealed deliveries.
 *
 * The proxy puts everybody in an order that nobody chose, finds out whose cells are in reach of each other, masks every
 * record, and the cloud decrypts it: each of the two then holds one summand of every field, and they match in the mode's
 * way, a buyer with the sellers around it. A match leaves with its decision commitment,
 * and both parties get the two summands of their counterpart's fields, each sealed by the one who holds it. The losers'
 * values were never opened to anybody.
 */
import { waveOf } from "../core/matching/candidates.ts";
import type { Candidates, MatchingSide } from "../core/matching/matching.ts";
import type { Area } from "../core/messages/area.ts";
import type { Delivery } from "../core/messages/delivery.ts";
import { NO_REFERENCE_PRICE, type Address, type Bytes32 } from "../core/messages/market.ts";
import {
  offerLayout,
  priceOfOffer,
  requestLayout,
  revealedOfOffer,
  revealedOfRequest,
  type Layout,
} from "../core/messages/packedRecord.ts";
import type { RoundKey } from "../core/messages/roundKey.ts";
import { breathe } from "../core/primitives/breathe.ts";
import type { PrivateKey } from "../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../core/primitives/random.ts";
import { cloudOf, type Cloud, type Revealed } from "../parties/cloud/opening.ts";
import {
  decide,
  handMasks,
  inOrder,
  summandsFromMasks,
  type MaskedRecord,
} from "../parties/proxy/masking.ts";
import type { Offered, Requested } from "../parties/proxy/admission.ts";
import { candidatesOf } from "../parties/proxy/neighbours.ts";
import type { HeavyWork } from "./workers/heavyWork.ts";

/** Both sides of one matching, joined by a line and with whatever the authority has dealt them. */
export interface JoinedSides {
  readonly proxy: MatchingSide;
  readonly cloud: MatchingSide;
}

export interface Round {
  readonly auctionId: Bytes32;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** Cells of uploads are of this area; what is farther apart than its reach is not compared. */
  readonly area: Area;
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  readonly requests: readonly Requested[];
  readonly offers: readonly Offered[];
  /** Called for each matching of the round: what is dealt serves one. */
  readonly join: () => JoinedSides;
  readonly work: HeavyWork;
  readonly rng: Rng;
  /** Called after every buyer. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface Match {
  readonly decision: Bytes32;
  readonly vehicle: Address;
  readonly pile: Address;
  readonly toVehicle: Delivery;
  readonly toPile: Delivery;
}

export interface RoundResult {
  readonly matches: readonly Match[];
  readonly unmatched: readonly Address[];
  readonly comparedPairs: number;
}

/** What the end of a round of bidding says, while piles can still go lower. */
export interface Rehearsal {
  /** Piles that would be matched. */
  readonly leaders: readonly Address[];
  /** Mean price of their offers in token units per kWh, rounded down; `NO_REFERENCE_PRICE` if there are none. */
  readonly referencePricePerKwh: bigint;
}

/** Buyers of a wave. */
const WAVE = 16;

/** Participants in the order of the round, and what either server has of their records. */
interface Shared<T> {
  readonly owners: readonly T[];
  readonly masks: readonly MaskedRecord[];
  readonly opened: readonly (readonly bigint[])[];
}

/** A wave that is matched, and the cloud that knows it. */
interface MatchedWave {
  readonly buyers: Shared<Requested>;
  readonly sellers: Shared<Offered>;
  readonly cloud: Cloud;
  /** For each buyer the place of its seller; null if there is none. */
  readonly winners: readonly (number | null)[];
  readonly comparedPairs: number;
}

/**
 * Runs the round. Buyers come in waves: while one is matched, the next is masked and opened and the deliveries of the one
 * before are sealed. Throws the signal's reason when it is aborted; nothing has left the matcher then.
 */
export async function runRound(round: Round): Promise<RoundResult> {
  const settled = await inWaves(round, (wave) => ({
    matches: concludeWave(round, wave),
    unmatched: unmatchedOf(wave),
    comparedPairs: wave.comparedPairs,
  }));
  return {
    matches: await Promise.all(settled.flatMap(({ matches }) => matches)),
    unmatched: settled.flatMap(({ unmatched }) => unmatched),
    comparedPairs: settled.reduce((sum, { comparedPairs }) => sum + comparedPairs, 0),
  };
}

/**
 * Matches as `runRound` does and concludes nothing: over all waves together the servers open the sum of the prices that
 * lead, and no price. Of a single one the sum is the price, though not whose.
 */
export async function rehearse(round: Round): Promise<Rehearsal> {
  const waves = await inWaves(round, (wave) => ({
    leaders: leadersOf(wave),
    ofCloud: wave.cloud.sumMatchedPrices(),
    ofProxy: maskedPricesOf(wave),
  }));
  const leaders = waves.flatMap((wave) => wave.leaders);
  if (leaders.length === 0) return { leaders, referencePricePerKwh: NO_REFERENCE_PRICE };
  const ofCloud = waves.reduce((sum, wave) => sum + wave.ofCloud, 0n);
  const ofProxy = waves.reduce((sum, wave) => sum + wave.ofProxy, 0n);
  return { leaders, referencePricePerKwh: (ofCloud - ofProxy) / BigInt(leaders.length) };
}

/** Matches wave after wave; `settle` sees each as soon as it is matched. */
async function inWaves<T>(round: Round, settle: (wave: MatchedWave) => T): Promise<readonly T[]> {
  const { seed, roundKey, area } = round;
  const [requests, offers] = [inOrder(seed, round.requests), inOrder(seed, round.offers)];
  const shareRequests = (wave: readonly Requested[] = []): Promise<Shared<Requested>> =>
    inBackground(share(round, requestLayout(roundKey.features), wave));
  const waves = wavesOf(requests);
  let coming = shareRequests(waves[0]);
  const sellers = await share(round, offerLayout(roundKey.features), offers);
  const candidates = wavesOf(candidatesOf(area, requests, offers));
  const gone = new Set<number>();
  const settled: T[] = [];
  for (const [k, lists] of candidates.entries()) {
    const buyers = await coming;
    coming = shareRequests(waves[k + 1]);
    const wave = waveOf(lists, gone);
    const around = chosen(sellers, wave.offers);
    const matched = await matchWave(round, buyers, around, wave.candidates, k * WAVE);
    settled.push(settle(matched));
    for (const place of matched.winners) if (place !== null) gone.add(wave.offers[place] ?? -1);
  }
  return settled;
}

/** The proxy masks records, and the cloud gets them in the order of the round: nothing says whose they are. */
async function share<T extends Requested>(
  { roundKey, privateKey, work }: Round,
  layout: Layout,
  owners: readonly T[],
): Promise<Shared<T>> {
  const records = owners.map(({ upload }) => upload.record);
  const masks = await work.maskRecords(roundKey.shortKey, layout, records);
  const masked = masks.map((one) => one.masked);
  return { owners, masks, opened: await work.openRecords(privateKey, layout, masked) };
}

/** Both sides at once. The cloud waits for the proxy in every step, so one of the two watching the signal is enough. */
async function matchWave(
  round: Round,
  buyers: Shared<Requested>,
  sellers: Shared<Offered>,
  candidates: Candidates,
  done: number,
): Promise<MatchedWave> {
  const { join, onProgress, requests, rng, signal } = round;
  const onBuyer = async (index: number): Promise<void> => {
    await breathe(signal);
    onProgress(done + index + 1, requests.length);
  };
  const sides = join();
  const cloud = cloudOf({ requests: buyers.opened, offers: sellers.opened }, rng);
  const summands = summandsFromMasks(buyers.masks, sellers.masks);
  const [{ winners, comparedPairs }] = await Promise.all([
    sides.proxy(summands, candidates, onBuyer),
    cloud.match(sides.cloud, candidates),
  ]);
  return { buyers, sellers, cloud, winners, comparedPairs };
}

/** The deliveries of a wave, on their way. */
function concludeWave(
  round: Round,
  { buyers, sellers, cloud, winners }: MatchedWave,
): readonly Promise<Match>[] {
  return winners.flatMap((seller, buyer) =>
    seller === null ? [] : [inBackground(conclude(round, cloud, buyers, buyer, sellers, seller))],
  );
}

function unmatchedOf({ buyers, winners }: MatchedWave): readonly Address[] {
  const unmatched = buyers.owners.filter((_, i) => winners[i] === null);
  return unmatched.map(({ upload }) => upload.account);
}

function leadersOf({ sellers, winners }: MatchedWave): readonly Address[] {
  return winners.flatMap((place) =>
    place === null ? [] : (sellers.owners[place]?.upload.account ?? []),
  );
}

/** What the proxy has added to the prices that lead. */
function maskedPricesOf({ sellers, winners }: MatchedWave): bigint {
  const masks = winners.flatMap((place) =>
    place === null ? [] : [priceOfOffer(sellers.masks[place]?.masks ?? [])],
  );
  return masks.reduce((sum, mask) => sum + mask, 0n);
}

async function conclude(
  { auctionId, rng }: Round,
  cloud: Cloud,
  buyers: Shared<Requested>,
  i: number,
  sellers: Shared<Offered>,
  j: number,
): Promise<Match> {
  const [buyer, seller] = [buyers.owners[i], sellers.owners[j]];
  const [ofBuyer, ofSeller] = [buyers.masks[i], sellers.masks[j]];
  if (!buyer || !seller || !ofBuyer || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${i} and seller ${j} to be there`);
  }
  const { note, decision } = decide(auctionId, buyer, seller, rng);
  const deliver = async (
    { upload }: Requested,
    revealed: Revealed,
    masks: readonly bigint[],
  ): Promise<Delivery> => {
    const [blinded, handed] = await Promise.all([
      cloud.reveal(upload.sealKey, { auctionId, decision }, revealed),
      handMasks(upload.sealKey, decision, note, masks, rng),
    ]);
    return { auctionId, decision, blinded, masks: handed };
  };
  const ofOffer: Revealed = { kind: "offer", record: j };
  const ofRequest: Revealed = { kind: "request", record: i };
  const [toVehicle, toPile] = await Promise.all([
    deliver(buyer, ofOffer, revealedOfOffer(ofSeller.masks)),
    deliver(seller, ofRequest, revealedOfRequest(ofBuyer.masks)),
  ]);
  const [vehicle, pile] = [buyer.upload.account, seller.upload.account];
  return { decision, vehicle, pile, toVehicle, toPile };
}

function wavesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / WAVE) }, (_, k) =>
    all.slice(k * WAVE, (k + 1) * WAVE),
  );
}

function chosen<T>({ owners, masks, opened }: Shared<T>, places: readonly number[]): Shared<T> {
  const pick = <U>(all: readonly U[]): readonly U[] =>
    places.flatMap((place) => all.slice(place, place + 1));
  return { owners: pick(owners), masks: pick(masks), opened: pick(opened) };
}

/** Work that is waited for later, or not at all if something else fails first. */
function inBackground<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
