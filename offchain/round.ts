/**
 * One matching round, from admitted uploads to sealed deliveries.
 *
 * The proxy puts everybody in an order that nobody chose, masks every record, and the cloud decrypts it: each of the two
 * then holds one summand of every field, and they match in the mode's way. A match leaves with its decision commitment,
 * and both parties get the two summands of their counterpart's fields, each sealed by the one who holds it. The losers'
 * values were never opened to anybody.
 */
import type { Matching, MatchingSide, RecordSummands } from "./matching/matching.ts";
import type { Delivery } from "./messages/delivery.ts";
import { NO_REFERENCE_PRICE, type Address, type Bytes32 } from "./messages/market.ts";
import {
  offerLayout,
  priceOfOffer,
  requestLayout,
  revealedOfOffer,
  revealedOfRequest,
  type Layout,
} from "./messages/packedRecord.ts";
import type { RoundKey } from "./messages/roundKey.ts";
import type { PrivateKey } from "./primitives/paillier/privateKey.ts";
import type { Rng } from "./primitives/random.ts";
import { cloudOf, type Cloud, type Revealed } from "./roles/cloud.ts";
import { decide, handMasks, inOrder, summandsFromMasks, type MaskedRecord } from "./roles/proxy.ts";
import type { Offered, Requested } from "./roles/proxyAdmission.ts";
import type { HeavyWork } from "./workers/heavyWork.ts";

/** Both sides of one matching, joined by a line and with whatever the authority has dealt them. */
export interface JoinedSides {
  readonly proxy: MatchingSide;
  readonly cloud: MatchingSide;
}

export interface Round {
  readonly auctionId: Bytes32;
  /** Randomness of the chain after bidding ended. */
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  readonly requests: readonly Requested[];
  readonly offers: readonly Offered[];
  readonly sides: JoinedSides;
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

/** What the proxy knows of the participants, in the order of the round. */
interface Ranked {
  readonly buyers: readonly Requested[];
  readonly sellers: readonly Offered[];
  readonly requestMasks: readonly MaskedRecord[];
  readonly offerMasks: readonly MaskedRecord[];
}

/** Runs the round. Throws the signal's reason when it is aborted; nothing has left the matcher then. */
export async function runRound(round: Round): Promise<RoundResult> {
  const ranked = await rank(round);
  const cloud = cloudOf(await opened(round, ranked), round.rng);
  const { winners, comparedPairs } = await match(round, ranked, cloud);
  const matches: Match[] = [];
  for (const [buyer, seller] of winners.entries()) {
    if (seller !== null) matches.push(await conclude(round, ranked, cloud, buyer, seller));
  }
  const unmatched = ranked.buyers.filter((_, i) => winners[i] === null);
  return { matches, unmatched: unmatched.map(({ upload }) => upload.account), comparedPairs };
}

/**
 * Matches as `runRound` does and concludes nothing: the servers open the sum of the prices that lead, and no price. Of a
 * single one the sum is the price, though not whose.
 */
export async function rehearse(round: Round): Promise<Rehearsal> {
  const ranked = await rank(round);
  const cloud = cloudOf(await opened(round, ranked), round.rng);
  const { winners } = await match(round, ranked, cloud);
  const leading = winners.filter((seller) => seller !== null);
  const leaders = leading.flatMap((seller) => ranked.sellers[seller]?.upload.account ?? []);
  const masks = leading.map((seller) => priceOfOffer(ranked.offerMasks[seller]?.masks ?? []));
  const sum = masks.reduce((left, mask) => left - mask, cloud.sumMatchedPrices());
  const count = BigInt(leading.length);
  return { leaders, referencePricePerKwh: count === 0n ? NO_REFERENCE_PRICE : sum / count };
}

async function rank({ seed, roundKey, requests, offers, work }: Round): Promise<Ranked> {
  const { shortKey, features } = roundKey;
  const buyers = inOrder(seed, requests);
  const sellers = inOrder(seed, offers);
  const masked = (layout: Layout, all: readonly Requested[]): Promise<readonly MaskedRecord[]> =>
    work.maskRecords(
      shortKey,
      layout,
      all.map(({ upload }) => upload.record),
    );
  return {
    buyers,
    sellers,
    requestMasks: await masked(requestLayout(features), buyers),
    offerMasks: await masked(offerLayout(features), sellers),
  };
}

/** The cloud gets masked records in the order of the round; nothing says whose they are. */
async function opened(
  { roundKey, privateKey, work }: Round,
  { requestMasks, offerMasks }: Ranked,
): Promise<RecordSummands> {
  const { features } = roundKey;
  const open = (layout: Layout, all: readonly MaskedRecord[]) =>
    work.openRecords(
      privateKey,
      layout,
      all.map(({ masked }) => masked),
    );
  return {
    requests: await open(requestLayout(features), requestMasks),
    offers: await open(offerLayout(features), offerMasks),
  };
}

/** Both sides at once. The cloud waits for the proxy in every step, so one of the two watching the signal is enough. */
async function match(
  { sides, onProgress, signal }: Round,
  { buyers, requestMasks, offerMasks }: Ranked,
  cloud: Cloud,
): Promise<Matching> {
  const onBuyer = async (index: number): Promise<void> => {
    await breathe(signal);
    onProgress(index + 1, buyers.length);
  };
  const proxy = sides.proxy(summandsFromMasks(requestMasks, offerMasks), onBuyer);
  const [matching] = await Promise.all([proxy, cloud.match(sides.cloud)]);
  return matching;
}

async function conclude(
  { auctionId, rng }: Round,
  { buyers, sellers, requestMasks, offerMasks }: Ranked,
  cloud: Cloud,
  i: number,
  j: number,
): Promise<Match> {
  const [buyer, seller] = [buyers[i], sellers[j]];
  const [ofBuyer, ofSeller] = [requestMasks[i], offerMasks[j]];
  if (!buyer || !seller || !ofBuyer || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${i} and seller ${j} to be there`);
  }
  const { note, decision } = decide(auctionId, buyer, seller, rng);
  const deliver = async (
    { upload }: Requested,
    revealed: Revealed,
    masks: readonly bigint[],
  ): Promise<Delivery> => ({
    auctionId,
    decision,
    blinded: await cloud.reveal(upload.sealKey, { auctionId, decision }, revealed),
    masks: await handMasks(upload.sealKey, decision, note, masks, rng),
  });
  const ofOffer: Revealed = { kind: "offer", record: j };
  const ofRequest: Revealed = { kind: "request", record: i };
  return {
    decision,
    vehicle: buyer.upload.account,
    pile: seller.upload.account,
    toVehicle: await deliver(buyer, ofOffer, revealedOfOffer(ofSeller.masks)),
    toPile: await deliver(seller, ofRequest, revealedOfRequest(ofBuyer.masks)),
  };
}

/** Lets timers and signals in: the work between is synchronous. */
async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resume) => {
    setImmediate(resume);
  });
  signal.throwIfAborted();
}
