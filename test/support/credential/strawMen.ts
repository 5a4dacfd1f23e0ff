/**
 * Straw men: holders who choose badly, and verifiers who leave something out. The attacks succeed
 * on them. `looseShow` computes a presentation by itself, from the formulas, with choices that a
 * caller makes: with good ones it is also what the real verifier is checked against.
 */
import type { Attributes } from "../../../offchain/core/credential/attributes.ts";
import {
  G,
  G1_BYTES,
  GROUP_ORDER,
  H0,
  H2,
  H3,
  hashToScalar,
  inverse,
  P1,
  pairingsMatch,
  type PointG1,
  randomScalar,
  reduced,
} from "../../../offchain/core/credential/group.ts";
import type { Credential } from "../../../offchain/core/credential/holder.ts";
import type { CredentialParameters } from "../../../offchain/core/credential/parameters.ts";
import {
  type Occasion,
  type Presentation,
  presentationChallenge,
  type PresentedPoints,
} from "../../../offchain/core/credential/presentation.ts";
import { pseudonymBase } from "../../../offchain/core/credential/scope.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";

/** What a holder draws. */
export interface Choices {
  readonly rho1: bigint;
  readonly rho: bigint;
  readonly nonces: readonly [bigint, bigint, bigint, bigint];
  /** N. */
  readonly base: PointG1;
}

export function goodChoices(scope: Uint8Array, rng: Rng): Choices {
  const draw = (): bigint => randomScalar(rng);
  const base = pseudonymBase(scope);
  return { rho1: draw(), rho: draw(), nonces: [draw(), draw(), draw(), draw()], base };
}

export function looseShow(
  parameters: CredentialParameters,
  { a, e, usk, attributes }: Pick<Credential, "a" | "e" | "usk" | "attributes">,
  occasion: Occasion,
  { rho1, rho, nonces, base }: Choices,
): Presentation {
  const T = parameters.tracers.point;
  const aBar = a.multiply(rho1);
  const bBar = clearPoint(attributes)
    .add(H0.multiply(usk))
    .multiply(rho1)
    .subtract(aBar.multiply(e));
  const e2 = T.multiply(rho).add(G.multiply(usk));
  const points = { aBar, bBar, e1: G.multiply(rho), e2, nym: base.multiply(usk) };
  const [k3, ke, ku, kRho] = nonces;
  const announced = [
    bBar
      .multiply(k3)
      .add(aBar.multiply(ke))
      .add(H0.multiply(GROUP_ORDER - ku)),
    G.multiply(kRho),
    T.multiply(kRho).add(G.multiply(ku)),
    base.multiply(ku),
  ];
  const c = presentationChallenge(parameters, points, attributes, occasion, announced);
  const r3 = inverse(rho1);
  return {
    ...points,
    attributes,
    challenge: c,
    s3: reduced(k3 + c * r3),
    se: reduced(ke + c * e * r3),
    su: reduced(ku + c * usk),
    sRho: reduced(kRho + c * rho),
  };
}

/** Believes the equations without the pairing: whether anybody ever signed is not asked. */
export function believesWithoutPairing(
  parameters: CredentialParameters,
  presentation: Presentation,
  occasion: Occasion,
): boolean {
  const announced = announcedOf(parameters, presentation, pseudonymBase(occasion.scope));
  const { attributes, challenge } = presentation;
  return (
    presentationChallenge(parameters, presentation, attributes, occasion, announced) === challenge
  );
}

/** Believes a challenge that leaves out E1 and E2: they can be chosen after it. */
export function believesLateEscrow(
  parameters: CredentialParameters,
  presentation: Presentation,
  occasion: Occasion,
): boolean {
  const announced = announcedOf(parameters, presentation, pseudonymBase(occasion.scope));
  const challenge = lateEscrowChallenge(presentation, occasion, announced);
  const signed = pairingsMatch(presentation.aBar, parameters.issuer, presentation.bBar);
  return signed && challenge === presentation.challenge;
}

export function lateEscrowChallenge(
  { aBar, bBar, nym }: Omit<PresentedPoints, "e1" | "e2">,
  { scope, message }: Occasion,
  announced: readonly PointG1[],
): bigint {
  const points = [aBar, bBar, nym, ...announced].map((point) => point.toBytes());
  return hashToScalar("straw", ...points, scope, message);
}

/** Believes c0 and c3 and takes E1 and E2 for granted: an escrow that nobody proved. */
export function believesUnprovenEscrow(
  parameters: CredentialParameters,
  presentation: Presentation,
  occasion: Occasion,
): boolean {
  const [c0, , , c3] = announcedOf(parameters, presentation, pseudonymBase(occasion.scope));
  const announced = [c0, c3].filter((point) => point !== undefined);
  const challenge = lateEscrowChallenge(presentation, occasion, announced);
  const signed = pairingsMatch(presentation.aBar, parameters.issuer, presentation.bBar);
  return signed && challenge === presentation.challenge;
}

/** c0 … c3 as a verifier recomputes them, written out once more. */
export function announcedOf(
  { tracers }: CredentialParameters,
  { aBar, bBar, e1, e2, nym, challenge, s3, se, su, sRho, attributes }: Presentation,
  base: PointG1,
): readonly PointG1[] {
  const times = (point: PointG1, scalar: bigint): PointG1 => point.multiplyUnsafe(reduced(scalar));
  return [
    times(bBar, s3)
      .add(times(aBar, se))
      .add(times(H0, -su))
      .add(times(clearPoint(attributes), -challenge)),
    times(G, sRho).add(times(e1, -challenge)),
    times(tracers.point, sRho).add(times(G, su)).add(times(e2, -challenge)),
    times(base, su).add(times(nym, -challenge)),
  ];
}

/** D, written out once more. */
export function clearPoint({ role, epoch }: Attributes): PointG1 {
  const number = role === "charge" ? 1n : 2n;
  return P1.add(H2.multiply(number)).add(H3.multiply(BigInt(epoch)));
}

/** Bytes of G1 points and scalars of a presentation, by field. */
export const PRESENTED_FIELDS = {
  aBar: [0, G1_BYTES],
  bBar: [48, G1_BYTES],
  e1: [96, G1_BYTES],
  e2: [144, G1_BYTES],
  nym: [192, G1_BYTES],
  challenge: [240, 32],
  s3: [272, 32],
  se: [304, 32],
  su: [336, 32],
  sRho: [368, 32],
  role: [400, 1],
  epoch: [401, 4],
} as const;
