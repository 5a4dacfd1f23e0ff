/**
 * A presentation: what a holder shows of its credential in a scope, and what a verifier recomputes.
 * It says that the issuer signed a usk with this role and epoch, that nym = usk·N is that usk's
 * pseudonym in the scope, and that the tracers can get V = usk·G out of (E1, E2); and it signs a
 * message. It says nothing else.
 *
 *   Ā = ρ1·A,  B̄ = ρ1·C − e·Ā (= γ·Ā),  E1 = ρ·G,  E2 = ρ·T + usk·G,  nym = usk·N
 *   c0 = k3·B̄ + ke·Ā − ku·H0,  c1 = kρ·G,  c2 = kρ·T + ku·G,  c3 = ku·N
 *   c  = Hz("EVCRED-v1/spk", parameters, W, T, Ā, B̄, E1, E2, nym, scope, role ‖ epoch, c0 … c3, message)
 *   s3 = k3 + c/ρ1,  se = ke + c·e/ρ1,  su = ku + c·usk,  sρ = kρ + c·ρ
 *
 * and with D = P1 + role·H2 + epoch·H3 the verifier computes
 *
 *   c0 = s3·B̄ + se·Ā − su·H0 − c·D,  c1 = sρ·G − c·E1,  c2 = sρ·T + su·G − c·E2,  c3 = su·N − c·nym
 *
 * and e(Ā, W) = e(B̄, P2).
 *
 * Source: proof of a BBS signature as in Tessaro–Zhu 2023; with escrow and pseudonym it is our own
 * construction.
 */
import { concatBytes } from "../primitives/bytes.ts";
import { type Attributes, ATTRIBUTES_BYTES, attributesToBytes, roleOf } from "./attributes.ts";
import {
  decodeG1,
  decodeScalar,
  encodeScalar,
  G1_BYTES,
  hashToScalar,
  type PointG1,
  SCALAR_BYTES,
} from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledId, readerOf } from "./wire.ts";

/** Ā ‖ B̄ ‖ E1 ‖ E2 ‖ nym ‖ c ‖ s3 ‖ se ‖ su ‖ sρ ‖ role ‖ epoch. */
export const PRESENTATION_BYTES = 5 * G1_BYTES + 5 * SCALAR_BYTES + ATTRIBUTES_BYTES;

/** Where and for what something is shown. */
export interface Occasion {
  /** Of `scopeId`. */
  readonly scope: Uint8Array;
  /** What the presentation signs. */
  readonly message: Uint8Array;
}

export interface PresentedPoints {
  /** Ā. */
  readonly aBar: PointG1;
  /** B̄. */
  readonly bBar: PointG1;
  readonly e1: PointG1;
  readonly e2: PointG1;
  readonly nym: PointG1;
}

export interface Presentation extends PresentedPoints {
  readonly challenge: bigint;
  readonly s3: bigint;
  readonly se: bigint;
  readonly su: bigint;
  readonly sRho: bigint;
  readonly attributes: Attributes;
}

export function presentationToBytes(presentation: Presentation): Uint8Array {
  const { challenge, s3, se, su, sRho, attributes } = presentation;
  return concatBytes(
    ...pointsOf(presentation).map((point) => point.toBytes()),
    ...[challenge, s3, se, su, sRho].map(encodeScalar),
    attributesToBytes(attributes),
  );
}

/** @throws CredentialError E_LENGTH, E_POINT, E_SCALAR, E_FIELD */
export function presentationFromBytes(bytes: Uint8Array): Presentation {
  const { take, takeNumber } = readerOf("presentation", bytes, PRESENTATION_BYTES);
  const point = (): PointG1 => decodeG1("presentation", take(G1_BYTES));
  const scalar = (): bigint => decodeScalar("presentation", take(SCALAR_BYTES));
  return {
    aBar: point(),
    bBar: point(),
    e1: point(),
    e2: point(),
    nym: point(),
    challenge: scalar(),
    s3: scalar(),
    se: scalar(),
    su: scalar(),
    sRho: scalar(),
    attributes: { role: roleOf(takeNumber(1)), epoch: takeNumber(4) },
  };
}

/** c, over everything that was said before it. */
export function presentationChallenge(
  { id, issuer, tracers }: CredentialParameters,
  points: PresentedPoints,
  attributes: Attributes,
  { scope, message }: Occasion,
  announced: readonly PointG1[],
): bigint {
  return hashToScalar(
    "EVCRED-v1/spk",
    id,
    issuer.toBytes(),
    tracers.point.toBytes(),
    ...pointsOf(points).map((point) => point.toBytes()),
    scope,
    attributesToBytes(attributes),
    ...announced.map((point) => point.toBytes()),
    message,
  );
}

/** 32 bytes by which a case names what is to be traced. */
export function presentationId(bytes: Uint8Array): Uint8Array {
  return labelledId("EVCRED-v1/presentation", bytes);
}

function pointsOf({ aBar, bBar, e1, e2, nym }: PresentedPoints): readonly PointG1[] {
  return [aBar, bBar, e1, e2, nym];
}
