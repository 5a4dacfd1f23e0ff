/**
 * The first half of a slot's auction: the matcher opens it, idle piles bid, vehicles that want to charge in the slot
 * request. Each encrypts its own record under the round's key and commits to it on chain.
 */
import { id } from "ethers";
import {
  auctionIdOf,
  requestCommitment,
  type AuctionTerms,
  type Bytes32,
} from "../../messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../messages/records.ts";
import {
  roundKeyHashOf,
  signUpload,
  uploadHash,
  type SignedUpload,
} from "../../messages/upload.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import type { PrivateKey } from "../../primitives/paillier/privateKey.ts";
import type { PublicKey } from "../../primitives/paillier/publicKey.ts";
import { dealRoundKey } from "../../roles/authority.ts";
import { send } from "../../roles/chain.ts";
import type { PreparedBid } from "../../roles/pile.ts";
import { RefusedError } from "../../roles/refusal.ts";
import type { Slot } from "../slots.ts";
import type { WorldTrip } from "../world.ts";
import type { Actor, Cast, DayContext, PileActor } from "./context.ts";
import { ensureFree } from "./money.ts";

/** Bidding lasts from 90 to 60 minutes before the slot; the matcher has until the slot begins. */
export const BIDDING_STARTS_BEFORE_SECONDS = 5_400;
export const BIDDING_ENDS_BEFORE_SECONDS = 3_600;

export interface SubmittedRequest {
  readonly actor: Actor;
  readonly trip: WorldTrip;
  readonly signed: SignedUpload;
}

export interface SubmittedOffer {
  readonly actor: PileActor;
  readonly bid: PreparedBid;
  readonly signed: SignedUpload;
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
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
  readonly requests: readonly SubmittedRequest[];
  readonly offers: readonly SubmittedOffer[];
  readonly refused: readonly RefusedTrip[];
}

type Header = Pick<OpenAuction, "slot" | "auctionId" | "terms" | "publicKey" | "privateKey">;

/** Opens the auction of a slot and takes requests and bids. `idle` are the piles that are free when the slot begins. */
export async function bidInSlot(
  day: DayContext,
  cast: Cast,
  slot: Slot,
  idle: readonly PileActor[],
): Promise<OpenAuction> {
  const header = await openAuction(day, cast.matcher, slot);
  const total = idle.length + slot.trips.length;
  const offers: SubmittedOffer[] = [];
  for (const actor of idle) {
    day.signal.throwIfAborted();
    offers.push(await submitOffer(day, header, actor));
    day.progress.update(`slot ${slot.index} bidding`, offers.length, total);
  }
  const requests: SubmittedRequest[] = [];
  const refused: RefusedTrip[] = [];
  for (const trip of slot.trips) {
    day.signal.throwIfAborted();
    const outcome = await tryRequest(day, header, cast, trip, requests);
    if ("reason" in outcome) refused.push(outcome);
    else requests.push(outcome);
    const done = offers.length + requests.length + refused.length;
    day.progress.update(`slot ${slot.index} bidding`, done, total);
  }
  return { ...header, requests, offers, refused };
}

async function openAuction(day: DayContext, matcher: Actor, slot: Slot): Promise<Header> {
  const { publicKey, privateKey } = await day.stages.time("round keys", () =>
    dealRoundKey(day.settings.keyBits, day.rng),
  );
  const slotStart = day.midnight + slot.startSeconds;
  const slotEnd = BigInt(day.midnight + slot.endSeconds);
  const terms: AuctionTerms = {
    areaHash: id(`ChargeVeil area/${day.world.title}`),
    roundKeyHash: roundKeyHashOf(publicKey),
    biddingEnds: BigInt(slotStart - BIDDING_ENDS_BEFORE_SECONDS),
    matchingEnds: BigInt(slotStart),
    openingEnds: slotEnd,
    slotStart: BigInt(slotStart),
    slotEnd,
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
  const { auctions } = day.market.contracts;
  await day.stages.time("commitments", () =>
    send(day.market, auctions.connect(matcher.wallet).open(terms)),
  );
  const auctionId = auctionIdOf(day.market.venue, matcher.wallet.address, terms);
  return { slot, auctionId, terms, publicKey, privateKey };
}

async function submitOffer(
  day: DayContext,
  header: Header,
  actor: PileActor,
): Promise<SubmittedOffer> {
  const { venue, contracts } = day.market;
  const { bid, signed } = await day.stages.time("encryption", async () => {
    const prepared = day.settings.mode.prepareBid(
      venue,
      uploadHeader(header, actor),
      header.publicKey,
      clearOffer(day, actor),
      day.rng,
    );
    return { bid: prepared, signed: await signUpload(venue, prepared.upload, actor.wallet) };
  });
  await day.stages.time("commitments", async () => {
    await ensureFree(day, actor, header.terms.bidBond);
    await send(
      day.market,
      contracts.auctions.connect(actor.wallet).bid(header.auctionId, bid.commitment),
    );
  });
  return { actor, bid, signed };
}

async function tryRequest(
  day: DayContext,
  header: Header,
  cast: Cast,
  trip: WorldTrip,
  earlier: readonly SubmittedRequest[],
): Promise<SubmittedRequest | RefusedTrip> {
  const actor = cast.vehicles.get(trip.vehicle);
  if (actor === undefined) return { trip, reason: "vehicle not enrolled" };
  if (earlier.some((request) => request.actor === actor)) {
    return { trip, reason: "vehicle already has a request in this slot" };
  }
  try {
    return await submitRequest(day, header, actor, trip);
  } catch (error) {
    if (error instanceof RefusedError && error.reason === "ReputationBelowThreshold") {
      return { trip, reason: "credibility of the vehicle below the threshold" };
    }
    throw error;
  }
}

async function submitRequest(
  day: DayContext,
  header: Header,
  actor: Actor,
  trip: WorldTrip,
): Promise<SubmittedRequest> {
  const { venue, contracts } = day.market;
  const signed = await day.stages.time("encryption", () => {
    const clear = clearRequest(trip);
    const encrypt = day.settings.mode.encryptRequest;
    const upload = encrypt(uploadHeader(header, actor), header.publicKey, clear, day.rng);
    return signUpload(venue, upload, actor.wallet);
  });
  const hash = uploadHash(signed.upload);
  const commitment = requestCommitment(venue, header.auctionId, actor.wallet.address, hash);
  await day.stages.time("commitments", async () => {
    await ensureFree(day, actor, header.terms.vehicleDeposit);
    await send(
      day.market,
      contracts.auctions.connect(actor.wallet).request(header.auctionId, commitment),
    );
  });
  return { actor, trip, signed };
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
