/**
 * The first half of a slot's auction: the matcher opens it, idle piles bid, vehicles that want to charge in the slot
 * request. Each encrypts its own record under the round's key and commits to it on chain.
 */
import { id } from "ethers";
import {
  auctionIdOf,
  FIRST_ROUND,
  requestCommitment,
  type AuctionTerms,
  type Bytes32,
} from "../../messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../messages/records.ts";
import { roundKeyHash, type RoundKey } from "../../messages/roundKey.ts";
import { sealUpload } from "../../messages/sealedUpload.ts";
import { signUpload, uploadHash } from "../../messages/upload.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import type { PrivateKey } from "../../primitives/paillier/privateKey.ts";
import { dealRoundKey } from "../../roles/authority.ts";
import { send } from "../../roles/chain.ts";
import { requestDeposit } from "../../roles/funds.ts";
import { prepareBid, type PreparedBid } from "../../roles/pile.ts";
import { RefusedError } from "../../roles/refusal.ts";
import { encryptRequest } from "../../roles/vehicle.ts";
import type { Slot } from "../slots.ts";
import { FEATURES, type WorldTrip } from "../world.ts";
import type { Actor, Cast, DayContext, PileActor } from "./context.ts";
import { ensureFree } from "./money.ts";

/** Bidding lasts from 90 to 60 minutes before the slot; the matcher has until the slot begins. */
export const BIDDING_STARTS_BEFORE_SECONDS = 5_400;
export const BIDDING_ENDS_BEFORE_SECONDS = 3_600;

export interface SubmittedRequest {
  readonly actor: Actor;
  readonly trip: WorldTrip;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

export interface SubmittedOffer {
  readonly actor: PileActor;
  readonly bid: PreparedBid;
  readonly box: string;
}

export interface RefusedTrip {
  readonly trip: WorldTrip;
  readonly reason: string;
}

/** An auction that has been bid in. `privateKey` is the cloud's. */
export interface OpenAuction {
  readonly slot: Slot;
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly roundKey: RoundKey;
  readonly privateKey: PrivateKey;
  readonly requests: readonly SubmittedRequest[];
  readonly offers: readonly SubmittedOffer[];
  readonly refused: readonly RefusedTrip[];
}

type Header = Pick<OpenAuction, "slot" | "auctionId" | "terms" | "roundKey" | "privateKey">;

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
      Promise.all(idle.map((actor) => prepareOffer(day, header, actor).then(step))),
      Promise.all(able.map((who) => prepareRequest(day, header, who).then(step))),
    ]),
  );
  const [offers, wishes] = prepared;
  return day.stages.time("commitments", async () => {
    for (const offer of offers) {
      await commitOffer(day, header, offer);
      step(offer);
    }
    const requests: SubmittedRequest[] = [];
    for (const wish of wishes) {
      const outcome = step(await commitRequest(day, header, wish));
      if ("reason" in outcome) refused.push(outcome);
      else requests.push(outcome);
    }
    return { ...header, requests, offers, refused };
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
    biddingEnds: BigInt(slotStart - BIDDING_ENDS_BEFORE_SECONDS),
    matchingEnds: BigInt(slotStart),
    openingEnds: slotEnd,
    slotStart: BigInt(slotStart),
    slotEnd,
    maxRounds: FIRST_ROUND,
    roundSeconds: 1n,
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
  const { auctions } = day.market.contracts;
  await day.stages.time("commitments", () =>
    send(day.market, auctions.connect(matcher.wallet).open(terms)),
  );
  const auctionId = auctionIdOf(day.market.venue, matcher.wallet.address, terms);
  return { slot, auctionId, terms, roundKey, privateKey };
}

async function prepareOffer(
  day: DayContext,
  header: Header,
  actor: PileActor,
): Promise<SubmittedOffer> {
  const { venue } = day.market;
  const { roundKey } = header;
  const { encryptProven } = day.work;
  const clear = clearOffer(day, actor);
  const bid = await prepareBid(venue, uploadHeader(header, actor), roundKey, clear, encryptProven);
  const signed = await signUpload(venue, bid.upload, actor.wallet);
  return { actor, bid, box: await sealUpload(roundKey, signed, day.rng) };
}

async function commitOffer(
  day: DayContext,
  { auctionId, terms }: Header,
  { actor, bid }: SubmittedOffer,
): Promise<void> {
  const { auctions } = day.market.contracts;
  await ensureFree(day, actor, terms.bidBond);
  await send(day.market, auctions.connect(actor.wallet).bid(auctionId, bid.commitment));
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

function uploadHeader(
  { auctionId }: Header,
  { wallet, sealKeys }: Actor,
): { readonly auctionId: Bytes32; readonly account: string; readonly sealKey: string } {
  return { auctionId, account: wallet.address, sealKey: bytesToHex(sealKeys.publicKey) };
}

/**
 * Features cost nothing extra here: the price per kWh of the committed bid is all that a vehicle pays, so a needed
 * feature is bid 0 for and an offered one asked 0 for.
 */
function clearRequest(trip: WorldTrip): ClearRequest {
  return {
    position: trip.position,
    maxPricePerKwh: trip.maxPricePerKwh,
    maxDistanceM: trip.maxDistanceM,
    featureBids: trip.needs.map((needed) => (needed ? 0n : null)),
  };
}

function clearOffer(day: DayContext, { pile, siteSalt }: PileActor): ClearOffer {
  return {
    position: pile.position,
    siteSalt,
    pricePerKwh: pile.pricePerKwh,
    powerW: pile.powerW,
    featureAsks: pile.offers.map((offered) => (offered ? 0n : null)),
    salt: bytesToHex(day.rng.bytes(32)),
  };
}
