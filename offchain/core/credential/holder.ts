/**
 * The holder's side of joining. `usk` is drawn once on the device and never leaves it; each epoch
 * the holder asks for a new credential on the same usk and so keeps its identifier. A credential is
 * the issuer's signature (A, e) on usk, role and epoch, and the holder checks it before it believes
 * that it has one:
 *
 *   e(A, W + e·P2) = e(P1 + usk·H0 + role·H2 + epoch·H3, P2)
 *
 * Source: BBS signatures (Boneh–Boyen–Shacham 2004) in the form proven by Tessaro–Zhu 2023; what is
 * signed is our own construction.
 */
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { type Attributes, attributesPoint } from "./attributes.ts";
import { CredentialError } from "./credentialError.ts";
import { proveEquality } from "./equality.ts";
import {
  BASE_G2,
  decodeG1,
  decodeSecret,
  G,
  G1_BYTES,
  H0,
  pairingsMatch,
  type PointG1,
  randomScalar,
  SCALAR_BYTES,
} from "./group.ts";
import {
  JOIN_ANSWER_BYTES,
  joinHash,
  joinRequestToBytes,
  joinStatement,
  type JoinTerms,
} from "./joinRequest.ts";
import { signHash, type SigningKeyPair } from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import { readerOf } from "./wire.ts";

/** What a device keeps for ever. */
export interface HolderSecret {
  /** usk; hidden from logs and JSON. */
  readonly usk: bigint;
}

/** What a device keeps for an epoch; all but the attributes is hidden from logs and JSON. */
export interface Credential extends HolderSecret {
  readonly attributes: Attributes;
  readonly a: PointG1;
  readonly e: bigint;
}

/** Run by a new device. @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function generateHolderSecret(rng: Rng): HolderSecret {
  assertProductionRng(rng);
  return withHidden({}, { usk: randomScalar(rng) });
}

/**
 * The secret as it was kept, 32 bytes. Run by the device when it starts again.
 * @throws CredentialError E_LENGTH, E_SCALAR
 */
export function holderSecretFrom(kept: Uint8Array): HolderSecret {
  return withHidden({}, { usk: decodeSecret("holder's secret", kept) });
}

/**
 * Run by the holder: the request to be sent.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function askToJoin(
  parameters: CredentialParameters,
  { usk }: HolderSecret,
  longTermKey: SigningKeyPair,
  terms: JoinTerms,
  rng: Rng,
): Uint8Array {
  assertProductionRng(rng);
  const commitment = H0.multiply(usk);
  const identifier = G.multiply(usk);
  const asked = { ...terms, longTermKey: longTermKey.publicKey };
  const statement = joinStatement(parameters, asked, commitment, identifier);
  const request = { ...asked, commitment, identifier, proof: proveEquality(statement, usk, rng) };
  const signature = signHash(joinHash(parameters, request), longTermKey);
  return joinRequestToBytes({ ...request, signature });
}

/**
 * The credential of the issuer's answer. Run by the holder.
 * @throws CredentialError E_LENGTH, E_POINT, E_SCALAR, E_CREDENTIAL
 */
export function acceptCredential(
  { issuer }: CredentialParameters,
  { usk }: HolderSecret,
  attributes: Attributes,
  answer: Uint8Array,
): Credential {
  const { take } = readerOf("join answer", answer, JOIN_ANSWER_BYTES);
  const a = decodeG1("join answer", take(G1_BYTES));
  const e = decodeSecret("join answer", take(SCALAR_BYTES));
  const signed = signedPoint(usk, attributes);
  if (pairingsMatch(a, issuer.add(BASE_G2.multiply(e)), signed)) {
    return withHidden({ attributes }, { usk, a, e });
  }
  throw new CredentialError("E_CREDENTIAL", "acceptCredential: expected the issuer's signature");
}

/** C = P1 + usk·H0 + role·H2 + epoch·H3. */
export function signedPoint(usk: bigint, attributes: Attributes): PointG1 {
  return attributesPoint(attributes).add(H0.multiply(usk));
}
