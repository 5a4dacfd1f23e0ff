/**
 * What the proxy lets into a round: uploads for this auction and round key that their accounts
 * signed, that the chain has a commitment to, whose cells are of the auction's area, and that prove
 * the ranges of what is in them. Who is refused harms nobody else.
 */
import type { Committed } from "../../chain/committed.ts";
import { cellsFault, type Area } from "../../core/messages/area.ts";
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import { offerLayout, requestLayout, type Layout } from "../../core/messages/packedRecord.ts";
import { rangesClaim } from "../../core/messages/provenRecord.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import { assertSigned, type SignedUpload, type Upload } from "../../core/messages/upload.ts";
import { UploadError } from "../../core/messages/uploadError.ts";
import type { SentKind } from "../../core/messages/uploadHeader.ts";
import { isCodedError } from "../../core/primitives/codedError.ts";
import { refusedClaims, type Claim } from "../../core/primitives/proofs/equations.ts";
import { ProofError } from "../../core/primitives/proofs/proofError.ts";
import type { Rng } from "../../core/primitives/random.ts";

/** An upload, and what stands on chain of its sender in the auction. */
export interface Submission extends Omit<Committed, "account"> {
  readonly signed: SignedUpload;
}

/** A request that may take part. */
export interface Requested {
  readonly participantId: Bytes32;
  readonly upload: Upload;
  readonly uploadHash: Bytes32;
  readonly signature: string;
}

/** An offer that may take part. */
export interface Offered extends Requested {
  readonly bidCommitment: Bytes32;
}

/** A submission that takes no part, and why: the code of what was refused, and a sentence. */
export interface NotAdmitted {
  readonly account: string;
  readonly code: string;
  readonly reason: string;
}

export interface Admission<T> {
  readonly admitted: readonly T[];
  readonly notAdmitted: readonly NotAdmitted[];
}

/** Where and for what the proxy admits. */
export interface Admitting {
  readonly auctionId: Bytes32;
  readonly roundKey: RoundKey;
  /** That of the auction's terms. */
  readonly area: Area;
  /** `signedHashes`, wherever it runs. */
  readonly signed: (uploads: readonly SignedUpload[]) => Promise<readonly (Bytes32 | null)[]>;
  /** `refusedUploads`, wherever it runs. */
  readonly refused: (layout: Layout, uploads: readonly Upload[]) => Promise<readonly number[]>;
}

type AdmissionErrorCode =
  "E_ADMISSION_AUCTION" | "E_ADMISSION_KEY" | "E_ADMISSION_COMMITMENT" | "E_ADMISSION_CELLS";

export class AdmissionError extends Error {
  override readonly name = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Takes requests in that are the ones that the chain names. */
export function admitRequests(
  to: Admitting,
  submissions: readonly Submission[],
): Promise<Admission<Requested>> {
  return admitAll(to, "request", submissions, requestedOf);
}

/**
 * Takes offers in that are the ones of bonded bids. That price and power in them are those of the
 * bid is hidden by its salt; the matched vehicle finds out, before it opens anything.
 */
export function admitOffers(
  to: Admitting,
  submissions: readonly Submission[],
): Promise<Admission<Offered>> {
  return admitAll(to, "offer", submissions, (submission) => ({
    ...requestedOf(submission),
    bidCommitment: submission.commitment,
  }));
}

function requestedOf({ signed, participantId, uploadHash }: Submission): Requested {
  const { upload, signature } = signed;
  return { participantId, upload, uploadHash, signature };
}

/** The hash of each upload that its account has signed for this venue, and null for the others. */
export function signedHashes(
  venue: Venue,
  uploads: readonly SignedUpload[],
): readonly (Bytes32 | null)[] {
  return uploads.map((upload) => {
    try {
      return assertSigned(venue, upload);
    } catch (error) {
      if (error instanceof UploadError) return null;
      throw error;
    }
  });
}

/**
 * Positions of the uploads whose ranges are not proved. All proofs at once cost a sixth of one
 * after the other.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests: who can predict it can make two false
 *   proofs cancel.
 */
export function refusedUploads(
  roundKey: RoundKey,
  layout: Layout,
  uploads: readonly Upload[],
  rng: Rng,
): readonly number[] {
  const refused: number[] = [];
  const claims: { readonly k: number; readonly claim: Claim }[] = [];
  for (const [k, upload] of uploads.entries()) {
    try {
      claims.push({ k, claim: rangesClaim(roundKey, layout, upload) });
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      refused.push(k);
    }
  }
  if (claims.length === 0) return refused;
  const all = claims.map(({ claim }) => claim);
  return [...refused, ...refusedClaims(all, rng).map((place) => claims[place]?.k ?? -1)];
}

const LAYOUTS = { request: requestLayout, offer: offerLayout } as const;

async function admitAll<T extends Requested>(
  to: Admitting,
  kind: SentKind,
  submissions: readonly Submission[],
  admit: (submission: Submission) => T,
): Promise<Admission<T>> {
  const notAdmitted: NotAdmitted[] = [];
  const signed: T[] = [];
  const keyHash = roundKeyHash(to.roundKey);
  const hashes = await to.signed(submissions.map((submission) => submission.signed));
  for (const [k, submission] of submissions.entries()) {
    const { upload } = submission.signed;
    try {
      assertAddressed(upload, to.auctionId, keyHash);
      assertCommitted(kind, submission, hashOfSigned(upload, hashes[k]));
      assertLocated(to.area, upload);
      signed.push(admit(submission));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      notAdmitted.push({ account: upload.account, code: error.code, reason: error.message });
    }
  }
  const uploads = signed.map(({ upload }) => upload);
  const refused = new Set(await to.refused(LAYOUTS[kind](to.roundKey.features), uploads));
  for (const k of refused) notAdmitted.push(unproven(uploads[k]?.account ?? ""));
  return { admitted: signed.filter((_, k) => !refused.has(k)), notAdmitted };
}

function assertAddressed(upload: Upload, auctionId: Bytes32, keyHash: Bytes32): void {
  if (upload.auctionId !== auctionId) {
    const message = `expected an upload for auction ${auctionId}, got one for ${upload.auctionId}`;
    throw new AdmissionError("E_ADMISSION_AUCTION", message);
  }
  if (upload.roundKeyHash === keyHash) return;
  const message = `expected an upload under round key ${keyHash}, got one under ${upload.roundKeyHash}`;
  throw new AdmissionError("E_ADMISSION_KEY", message);
}

function assertLocated(area: Area, { account, cells }: Upload): void {
  const fault = cellsFault(area, cells);
  if (fault === null) return;
  throw new AdmissionError("E_ADMISSION_CELLS", `cells of ${account}: ${fault}`);
}

function hashOfSigned({ account }: Upload, hash: Bytes32 | null | undefined): Bytes32 {
  if (hash !== null && hash !== undefined) return hash;
  const message = `expected an upload that ${account} has signed, got another`;
  throw new UploadError("E_UPLOAD_SIGNATURE", message);
}

/** The chain says which upload, and in which round it was made: an older one takes no place. */
function assertCommitted(
  kind: SentKind,
  { signed: { upload }, uploadHash, round }: Submission,
  hash: Bytes32,
): void {
  if (hash === uploadHash && upload.round === round && upload.kind === kind) return;
  const expected = `expected the ${kind} of round ${round} that ${upload.account} committed to`;
  const got = `got a ${upload.kind} of round ${upload.round}`;
  throw new AdmissionError("E_ADMISSION_COMMITMENT", `${expected}, ${got}`);
}

function unproven(account: string): NotAdmitted {
  const message = `expected a proof of the ranges of ${account}'s record, got one that does not hold`;
  return { account, code: "E_ADMISSION_RANGES", reason: message };
}
