/**
 * The proxy receives the uploads and computes on them. It holds no key: what it learns is which opaque records met and
 * who won. It posts the decisions and hands each matched party the masks that the cloud has not got.
 */
import type { Candidate, Comparison } from "../messages/comparison.ts";
import { sealMasks, type DecisionNote } from "../messages/delivery.ts";
import {
  decisionOf,
  orderKey,
  requestCommitment,
  type Bytes32,
  type Venue,
} from "../messages/market.ts";
import {
  asOffer,
  asRequest,
  type EncryptedOffer,
  type EncryptedRequest,
} from "../messages/requestAndOffer.ts";
import { assertSigned, uploadHash, type SignedUpload, type Upload } from "../messages/upload.ts";
import { bytesToHex } from "../primitives/bytes.ts";
import { add, addPlain, rerandomise, type Ciphertext } from "../primitives/paillier/publicKey.ts";
import { randomBelow, type Rng } from "../primitives/random.ts";

/** An upload and what the chain knows of its sender: certified id and standing commitment in the auction. */
export interface Submission {
  readonly signed: SignedUpload;
  readonly participantId: Bytes32;
  readonly commitment: Bytes32;
}

/** A request that may take part; `fields` is what the mode makes of its ciphertexts. */
export interface Requested<Fields> {
  readonly participantId: Bytes32;
  readonly upload: Upload;
  readonly fields: Fields;
}

/** An offer that may take part. */
export interface Offered<Fields> extends Requested<Fields> {
  readonly uploadHash: Bytes32;
  readonly bidCommitment: Bytes32;
}

export type AdmittedRequest = Requested<EncryptedRequest>;
export type AdmittedOffer = Offered<EncryptedOffer>;

type AdmissionErrorCode = "E_ADMISSION_AUCTION" | "E_ADMISSION_COMMITMENT";

export class AdmissionError extends Error {
  override readonly name = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const NOTHING: Bytes32 = `0x${"00".repeat(32)}`;

/**
 * Takes a request in, if its account signed it and the chain's commitment is the one of exactly these ciphertexts.
 * @throws UploadError, AdmissionError
 */
export function admitRequest(
  venue: Venue,
  auctionId: Bytes32,
  features: number,
  submission: Submission,
): AdmittedRequest {
  return admitRequestAs(venue, auctionId, submission, (upload) => asRequest(upload, features));
}

/** The same with another reading of the ciphertexts. */
export function admitRequestAs<Fields>(
  venue: Venue,
  auctionId: Bytes32,
  { signed, participantId, commitment }: Submission,
  read: (upload: Upload) => Fields,
): Requested<Fields> {
  const { upload } = signed;
  assertAuction(upload, auctionId);
  assertSigned(venue, signed);
  if (requestCommitment(venue, auctionId, upload.account, uploadHash(upload)) !== commitment) {
    const message = `admitRequest: expected the request committed to by ${upload.account}, got another`;
    throw new AdmissionError("E_ADMISSION_COMMITMENT", message);
  }
  return { participantId, upload, fields: read(upload) };
}

/**
 * Takes an offer in, if its account signed it and has a bonded bid. That the bid is the one of these ciphertexts is
 * hidden by its salt; the matched vehicle finds out, before it opens anything.
 * @throws UploadError, AdmissionError
 */
export function admitOffer(
  venue: Venue,
  auctionId: Bytes32,
  features: number,
  submission: Submission,
): AdmittedOffer {
  return admitOfferAs(venue, auctionId, submission, (upload) => asOffer(upload, features));
}

/** The same with another reading of the ciphertexts. */
export function admitOfferAs<Fields>(
  venue: Venue,
  auctionId: Bytes32,
  { signed, participantId, commitment }: Submission,
  read: (upload: Upload) => Fields,
): Offered<Fields> {
  const { upload } = signed;
  assertAuction(upload, auctionId);
  assertSigned(venue, signed);
  if (commitment === NOTHING) {
    const message = `admitOffer: expected a bonded bid of ${upload.account}, got none`;
    throw new AdmissionError("E_ADMISSION_COMMITMENT", message);
  }
  return {
    participantId,
    upload,
    uploadHash: uploadHash(upload),
    bidCommitment: commitment,
    fields: read(upload),
  };
}

/**
 * The order of participants for a seed that nobody chose: who comes first says nothing about anybody. Who is there twice
 * counts once, with the last that was brought: a repeated upload must not be matched again.
 */
export function inOrder<T extends { readonly participantId: Bytes32 }>(
  seed: Bytes32,
  participants: readonly T[],
): readonly T[] {
  const byKey = new Map(participants.map((one) => [orderKey(seed, one.participantId), one]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Encrypted differences of a buyer and the sellers left: the paper's eq. (9), sellers having uploaded negatives. */
export function compare(request: EncryptedRequest, offers: readonly EncryptedOffer[]): Comparison {
  const candidates = offers.map((offer) => differences(request, offer));
  return { maxDistanceSquared: request.maxDistanceSquared, candidates };
}

/** A match and its commitment c = H(EVID, CPID, r), r fresh. */
export function decide(
  auctionId: Bytes32,
  request: Pick<Requested<unknown>, "participantId">,
  offer: Omit<Offered<unknown>, "fields" | "upload">,
  rng: Rng,
): { readonly note: DecisionNote; readonly decision: Bytes32 } {
  const { participantId: evId } = request;
  const { participantId: cpId, bidCommitment } = offer;
  const r = bytesToHex(rng.bytes(32));
  const note = { auctionId, evId, cpId, bidCommitment, encryptedOfferHash: offer.uploadHash, r };
  return { note, decision: decisionOf(auctionId, evId, cpId, bidCommitment, r) };
}

/** Adds a uniform mask to every field and fresh randomness to every ciphertext. */
export function blind(
  fields: readonly Ciphertext[],
  rng: Rng,
): { readonly blinded: readonly Ciphertext[]; readonly masks: readonly bigint[] } {
  const masks = fields.map(({ publicKey }) => randomBelow(rng, publicKey.n));
  const blinded = fields.map((field, k) => rerandomise(addPlain(field, masks[k] ?? 0n), rng));
  return { blinded, masks };
}

/** Seals the masks and the note to a matched party. */
export function handMasks(
  sealKey: string,
  decision: Bytes32,
  note: DecisionNote,
  masks: readonly bigint[],
  rng: Rng,
): Promise<string> {
  return sealMasks(sealKey, { auctionId: note.auctionId, decision }, { note, masks }, rng);
}

function differences(request: EncryptedRequest, offer: EncryptedOffer): Candidate {
  return {
    dx: add(request.x, offer.negX),
    dy: add(request.y, offer.negY),
    priceMargin: add(request.price, offer.negPrice),
    featureMargins: request.featureBids.map((bid, t) => addFeature(bid, offer.negFeatureAsks[t])),
  };
}

function addFeature(bid: Ciphertext, negAsk: Ciphertext | undefined): Ciphertext {
  if (negAsk === undefined) throw new RangeError("compare: expected one ask for every bid");
  return add(bid, negAsk);
}

function assertAuction(upload: Upload, auctionId: Bytes32): void {
  if (upload.auctionId === auctionId) return;
  const message = `expected an upload for auction ${auctionId}, got one for ${upload.auctionId}`;
  throw new AdmissionError("E_ADMISSION_AUCTION", message);
}
