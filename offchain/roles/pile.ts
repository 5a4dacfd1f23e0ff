/**
 * The pile encrypts its own offer and commits to it on chain; after a match it learns the position of the one vehicle
 * that comes.
 */
import { FIELD_BITS } from "../messages/domain.ts";
import { openDelivery, type Delivery } from "../messages/delivery.ts";
import {
  bidCommitment,
  type Bytes32,
  type Offer,
  type Opening,
  type Venue,
} from "../messages/market.ts";
import { assertLayoutFits, offerLayout, packRecord } from "../messages/packedRecord.ts";
import {
  offerFields,
  packedOfferFields,
  readPosition,
  RecordError,
  type ClearOffer,
  type Position,
} from "../messages/records.ts";
import {
  encryptPacked,
  encryptUpload,
  uploadHash,
  type Upload,
  type UploadHeader,
} from "../messages/upload.ts";
import { decodeSigned } from "../primitives/paillier/encoding.ts";
import { PaillierError, type PublicKey } from "../primitives/paillier/publicKey.ts";
import type { Rng } from "../primitives/random.ts";
import type { SealKeyPair } from "../primitives/sealedBox.ts";

/** What a pile uploads, what it commits to, and what it must keep to open the commitment. */
export interface PreparedBid {
  readonly upload: Upload;
  readonly offer: Offer;
  readonly commitment: Bytes32;
}

/** What the pile knows after a match. */
export interface MatchedVehicle {
  readonly opening: Opening;
  readonly decision: Bytes32;
  readonly position: Position;
}

type ReceiveErrorCode = "E_RECEIVE_BID" | "E_RECEIVE_POSITION";

/** The delivery is not about this bid, or says nothing usable about the vehicle. */
export class ReceiveError extends Error {
  override readonly name = "ReceiveError";
  readonly code: ReceiveErrorCode;

  constructor(code: ReceiveErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Encrypts an offer under the round's key and commits to price, power and these ciphertexts. */
export function prepareBid(
  venue: Venue,
  header: UploadHeader,
  publicKey: PublicKey,
  clear: ClearOffer,
  rng: Rng,
): PreparedBid {
  return commitTo(venue, encryptUpload(header, publicKey, offerFields(clear), rng), clear);
}

/** The same with the whole record in one ciphertext, for rounds on shares. */
export function preparePackedBid(
  venue: Venue,
  header: UploadHeader,
  publicKey: PublicKey,
  clear: ClearOffer,
  rng: Rng,
): PreparedBid {
  const layout = offerLayout(clear.featureAsks.length);
  assertLayoutFits(publicKey, layout);
  const record = packRecord(layout, packedOfferFields(clear));
  return commitTo(venue, encryptPacked(header, publicKey, record, rng), clear);
}

function commitTo(venue: Venue, upload: Upload, clear: ClearOffer): PreparedBid {
  const offer: Offer = {
    pricePerKwh: clear.pricePerKwh,
    powerW: BigInt(clear.powerW),
    encryptedOfferHash: uploadHash(upload),
    salt: clear.salt,
  };
  const commitment = bidCommitment(venue, upload.auctionId, upload.account, offer);
  return { upload, offer, commitment };
}

/**
 * Opens a delivery and checks that it is about the pile's own standing bid.
 * @throws ReceiveError if it names another bid or a position outside of every map; DeliveryError, SealedBoxError as
 *   `openDelivery`.
 */
export async function receiveVehicle(
  publicKey: PublicKey,
  keys: SealKeyPair,
  bid: { readonly offer: Offer; readonly commitment: Bytes32 },
  delivery: Delivery,
): Promise<MatchedVehicle> {
  const { note, values } = await openDelivery(keys, publicKey.n, delivery);
  if (note.bidCommitment !== bid.commitment) {
    const message = `receiveVehicle: expected a match of bid ${bid.commitment}, got ${note.bidCommitment}`;
    throw new ReceiveError("E_RECEIVE_BID", message);
  }
  const { auctionId, evId, cpId, r } = note;
  return {
    opening: { auctionId, evId, cpId, offer: bid.offer, r },
    decision: delivery.decision,
    position: revealed(publicKey, values),
  };
}

function revealed(publicKey: PublicKey, values: readonly bigint[]): Position {
  try {
    return readPosition(values.map((value) => decodeSigned(publicKey, value, FIELD_BITS)));
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof PaillierError)) throw error;
    throw new ReceiveError("E_RECEIVE_POSITION", `receiveVehicle: ${error.message}`);
  }
}
