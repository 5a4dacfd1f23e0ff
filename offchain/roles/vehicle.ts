/**
 * The vehicle encrypts its own request, and after a match finds out where to go, at which price, and whether the pile
 * is the one that was certified and has committed to exactly this offer.
 */
import { COORDINATE_BITS, PRICE_BITS } from "../messages/domain.ts";
import { openDelivery, type Delivery } from "../messages/delivery.ts";
import {
  bidCommitment,
  siteCommitment,
  type Address,
  type Bytes32,
  type Opening,
  type Venue,
} from "../messages/market.ts";
import {
  requestFields,
  unpackOpening,
  type ClearRequest,
  type Position,
} from "../messages/records.ts";
import { encryptUpload, type Upload, type UploadHeader } from "../messages/upload.ts";
import { decodeSigned } from "../primitives/paillier/encoding.ts";
import type { PublicKey } from "../primitives/paillier/publicKey.ts";
import type { Rng } from "../primitives/random.ts";
import type { SealKeyPair } from "../primitives/sealedBox.ts";

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

type MatchErrorCode = "E_MATCH_FORM" | "E_MATCH_BID" | "E_MATCH_SITE";

/** The delivery does not fit what is on chain: nothing is opened, the deposit comes back after the opening window. */
export class MatchError extends Error {
  override readonly name = "MatchError";
  readonly code: MatchErrorCode;

  constructor(code: MatchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Encrypts a request under the round's key. */
export function encryptRequest(
  header: UploadHeader,
  publicKey: PublicKey,
  request: ClearRequest,
  rng: Rng,
): Upload {
  return encryptUpload(header, publicKey, requestFields(request), rng);
}

/**
 * Opens a delivery and checks it against the chain.
 * @param pileOf looks up the certified pile of a CPID
 * @throws MatchError if bid or site are not the committed ones; DeliveryError, SealedBoxError as `openDelivery`.
 */
export async function receiveMatch(
  venue: Venue,
  publicKey: PublicKey,
  keys: SealKeyPair,
  delivery: Delivery,
  pileOf: (cpId: Bytes32) => Promise<CertifiedPile>,
): Promise<MatchedPile> {
  const { note, values } = await openDelivery(keys, publicKey.n, delivery);
  const [negX, negY, negPrice, packed] = values;
  if (negX === undefined || negY === undefined || negPrice === undefined || packed === undefined) {
    throw new MatchError("E_MATCH_FORM", "receiveMatch: expected x, y, price and opening");
  }
  const { siteSalt, salt, powerW } = unpackOpening(packed);
  const pricePerKwh = -decodeSigned(publicKey, negPrice, PRICE_BITS);
  const offer = { pricePerKwh, powerW, encryptedOfferHash: note.encryptedOfferHash, salt };
  const pile = await pileOf(note.cpId);
  if (
    pricePerKwh < 0n ||
    bidCommitment(venue, note.auctionId, pile.account, offer) !== note.bidCommitment
  ) {
    const message = `receiveMatch: expected the offer committed to by ${pile.account}, got another`;
    throw new MatchError("E_MATCH_BID", message);
  }
  const xM = -decodeSigned(publicKey, negX, COORDINATE_BITS);
  const yM = -decodeSigned(publicKey, negY, COORDINATE_BITS);
  if (xM < 0n || yM < 0n || siteCommitment(note.cpId, xM, yM, siteSalt) !== pile.siteCommitment) {
    throw new MatchError("E_MATCH_SITE", "receiveMatch: expected the certified site, got another");
  }
  const { auctionId, evId, cpId, r } = note;
  const site = { xM: Number(xM), yM: Number(yM) };
  return { opening: { auctionId, evId, cpId, offer, r }, decision: delivery.decision, site };
}
