/**
 * Why a proof is not made or not believed. A verifier answers every sender with one generic
 * refusal; the codes are for its own log and for tests.
 */

type ProofErrorCode =
  /** Bytes of another length than the statement fixes. */
  | "E_PROOF_LENGTH"
  /** A number of the proof outside its range, or not in its one form. */
  | "E_PROOF_RANGE"
  /** An equation of the proof does not hold. */
  | "E_PROOF_EQUATION"
  /** A statement that means nothing: overlapping slots, missing ciphertexts, an empty interval. */
  | "E_PROOF_STATEMENT"
  /** The prover's own values do not satisfy the statement. */
  | "E_PROOF_WITNESS"
  /** A modulus too small for the challenges, or a commitment key with too few bases. */
  | "E_PROOF_PARAMETERS";

export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
