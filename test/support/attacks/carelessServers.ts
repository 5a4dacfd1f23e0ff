/**
 * Servers that leave out a check: the straw men on which the attacks on uploads and on the cloud
 * succeed.
 */
import type { Matching, RecordSummands } from "../../../offchain/core/matching/matching.ts";
import type { DecisionBinding } from "../../../offchain/core/messages/decisionNote.ts";
import { sealBlinded } from "../../../offchain/core/messages/delivery.ts";
import { uploadHash } from "../../../offchain/core/messages/upload.ts";
import { at } from "../../../offchain/core/primitives/proofs/proofBytes.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import type { Cloud } from "../../../offchain/parties/cloud/opening.ts";
import type { Offered, Requested, Submission } from "../../../offchain/parties/proxy/admission.ts";

/** A proxy that takes every request for what it says. */
export function takenRequests(submissions: readonly Submission[]): readonly Requested[] {
  return submissions.map(({ signed: { upload, signature }, participantId }) => ({
    ...{ participantId, upload, signature },
    uploadHash: uploadHash(upload),
  }));
}

/** A proxy that takes every offer for what it says. */
export function takenOffers(submissions: readonly Submission[]): readonly Offered[] {
  return submissions.map((submission) => ({
    ...at(takenRequests([submission]), 0),
    bidCommitment: submission.commitment,
  }));
}

/** What a careless cloud is asked for: any four fields of any record. */
export interface Wanted {
  readonly kind: "request" | "offer";
  readonly record: number;
  readonly fields: readonly number[];
}

/** A cloud that reveals what it is asked for, as often as it is asked. */
export interface CarelessCloud {
  readonly match: Cloud["match"];
  readonly reveal: (sealKey: string, binding: DecisionBinding, wanted: Wanted) => Promise<string>;
}

export function carelessCloudOf(opened: RecordSummands, rng: Rng): CarelessCloud {
  return {
    match: (side, candidates): Promise<Matching> =>
      side(opened, candidates, () => Promise.resolve()),
    reveal: (sealKey, binding, { kind, record, fields }) => {
      const summands = opened[`${kind}s`][record] ?? [];
      const values = fields.map((k) => summands[k] ?? 0n);
      return sealBlinded(sealKey, binding, values, rng);
    },
  };
}
