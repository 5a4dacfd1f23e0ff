/**
 * Asking to be a member for an epoch. The holder shows J = usk·H0, which will be signed, and V =
 * usk·G, by which it can be traced, proves that both hide one usk, and signs all of it with its
 * long-term key: the record that links V to a person is the person's own statement, and the issuer
 * never sees usk. The request carries that key, and the member's id is a hash of it: whoever is
 * shown a request needs no register to know whose it is. The holder draws a nonce for each request,
 * and a request is answered once; it counts for its epoch alone.
 */
import { concatBytes } from "../primitives/bytes.ts";
import { type Attributes, ATTRIBUTES_BYTES, attributesToBytes, roleOf } from "./attributes.ts";
import {
  assertEquality,
  EQUALITY_PROOF_BYTES,
  type EqualityProof,
  equalityProofFromBytes,
  equalityProofToBytes,
  type EqualityStatement,
} from "./equality.ts";
import { decodeG1, encodeScalar, G, G1_BYTES, H0, type PointG1, SCALAR_BYTES } from "./group.ts";
import { assertSignature, SIGNATURE_BYTES, SIGNING_KEY_BYTES } from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledHash, readerOf } from "./wire.ts";

export const NONCE_BYTES = 32;

/** Under which nonce somebody asks, and for what. */
export interface JoinTerms {
  readonly nonce: Uint8Array;
  readonly attributes: Attributes;
}

export interface JoinRequest extends JoinTerms {
  /** Ed25519; `memberIdOf` it is the member's id. */
  readonly longTermKey: Uint8Array;
  /** J. */
  readonly commitment: PointG1;
  /** V. */
  readonly identifier: PointG1;
  readonly proof: EqualityProof;
  readonly signature: Uint8Array;
}

/** longTermKey ‖ nonce ‖ role ‖ epoch ‖ J ‖ V ‖ proof ‖ signature. */
export const JOIN_REQUEST_BYTES =
  SIGNING_KEY_BYTES +
  NONCE_BYTES +
  ATTRIBUTES_BYTES +
  2 * G1_BYTES +
  EQUALITY_PROOF_BYTES +
  SIGNATURE_BYTES;

/** A ‖ e: what the issuer answers. */
export const JOIN_ANSWER_BYTES = G1_BYTES + SCALAR_BYTES;

/** log_H0 J = log_G V, said under this nonce by whoever holds this key. */
export function joinStatement(
  { id }: CredentialParameters,
  { longTermKey, nonce, attributes }: Pick<JoinRequest, "longTermKey" | keyof JoinTerms>,
  commitment: PointG1,
  identifier: PointG1,
): EqualityStatement {
  return {
    label: "EVCRED-v1/join",
    context: [id, longTermKey, nonce, attributesToBytes(attributes)],
    bases: [H0, G],
    images: [commitment, identifier],
  };
}

/** What the long-term key signs. */
export function joinHash(
  { id }: CredentialParameters,
  request: Omit<JoinRequest, "signature">,
): Uint8Array {
  return labelledHash("EVCRED-v1/join-signature", id, unsignedBytes(request));
}

export function joinAnswerToBytes(a: PointG1, e: bigint): Uint8Array {
  return concatBytes(a.toBytes(), encodeScalar(e));
}

export function joinRequestToBytes(request: JoinRequest): Uint8Array {
  return concatBytes(unsignedBytes(request), request.signature);
}

/** @throws CredentialError E_LENGTH, E_FIELD, E_POINT, E_SCALAR */
export function joinRequestFromBytes(bytes: Uint8Array): JoinRequest {
  const { take, takeNumber } = readerOf("join request", bytes, JOIN_REQUEST_BYTES);
  return {
    longTermKey: take(SIGNING_KEY_BYTES),
    nonce: take(NONCE_BYTES),
    attributes: { role: roleOf(takeNumber(1)), epoch: takeNumber(4) },
    commitment: decodeG1("join request", take(G1_BYTES)),
    identifier: decodeG1("join request", take(G1_BYTES)),
    proof: equalityProofFromBytes(take(EQUALITY_PROOF_BYTES)),
    signature: take(SIGNATURE_BYTES),
  };
}

/**
 * Whether the request was made by whoever holds its key. Run by the registrar, and by whoever has
 * to believe a record of its register.
 * @throws CredentialError E_SIGNATURE, E_PROOF
 */
export function assertJoinRequest(parameters: CredentialParameters, request: JoinRequest): void {
  const { longTermKey, commitment, identifier, proof, signature } = request;
  assertSignature("join request", joinHash(parameters, request), signature, longTermKey);
  assertEquality(joinStatement(parameters, request, commitment, identifier), proof);
}

function unsignedBytes(request: Omit<JoinRequest, "signature">): Uint8Array {
  return concatBytes(
    request.longTermKey,
    request.nonce,
    attributesToBytes(request.attributes),
    request.commitment.toBytes(),
    request.identifier.toBytes(),
    equalityProofToBytes(request.proof),
  );
}
