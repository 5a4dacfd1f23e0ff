/**
 * The first round of a slot's auction: the matcher opens it, idle piles bid, vehicles that want to charge in the slot
 * request. Each encrypts its own record under the round's key and commits to it on chain. A pile begins with the price
 * that it asks everywhere: it knows no request, and with nobody to compete against that is what it wants.
 */
import { id } from "ethers";
import {
  ANY_SCOPE,
  auctionIdOf,
  FIRST_ROUND,
  requestCommitment,
  type AuctionTerms,
  type Bytes32,
} from "../../messages/market.ts";
import type { ClearRequest } from "../../messages/records.ts";
import { roundKeyHash } from "../../messages/roundKey.ts";
import { sealUpload } from "../../messages/sealedUpload.ts";
import { signUpload, uploadHash } from "../../messages/upload.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import type { PrivateKey } from "../../primitives/paillier/privateKey.ts";
import { dealRoundKey } from "../../roles/authority.ts";
import { send } from "../../roles/chain.ts";
import { requestDeposit } from "../../roles/funds.ts";
import { RefusedError } from "../../roles/refusal.ts";
import { encryptRequest } from "../../roles/vehicle.ts";
import type { Slot } from "../slots.ts";
import { FEATURES, type WorldTrip } from "../world.ts";
import type { Actor, Cast, DayContext, PileActor } from "./context.ts";
import { ensureFree } from "./money.ts";
import {
  commitOffer,
  prepareOffer,
  uploadHeader,
  type PublicAuction,
  type SubmittedOffer,
} from "./offering.ts";
import { proxyDesk, type ProxyDesk } from "./roundInput.ts";
import type { PlayedRound } from "./rounds.ts";

/**
 * The first round lasts from 80 to 60 minutes before the slot; the matcher has until the slot begins. The next slot's
 * auction must find out who is idle after this one is decided: further rounds have 40 minutes at most.
 */
export const BIDDING_STARTS_BEFORE_SECONDS = 4_800;
export const BIDDING_ENDS_BEFORE_SECONDS = 3_600;

export interface SubmittedRequest {
  readonly actor: Actor;
  readonly trip: WorldTrip;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

export interface RefusedTrip {
  readonly trip: WorldTrip;
  readonly reason: string;
}

interface Header extends PublicAuction {
  readonly slot: Slot;
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  /** The proxy's. */
  readonly desk: ProxyDesk;
}

/** An auction that has been bid in. */
export interface OpenAuction extends Header {
  readonly requests: readonly SubmittedRequest[];
  /** The bids that stand: the last one of each pile. */
  readonly offers: readonly SubmittedOffer[];
  readonly refused: readonly RefusedTrip[];
  /** The round that runs, or is over and not closed. */
  readonly round: bigint;
  /** Unix seconds. */
  readonly roundEnds: number;
  /** Bids made in this round. */
  readonly newBids: number;
  /** The rounds before. */
  readonly played: readonly PlayedRound[];
}

/** Opens the auction of a slot and takes requests and bids. `idle` are the piles that are free when the slot begins. */
export async function bidInSlot(
  day: DayContext,
  cast: Cast,
  commitmentModulus: bigint,
  slot: Slot,
  idle: readonly PileActor[],
): Promise<OpenAuction> {
  const header = await openAuction(day, cast.matcher, commitmentModulus, slot);
  const { able, refused } = whoRequests(cast, slot.trips);
  const total = 2 * (idle.length + able.length);
  let done = 0;
  const step = <T>(result: T): T => {
    done += 1;
    day.progress.update(`slot ${slot.index} bidding`, done, total);
    day.signal.throwIfAborted();
    return result;
  };
  const prepared = await day.stages.time("encryption", () =>
    Promise.all([
      Promise.all(idle.map((actor) => prepareFirst(day, header, actor).then(step))),
      Promise.all(able.map((who) => prepareRequest(day, header, who).then(step))),
    ]),
  );
  const [offers, wishes] = prepared;
  return day.stages.time("commitments", async () => {
    for (const offer of offers) {
      await ensureFree(day, offer.actor, header.terms.bidBond);
      await commitOffer(day, header, offer);
      step(offer);
    }
    const requests: SubmittedRequest[] = [];
    for (const wish of wishes) {
      const outcome = step(await commitRequest(day, header, wish));
      if ("reason" in outcome) refused.push(outcome);
      else requests.push(outcome);
    }
    return {
      ...header,
      requests,
      offers,
      refused,
      round: FIRST_ROUND,
      roundEnds: Number(header.terms.biddingEnds),
      newBids: offers.length,
      played: [],
    };
  });
}

interface Requester {
  readonly actor: Actor;
  readonly trip: WorldTrip;
}

interface PreparedRequest extends SubmittedRequest {
  readonly commitment: Bytes32;
}

/** Vehicles that take part with one request each, and the trips that cannot. */
function whoRequests(
  cast: Cast,
  trips: readonly WorldTrip[],
): { readonly able: readonly Requester[]; readonly refused: RefusedTrip[] } {
  const able: Requester[] = [];
  const refused: RefusedTrip[] = [];
  for (const trip of trips) {
    const actor = cast.vehicles.get(trip.vehicle);
    if (actor === undefined) refused.push({ trip, reason: "vehicle not enrolled" });
    else if (able.some((other) => other.actor === actor)) {
      refused.push({ trip, reason: "vehicle already has a request in this slot" });
    } else able.push({ actor, trip });
  }
  return { able, refused };
}

async function openAuction(
  day: DayContext,
  matcher: Actor,
  commitmentModulus: bigint,
  slot: Slot,
): Promise<Header> {
  const proxySealKey = bytesToHex(matcher.sealKeys.publicKey);
  const published = {
    commitmentModulus,
    features: FEATURES.length,
    mode: day.settings.mode.name,
    proxySealKey,
  };
  const { roundKey, privateKey } = await day.stages.time("round keys", () =>
    dealRoundKey(day.settings.keyBits, published, day.rng),
  );
  const slotStart = day.midnight + slot.startSeconds;
  const slotEnd = BigInt(day.midnight + slot.endSeconds);
  const terms: AuctionTerms = {
    areaHash: id(`ChargeVeil area/${day.world.title}`),
    roundKeyHash: roundKeyHash(roundKey),
    scope: ANY_SCOPE,
    biddingEnds: BigInt(slotStart - BIDDING_ENDS_BEFORE_SECONDS),
    matchingEnds: BigInt(slotStart),
    openingEnds: slotEnd,
    slotStart: BigInt(slotStart),
    slotEnd,
    maxRounds: day.settings.rounds.maxRounds,
    roundSeconds: day.settings.rounds.roundSeconds,
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
  const { auctions } = day.market.contracts;
  await day.stages.time("commitments", () =>
    send(day.market, auctions.connect(matcher.wallet).open(terms)),
  );
  const auctionId = auctionIdOf(day.market.venue, matcher.wallet.address, terms);
  return { slot, auctionId, terms, roundKey, privateKey, desk: proxyDesk(day.work) };
}

function prepareFirst(day: DayContext, header: Header, actor: PileActor): Promise<SubmittedOffer> {
  const { pricePerKwh } = actor.pile;
  return prepareOffer(day, header, actor, { round: FIRST_ROUND, pricePerKwh });
}

async function prepareRequest(
  day: DayContext,
  header: Header,
  { actor, trip }: Requester,
): Promise<PreparedRequest> {
  const { venue } = day.market;
  const { roundKey, auctionId } = header;
  const { encryptProven } = day.work;
  const clear = clearRequest(trip);
  const upload = await encryptRequest(uploadHeader(header, actor), roundKey, clear, encryptProven);
  const signed = await signUpload(venue, upload, actor.wallet);
  const box = await sealUpload(roundKey, signed, day.rng);
  const { address } = actor.wallet;
  return {
    actor,
    trip,
    box,
    commitment: requestCommitment(venue, auctionId, address, uploadHash(upload)),
  };
}

async function commitRequest(
  day: DayContext,
  { auctionId, terms }: Header,
  request: PreparedRequest,
): Promise<SubmittedRequest | RefusedTrip> {
  const { actor, trip, commitment } = request;
  const { auctions } = day.market.contracts;
  try {
    await ensureFree(day, actor, await requestDeposit(day.market, actor.wallet.address, terms));
    await send(day.market, auctions.connect(actor.wallet).request(auctionId, commitment));
    return request;
  } catch (error) {
    if (error instanceof RefusedError && error.reason === "ReputationBelowThreshold") {
      return { trip, reason: "credibility of the vehicle below the threshold" };
    }
    throw error;
  }
}

/** Features cost nothing extra here: a needed one is bid 0 for. */
function clearRequest(trip: WorldTrip): ClearRequest {
  return {
    position: trip.position,
    maxPricePerKwh: trip.maxPricePerKwh,
    maxDistanceM: trip.maxDistanceM,
    featureBids: trip.needs.map((needed) => (needed ? 0n : null)),
  };
}
