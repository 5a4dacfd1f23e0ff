/**
 * The vehicle encrypts its own request, and after a match finds out where to go, at which price,
 * and whether the pile is the one that was certified and has committed to exactly this offer.
 */
import { openDelivery, type VehicleDelivery } from "../../core/messages/delivery.ts";
import {
  FIRST_ROUND,
  offerHash,
  roundOfBid,
  siteCommitment,
  type Address,
  type Bytes32,
  type Opening,
  type Venue,
} from "../../core/messages/market.ts";
import { requestLayout } from "../../core/messages/packedRecord.ts";
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import {
  readOffer,
  RecordError,
  requestFields,
  type ClearRequest,
  type Position,
  type RevealedOffer,
} from "../../core/messages/records.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { ClearUpload, Upload, UploadHeader } from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";

/** What the chain says of the matched pile. */
export interface CertifiedPile {
  readonly account: Address;
  readonly siteCommitment: Bytes32;
}

/** What the vehicle knows after a match that it has checked. */
export interface MatchedPile {
  readonly opening: Opening;
  readonly decision: Bytes32;
  readonly site: Position;
}

/** Where and for what the vehicle asked, as far as it can check the answer. */
export interface AskedFor extends Pick<
  ClearRequest,
  "position" | "maxPricePerKwh" | "maxDistanceM"
> {
  readonly auctionId: Bytes32;
}

type MatchErrorCode =
  "E_MATCH_AUCTION" | "E_MATCH_FORM" | "E_MATCH_BID" | "E_MATCH_SITE" | "E_MATCH_LIMITS";

/**
 * The delivery does not fit the chain or the request: nothing is opened, and the vehicle withdraws
 * its request, deposit and all.
 */
export class MatchError extends Error {
  override readonly name = "MatchError";
  readonly code: MatchErrorCode;

  constructor(code: MatchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Encrypts a request under the round's key and proves its ranges. */
export function encryptRequest(
  header: UploadHeader,
  roundKey: RoundKey,
  request: ClearRequest,
  encrypt: EncryptProven,
): Promise<Upload> {
  const layout = requestLayout(request.featureBids.length);
  const clear: ClearUpload = { ...header, round: FIRST_ROUND, kind: "request" };
  return encrypt(clear, roundKey, layout, requestFields(request));
}

/**
 * Opens a delivery and audits it: against the chain, and against what the vehicle has asked for.
 * Servers that follow the protocol never fail this; from others it protects the vehicle before it
 * is bound to anything.
 * @param pileOf looks up the certified pile of a CPID
 * @throws MatchError if it is about another auction, fields are missing or out of range, bid or
 *   site are not the committed ones, or price or distance exceed the request's; DeliveryError,
 *   SealedBoxError as `openDelivery`.
 */
export async function receiveMatch(
  venue: Venue,
  asked: AskedFor,
  keys: SealKeyPair,
  delivery: VehicleDelivery,
  pileOf: (cpId: Bytes32) => Promise<CertifiedPile>,
): Promise<MatchedPile> {
  const { note, values } = await openDelivery(keys, delivery);
  const { auctionId, evId, cpId, uploadHash, r } = note;
  if (auctionId !== asked.auctionId) {
    const message = `receiveMatch: expected a match of auction ${asked.auctionId}, got one of ${auctionId}`;
    throw new MatchError("E_MATCH_AUCTION", message);
  }
  const { position: site, siteSalt, pricePerKwh, powerW, salt } = revealed(values);
  const offer = { pricePerKwh, powerW, salt };
  const parts = { offerHash: offerHash(offer), uploadHash };
  const pile = await pileOf(cpId);
  const round = roundOfBid(venue, auctionId, pile.account, parts, note.bidCommitment);
  if (round === null) {
    const message = `receiveMatch: expected the offer committed to by ${pile.account}, got another`;
    throw new MatchError("E_MATCH_BID", message);
  }
  const [xM, yM] = [BigInt(site.xM), BigInt(site.yM)];
  if (siteCommitment(cpId, xM, yM, siteSalt) !== pile.siteCommitment) {
    throw new MatchError("E_MATCH_SITE", "receiveMatch: expected the certified site, got another");
  }
  assertWithin(asked, site, pricePerKwh);
  const opening = { auctionId, evId, cpId, round, offer, uploadHash, r };
  return { opening, decision: delivery.decision, site };
}

function assertWithin(asked: AskedFor, site: Position, pricePerKwh: bigint): void {
  if (pricePerKwh > asked.maxPricePerKwh) {
    const prices = "expected at most the price that was asked for, got a higher one";
    throw new MatchError("E_MATCH_LIMITS", `receiveMatch: ${prices}`);
  }
  const { position, maxDistanceM } = asked;
  // Squares of whole metres are exact; a root would be rounded, and what is just within reach
  // refused.
  const distanceSquared = (site.xM - position.xM) ** 2 + (site.yM - position.yM) ** 2;
  if (distanceSquared > maxDistanceM ** 2) {
    const distances = "expected a site within the distance that was asked for, got one beyond";
    throw new MatchError("E_MATCH_LIMITS", `receiveMatch: ${distances}`);
  }
}

function revealed(values: readonly bigint[]): RevealedOffer {
  try {
    return readOffer(values);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new MatchError("E_MATCH_FORM", `receiveMatch: ${error.message}`);
  }
}
