/**
 * The pile encrypts its own offer and commits to it on chain; after a match it learns which account
 * comes, and not from where.
 */
import {
  bidCommitment,
  FIRST_ROUND,
  offerHash,
  type Bytes32,
  type Offer,
  type Venue,
} from "../../core/messages/market.ts";
import { offerLayout } from "../../core/messages/packedRecord.ts";
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import { openPileNotice, type PileNotice } from "../../core/messages/pileNotice.ts";
import { offerFields, type ClearOffer } from "../../core/messages/records.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import {
  uploadHash,
  type ClearUpload,
  type Upload,
  type UploadHeader,
} from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";

/** What a pile uploads, what it commits to, and what it must keep to open the commitment. */
export interface PreparedBid {
  readonly upload: Upload;
  readonly offer: Offer;
  readonly uploadHash: Bytes32;
  /** The round that the commitment is made in. */
  readonly round: bigint;
  readonly commitment: Bytes32;
}

/** All that the pile knows after a match. */
export interface MatchedVehicle {
  readonly evId: Bytes32;
  /** The decision, and the name of the session. */
  readonly decision: Bytes32;
}

type ReceiveErrorCode = "E_RECEIVE_BID" | "E_RECEIVE_VEHICLE";

/** The notice is about another bid or another vehicle than the matcher published. */
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
  const unencrypted: ClearUpload = { ...header, round, kind: "offer" };
  const upload = await encrypt(unencrypted, roundKey, layout, offerFields(clear));
  const { pricePerKwh, powerW, salt } = clear;
  const offer: Offer = { pricePerKwh, powerW: BigInt(powerW), salt };
  const parts = { offerHash: offerHash(offer), uploadHash: uploadHash(upload) };
  const commitment = bidCommitment(venue, upload.auctionId, upload.account, parts, round);
  return { upload, offer, uploadHash: parts.uploadHash, round, commitment };
}

/**
 * Opens a notice and checks that it is about the pile's own standing bid.
 * @throws ReceiveError if it names another bid; DeliveryError, SealedBoxError as `openPileNotice`.
 */
export async function receiveNotice(
  keys: SealKeyPair,
  bid: Omit<PreparedBid, "upload">,
  notice: PileNotice,
): Promise<MatchedVehicle> {
  const { bidCommitment: named, uploadHash: sent, evId } = await openPileNotice(keys, notice);
  if (named !== bid.commitment || sent !== bid.uploadHash) {
    const message = `receiveNotice: expected a match of bid ${bid.commitment}, got ${named}`;
    throw new ReceiveError("E_RECEIVE_BID", message);
  }
  return { evId, decision: notice.decision };
}
