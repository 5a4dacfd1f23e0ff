/**
 * The pile encrypts its own offer and commits to it on chain; after a match it learns the position
 * of the one vehicle that comes.
 */
import { openDelivery, type Delivery } from "../../core/messages/delivery.ts";
import {
  bidCommitment,
  FIRST_ROUND,
  type Bytes32,
  type Offer,
  type Opening,
  type Venue,
} from "../../core/messages/market.ts";
import { offerLayout } from "../../core/messages/packedRecord.ts";
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import {
  offerFields,
  readPosition,
  RecordError,
  type ClearOffer,
  type Position,
} from "../../core/messages/records.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { uploadHash, type Upload, type UploadHeader } from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";

/** What a pile uploads, what it commits to, and what it must keep to open the commitment. */
export interface PreparedBid {
  readonly upload: Upload;
  readonly offer: Offer;
  /** The round that the commitment is made in. */
  readonly round: bigint;
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

/**
 * Encrypts an offer under the round's key, proves its ranges, and commits to price, power and
 * upload in a round.
 */
export async function prepareBid(
  venue: Venue,
  header: UploadHeader,
  roundKey: RoundKey,
  clear: ClearOffer,
  encrypt: EncryptProven,
  round: bigint = FIRST_ROUND,
): Promise<PreparedBid> {
  const layout = offerLayout(clear.featureAsks.length);
  const upload = await encrypt(header, roundKey, layout, offerFields(clear));
  const offer: Offer = {
    pricePerKwh: clear.pricePerKwh,
    powerW: BigInt(clear.powerW),
    encryptedOfferHash: uploadHash(upload),
    salt: clear.salt,
  };
  const commitment = bidCommitment(venue, upload.auctionId, upload.account, offer, round);
  return { upload, offer, round, commitment };
}

/**
 * Opens a delivery and checks that it is about the pile's own standing bid.
 * @throws ReceiveError if it names another bid or a position outside of every map; DeliveryError,
 *   SealedBoxError as `openDelivery`.
 */
export async function receiveVehicle(
  keys: SealKeyPair,
  bid: Omit<PreparedBid, "upload">,
  delivery: Delivery,
): Promise<MatchedVehicle> {
  const { note, values } = await openDelivery(keys, delivery);
  const ownOffer = note.encryptedOfferHash === bid.offer.encryptedOfferHash;
  if (note.bidCommitment !== bid.commitment || !ownOffer) {
    const message = `receiveVehicle: expected a match of bid ${bid.commitment}, got ${note.bidCommitment}`;
    throw new ReceiveError("E_RECEIVE_BID", message);
  }
  const { auctionId, evId, cpId, r } = note;
  return {
    opening: { auctionId, evId, cpId, round: bid.round, offer: bid.offer, r },
    decision: delivery.decision,
    position: revealed(values),
  };
}

function revealed(values: readonly bigint[]): Position {
  try {
    return readPosition(values);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new ReceiveError("E_RECEIVE_POSITION", `receiveVehicle: ${error.message}`);
  }
}
