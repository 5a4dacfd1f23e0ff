/**
 * The proxy's side of a matching round, from submissions to sealed deliveries.
 *
 * It puts everybody in an order that nobody chose, finds out whose cells are in reach of each
 * other, and masks every record for the cloud: each of the two servers then holds one summand of
 * every field, and they match, a buyer with the sellers around it. A match leaves with its decision
 * commitment, and both parties get the two summands of their counterpart's fields, each sealed by
 * the server that holds it. The losers' values were never opened to anybody.
 */
import type { Matching } from "../../core/matching/matching.ts";
import { amountsFor } from "../../core/matching/strictMatching.ts";
import type { Area } from "../../core/messages/area.ts";
import type { DecidedMatch, Delivery, DecisionNote } from "../../core/messages/delivery.ts";
import {
  NO_REFERENCE_PRICE,
  type Address,
  type Bytes32,
  type Venue,
} from "../../core/messages/market.ts";
import {
  offerLayout,
  priceOfOffer,
  requestLayout,
  revealedOfOffer,
  revealedOfRequest,
  type Layout,
} from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import { bytesToBigint } from "../../core/primitives/bytes.ts";
import { demand } from "../server/body.ts";
import {
  decodeBlinded,
  encodeDecisions,
  type BlindedPair,
  type Decided,
} from "../server/decisions.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import { STREAMS } from "../server/line.ts";
import { matchingSide } from "../server/matchingSide.ts";
import { inOrder } from "../server/order.ts";
import { sayParticipants, type RoundKind } from "../server/participants.ts";
import { inBackground, playSide, takeLetter, type Seat } from "../server/playing.ts";
import { piecesOf, sayRecords } from "../server/maskedRecords.ts";
import { pick, throughWaves, wavesOf } from "../server/waves.ts";
import {
  admitOffers,
  admitRequests,
  type Admitting,
  type NotAdmitted,
  type Offered,
  type Requested,
  type Submission,
} from "./admission.ts";
import type { ProxyDesk } from "./desk.ts";
import { decide, handMasks, summandsFromMasks, type MaskedRecord } from "./masking.ts";
import { candidatesOf } from "./neighbours.ts";

/** What the proxy knows of a round; submissions are opened, and not checked yet. */
export interface ProxyRound {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** Cells of uploads are of this area; what is farther apart than its reach is not compared. */
  readonly area: Area;
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Called for every buyer. */
  readonly onProgress: (done: number, total: number) => void;
}

interface Taken {
  /** Submissions that take no part, and why: nobody else has to suffer from them. */
  readonly notAdmitted: readonly NotAdmitted[];
}

export interface RoundOutcome extends Taken {
  readonly matches: readonly DecidedMatch[];
  readonly unmatched: readonly Address[];
  readonly comparedPairs: number;
}

/** What the end of a round of bidding says, while piles can still go lower. */
export interface RehearsalOutcome extends Taken {
  /** Piles that would be matched. */
  readonly leaders: readonly Address[];
  /**
   * Mean price of their offers in token units per kWh, rounded down; `NO_REFERENCE_PRICE` if there
   * are none.
   */
  readonly referencePricePerKwh: bigint;
}

/**
 * Admits what was sent and matches it. Buyers come in waves: while one is matched, the next is
 * masked and opened and the deliveries of the one before are sealed. Nothing has left the matcher
 * when it throws.
 */
export function matchAsProxy(
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
): Promise<RoundOutcome> {
  return playSide(seat, desk.store, async () => {
    const { parties, notAdmitted } = await admitted(desk, round);
    const deliveries: Promise<readonly DecidedMatch[]>[] = [];
    const unmatched: Address[] = [];
    let comparedPairs = 0;
    await inWaves(desk, seat, round, parties, "match", (wave) => {
      deliveries.push(inBackground(seat, conclude(desk, seat, round, wave, deliveries.at(-1))));
      unmatched.push(...unmatchedOf(wave));
      comparedPairs += wave.matching.comparedPairs;
    });
    const matches = (await Promise.all(deliveries)).flat();
    return { matches, unmatched, comparedPairs, notAdmitted };
  });
}

/**
 * Matches as `matchAsProxy` does and concludes nothing: over all waves together the servers open
 * the sum of the prices that lead, and no price. Of a single one the sum is the price, though not
 * whose.
 */
export function rehearseAsProxy(
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
): Promise<RehearsalOutcome> {
  return playSide(seat, desk.store, async () => {
    const { parties, notAdmitted } = await admitted(desk, round);
    const leaders: Address[] = [];
    let masks = 0n;
    await inWaves(desk, seat, round, parties, "rehearsal", (wave) => {
      leaders.push(...leadersOf(wave));
      masks += maskedPricesOf(wave);
    });
    const masked = await hearPriceSum(seat);
    if (leaders.length === 0) {
      return { leaders, referencePricePerKwh: NO_REFERENCE_PRICE, notAdmitted };
    }
    const referencePricePerKwh = (masked - masks) / BigInt(leaders.length);
    return { leaders, referencePricePerKwh, notAdmitted };
  });
}

/* ADMISSION */

interface Parties {
  readonly requests: readonly Requested[];
  readonly offers: readonly Offered[];
}

/** Who takes part, in the order of the round. */
async function admitted(
  { work }: ProxyDesk,
  { venue, auctionId, seed, roundKey, area, requests, offers }: ProxyRound,
): Promise<Taken & { readonly parties: Parties }> {
  const admitting: Admitting = {
    venue,
    auctionId,
    roundKey,
    area,
    signed: (uploads) => work.signedHashes(venue, uploads),
    refused: (layout, uploads) => work.refusedUploads(roundKey, layout, uploads),
  };
  const [bought, sold] = await Promise.all([
    admitRequests(admitting, requests),
    admitOffers(admitting, offers),
  ]);
  return {
    parties: { requests: inOrder(seed, bought.admitted), offers: inOrder(seed, sold.admitted) },
    notAdmitted: [...bought.notAdmitted, ...sold.notAdmitted],
  };
}

/* WAVES */

/** Participants in the order of the round, and the masks of their records. */
interface Shared<T> {
  readonly owners: readonly T[];
  readonly masks: readonly MaskedRecord[];
}

/** A wave that is matched. */
interface MatchedWave {
  readonly buyers: Shared<Requested>;
  readonly sellers: Shared<Offered>;
  readonly matching: Matching;
}

/** Matches wave after wave; `settle` sees each as soon as it is matched. */
async function inWaves(
  desk: ProxyDesk,
  seat: Seat,
  { roundKey, area, onProgress }: ProxyRound,
  { requests, offers }: Parties,
  kind: RoundKind,
  settle: (wave: MatchedWave) => void,
): Promise<void> {
  const candidates = candidatesOf(area, requests, offers);
  const counts = { requests: requests.length, offers: offers.length };
  await sayParticipants(seat.line, { kind, ...counts, candidates });
  const amounts = amountsFor(candidates, roundKey.features);
  const dealt = inBackground(seat, takeLetter(seat, 0, desk.sealKeys, amounts));
  const shareRequests = (wave: number): Promise<Shared<Requested>> => {
    const [layout, owners] = [requestLayout(roundKey.features), waves[wave] ?? []];
    return inBackground(seat, share(desk, seat, roundKey, layout, STREAMS.requests + wave, owners));
  };
  const waves = wavesOf(requests);
  let coming = shareRequests(0);
  const layout = offerLayout(roundKey.features);
  const sellers = await share(desk, seat, roundKey, layout, STREAMS.offers, offers);
  const side = matchingSide(seat.line, 0, await dealt);
  await throughWaves(candidates, async (wave, number, firstBuyer) => {
    const buyers = await coming;
    coming = shareRequests(number + 1);
    const around = chosen(sellers, wave.offers);
    const summands = summandsFromMasks(buyers.masks, around.masks);
    const matching = await side(summands, wave.candidates, async (index) => {
      await breathe(seat.signal);
      onProgress(firstBuyer + index + 1, requests.length);
    });
    settle({ buyers, sellers: around, matching });
    return matching;
  });
}

/**
 * Masks records and sends them, in the order of the round: nothing tells the cloud whose they are.
 */
async function share<T extends Requested>(
  { work }: ProxyDesk,
  { line }: Seat,
  { shortKey }: RoundKey,
  layout: Layout,
  stream: number,
  owners: readonly T[],
): Promise<Shared<T>> {
  const masks: MaskedRecord[] = [];
  for (const piece of piecesOf(owners)) {
    const records = piece.map(({ upload }) => upload.record);
    const masked = await work.maskRecords(shortKey, layout, records);
    masks.push(...masked);
    await sayRecords(
      line,
      stream,
      masked.map((one) => one.masked),
    );
  }
  return { owners, masks };
}

function chosen<T>({ owners, masks }: Shared<T>, places: readonly number[]): Shared<T> {
  return { owners: pick(owners, places), masks: pick(masks, places) };
}

function unmatchedOf({ buyers, matching: { winners } }: MatchedWave): readonly Address[] {
  const unmatched = buyers.owners.filter((_, i) => winners[i] === null);
  return unmatched.map(({ upload }) => upload.account);
}

/* REHEARSAL */

function leadersOf({ sellers, matching: { winners } }: MatchedWave): readonly Address[] {
  return winners.flatMap((place) =>
    place === null ? [] : (sellers.owners[place]?.upload.account ?? []),
  );
}

/** What the proxy has added to the prices that lead. */
function maskedPricesOf({ sellers, matching: { winners } }: MatchedWave): bigint {
  const masks = winners.flatMap((place) =>
    place === null ? [] : [priceOfOffer(sellers.masks[place]?.masks ?? [])],
  );
  return masks.reduce((sum, mask) => sum + mask, 0n);
}

const NOTHING = new Uint8Array();
/** Room for a million masked prices. */
const PRICE_SUM_BYTES = 32;

async function hearPriceSum({ line }: Seat): Promise<bigint> {
  const body = await line.exchange(FRAME_TYPES.priceSum, STREAMS.control, NOTHING);
  demand(body.length === PRICE_SUM_BYTES, `a sum of ${PRICE_SUM_BYTES} bytes`, body.length);
  return bytesToBigint(body);
}

/* DELIVERIES */

/** A match of a wave, decided. */
interface Pair {
  readonly buyer: Requested;
  readonly seller: Offered;
  readonly ofBuyer: MaskedRecord;
  readonly ofSeller: MaskedRecord;
  readonly note: DecisionNote;
  readonly decided: Decided;
}

/** The deliveries of a wave: asked for when those of the wave before are there. */
async function conclude(
  desk: ProxyDesk,
  { line }: Seat,
  { auctionId }: ProxyRound,
  wave: MatchedWave,
  before: Promise<unknown> | undefined,
): Promise<readonly DecidedMatch[]> {
  const pairs = wave.matching.winners.flatMap((offer, request) =>
    offer === null ? [] : [decidedPair(desk, auctionId, wave, request, offer)],
  );
  await before;
  if (pairs.length === 0) return [];
  const body = encodeDecisions(pairs.map(({ decided }) => decided));
  await line.exchange(FRAME_TYPES.decisions, STREAMS.control, body);
  const [answer, handed] = await Promise.all([
    line.exchange(FRAME_TYPES.deliveries, STREAMS.control, NOTHING),
    Promise.all(pairs.map((pair) => handedMasks(desk, pair))),
  ]);
  const blinded = decodeBlinded(answer, pairs.length);
  return pairs.map((pair, k) => matchOf(auctionId, pair, blinded[k], handed[k]));
}

function decidedPair(
  { rng }: ProxyDesk,
  auctionId: Bytes32,
  { buyers, sellers }: MatchedWave,
  request: number,
  offer: number,
): Pair {
  const [buyer, seller] = [buyers.owners[request], sellers.owners[offer]];
  const [ofBuyer, ofSeller] = [buyers.masks[request], sellers.masks[offer]];
  if (!buyer || !seller || !ofBuyer || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${request} and seller ${offer} to be there`);
  }
  const { note, decision } = decide(auctionId, buyer, seller, rng);
  const keys = { vehicleSealKey: buyer.upload.sealKey, pileSealKey: seller.upload.sealKey };
  return { buyer, seller, ofBuyer, ofSeller, note, decided: { request, offer, decision, ...keys } };
}

/** Each party gets the masks of its counterpart's fields. */
async function handedMasks(
  { rng }: ProxyDesk,
  { note, decided, ofBuyer, ofSeller }: Pair,
): Promise<BlindedPair> {
  const { decision, vehicleSealKey, pileSealKey } = decided;
  const [toVehicle, toPile] = await Promise.all([
    handMasks(vehicleSealKey, decision, note, revealedOfOffer(ofSeller.masks), rng),
    handMasks(pileSealKey, decision, note, revealedOfRequest(ofBuyer.masks), rng),
  ]);
  return { toVehicle, toPile };
}

function matchOf(
  auctionId: Bytes32,
  { buyer, seller, decided: { decision } }: Pair,
  blinded: BlindedPair | undefined,
  masks: BlindedPair | undefined,
): DecidedMatch {
  if (!blinded || !masks) throw new RangeError(`matchOf: expected both boxes of ${decision}`);
  const deliver = (to: keyof BlindedPair): Delivery => ({
    auctionId,
    decision,
    blinded: blinded[to],
    masks: masks[to],
  });
  const [vehicle, pile] = [buyer.upload.account, seller.upload.account];
  return {
    decision,
    vehicle,
    pile,
    toVehicle: deliver("toVehicle"),
    toPile: deliver("toPile"),
  };
}
