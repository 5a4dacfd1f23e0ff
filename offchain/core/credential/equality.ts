/**
 * Proof of one logarithm that several points share: images[i] = x·bases[i] for one x that the
 * prover knows. With one base it is a proof of possession, with two a proof that a key was used and
 * no other.
 *
 *   prover    k,  R_i = k·bases[i]        c = Hz(label, context, bases, images, R)        s = k + c·x
 *   verifier  R_i = s·bases[i] − c·images[i],  and the same c
 *
 * Source: Schnorr 1991, Chaum–Pedersen 1992; made non-interactive over the whole statement.
 */
import { concatBytes, lengthPrefixed, utf8 } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";
import {
  decodeScalar,
  encodeScalar,
  hashToScalar,
  hedgedScalars,
  type PointG1,
  reduced,
  SCALAR_BYTES,
} from "./group.ts";
import { readerOf } from "./wire.ts";

export interface EqualityStatement {
  /** What the proof is for, with its protocol: "EVCRED-v1/join". */
  readonly label: string;
  readonly context: readonly Uint8Array[];
  readonly bases: readonly PointG1[];
  readonly images: readonly PointG1[];
}

export interface EqualityProof {
  readonly challenge: bigint;
  readonly answer: bigint;
}

/** c ‖ s. */
export const EQUALITY_PROOF_BYTES = 2 * SCALAR_BYTES;

/** Run by whoever knows the logarithm; of another one the proof will be refused. */
export function proveEquality(
  statement: EqualityStatement,
  secret: bigint,
  rng: Rng,
): EqualityProof {
  const said = [utf8(statement.label), ...statementParts(statement)];
  const [k = 0n] = hedgedScalars(rng, 1, [secret], ...said);
  const challenge = challengeOf(
    statement,
    statement.bases.map((base) => base.multiply(k)),
  );
  return { challenge, answer: reduced(k + challenge * secret) };
}

/** Run by anyone. @throws CredentialError E_PROOF */
export function assertEquality(statement: EqualityStatement, proof: EqualityProof): void {
  const { bases, images } = statement;
  const { challenge, answer } = proof;
  const announced = bases.flatMap((base, i) => {
    const image = images[i];
    return image === undefined ? [] : [base.mulAddUnsafe(answer, image, reduced(-challenge))];
  });
  if (announced.length === images.length && challengeOf(statement, announced) === challenge) return;
  const expected = "expected a proof of this statement, got another";
  throw new CredentialError("E_PROOF", `assertEquality: ${statement.label}: ${expected}`);
}

export function equalityProofToBytes({ challenge, answer }: EqualityProof): Uint8Array {
  return concatBytes(encodeScalar(challenge), encodeScalar(answer));
}

/** @throws CredentialError E_LENGTH, E_SCALAR */
export function equalityProofFromBytes(bytes: Uint8Array): EqualityProof {
  const { take } = readerOf("equality proof", bytes, EQUALITY_PROOF_BYTES);
  return {
    challenge: decodeScalar("equality proof", take(SCALAR_BYTES)),
    answer: decodeScalar("equality proof", take(SCALAR_BYTES)),
  };
}

function challengeOf(statement: EqualityStatement, announced: readonly PointG1[]): bigint {
  const said = announced.map((point) => point.toBytes());
  return hashToScalar(statement.label, ...statementParts(statement), ...said);
}

/** The number of bases is said, so that no part of one list can be read as part of another. */
function statementParts({ context, bases, images }: EqualityStatement): readonly Uint8Array[] {
  const points = [...bases, ...images].map((point) => point.toBytes());
  return [concatBytes(...context.map(lengthPrefixed)), Uint8Array.of(bases.length), ...points];
}
