/**
 * The pile encrypts its own offer and commits to it on chain; after a match it learns the position of the one vehicle
 * that comes.
 */
import { COORDINATE_BITS } from "../messages/domain.ts";
import { openDelivery, type Delivery } from "../messages/delivery.ts";
import {
  bidCommitment,
  type Bytes32,
  type Offer,
  type Opening,
  type Venue,
} from "../messages/market.ts";
import { offerFields, type ClearOffer, type Position } from "../messages/records.ts";
import { encryptUpload, uploadHash, type Upload, type UploadHeader } from "../messages/upload.ts";
import { decodeSigned } from "../primitives/paillier/encoding.ts";
import type { PublicKey } from "../primitives/paillier/publicKey.ts";
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

export class BidMismatchError extends Error {
  override readonly name = "BidMismatchError";
  readonly code = "E_MATCH_BID";
}

/** Encrypts an offer under the round's key and commits to price, power and these ciphertexts. */
export function prepareBid(
  venue: Venue,
  header: UploadHeader,
  publicKey: PublicKey,
  clear: ClearOffer,
  rng: Rng,
): PreparedBid {
  const upload = encryptUpload(header, publicKey, offerFields(clear), rng);
  const offer: Offer = {
    pricePerKwh: clear.pricePerKwh,
    powerW: BigInt(clear.powerW),
    encryptedOfferHash: uploadHash(upload),
    salt: clear.salt,
  };
  const commitment = bidCommitment(venue, header.auctionId, header.account, offer);
  return { upload, offer, commitment };
}

/**
 * Opens a delivery and checks that it is about the pile's own standing bid.
 * @throws BidMismatchError if it names another bid; DeliveryError, SealedBoxError as `openDelivery`.
 */
export async function receiveVehicle(
  publicKey: PublicKey,
  keys: SealKeyPair,
  bid: { readonly offer: Offer; readonly commitment: Bytes32 },
  delivery: Delivery,
): Promise<MatchedVehicle> {
  const { note, values } = await openDelivery(keys, publicKey.n, delivery);
  const [x, y] = values;
  if (note.bidCommitment !== bid.commitment || x === undefined || y === undefined) {
    const message = `receiveVehicle: expected a match of bid ${bid.commitment}, got ${note.bidCommitment}`;
    throw new BidMismatchError(message);
  }
  const { auctionId, evId, cpId, r } = note;
  const position = {
    xM: Number(decodeSigned(publicKey, x, COORDINATE_BITS)),
    yM: Number(decodeSigned(publicKey, y, COORDINATE_BITS)),
  };
  return {
    opening: { auctionId, evId, cpId, offer: bid.offer, r },
    decision: delivery.decision,
    position,
  };
}
