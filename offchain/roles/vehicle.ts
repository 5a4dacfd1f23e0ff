/**
 * The vehicle encrypts its own request, and after a match finds out where to go, at which price, and whether the pile
 * is the one that was certified and has committed to exactly this offer.
 */
import { FIELD_BITS } from "../messages/domain.ts";
import { openDelivery, type Delivery } from "../messages/delivery.ts";
import {
  bidCommitment,
  siteCommitment,
  type Address,
  type Bytes32,
  type Opening,
  type Venue,
} from "../messages/market.ts";
import { assertLayoutFits, packRecord, requestLayout } from "../messages/packedRecord.ts";
import {
  readOffer,
  RecordError,
  requestFields,
  type ClearRequest,
  type Position,
  type RevealedOffer,
} from "../messages/records.ts";
import {
  encryptPacked,
  encryptUpload,
  type Upload,
  type UploadHeader,
} from "../messages/upload.ts";
import { decodeSigned } from "../primitives/paillier/encoding.ts";
import { PaillierError, type PublicKey } from "../primitives/paillier/publicKey.ts";
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

/** The same with the whole record in one ciphertext, for rounds on shares. */
export function encryptPackedRequest(
  header: UploadHeader,
  publicKey: PublicKey,
  request: ClearRequest,
  rng: Rng,
): Upload {
  const layout = requestLayout(request.featureBids.length);
  assertLayoutFits(publicKey, layout);
  return encryptPacked(header, publicKey, packRecord(layout, requestFields(request)), rng);
}

/**
 * Opens a delivery and checks it against the chain.
 * @param pileOf looks up the certified pile of a CPID
 * @throws MatchError if fields are missing or out of range, or bid or site are not the committed ones; DeliveryError,
 *   SealedBoxError as `openDelivery`.
 */
export async function receiveMatch(
  venue: Venue,
  publicKey: PublicKey,
  keys: SealKeyPair,
  delivery: Delivery,
  pileOf: (cpId: Bytes32) => Promise<CertifiedPile>,
): Promise<MatchedPile> {
  const { note, values } = await openDelivery(keys, publicKey.n, delivery);
  const { auctionId, evId, cpId, encryptedOfferHash, r } = note;
  const { position: site, siteSalt, pricePerKwh, powerW, salt } = revealed(publicKey, values);
  const offer = { pricePerKwh, powerW, encryptedOfferHash, salt };
  const pile = await pileOf(cpId);
  if (bidCommitment(venue, auctionId, pile.account, offer) !== note.bidCommitment) {
    const message = `receiveMatch: expected the offer committed to by ${pile.account}, got another`;
    throw new MatchError("E_MATCH_BID", message);
  }
  const [xM, yM] = [BigInt(site.xM), BigInt(site.yM)];
  if (siteCommitment(cpId, xM, yM, siteSalt) !== pile.siteCommitment) {
    throw new MatchError("E_MATCH_SITE", "receiveMatch: expected the certified site, got another");
  }
  return { opening: { auctionId, evId, cpId, offer, r }, decision: delivery.decision, site };
}

function revealed(publicKey: PublicKey, values: readonly bigint[]): RevealedOffer {
  try {
    return readOffer(values.map((value) => decodeSigned(publicKey, value, FIELD_BITS)));
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof PaillierError)) throw error;
    throw new MatchError("E_MATCH_FORM", `receiveMatch: ${error.message}`);
  }
}
