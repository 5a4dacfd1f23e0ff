/** The holder's side of a presentation; formulas and sizes are in `presentation.ts`. */
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { G, H0, hedgedScalars, inverse, type PointG1, randomScalar, reduced } from "./group.ts";
import { type Credential, signedPoint } from "./holder.ts";
import type { CredentialParameters } from "./parameters.ts";
import {
  type Occasion,
  presentationChallenge,
  type PresentedPoints,
  presentationToBytes,
} from "./presentation.ts";
import { pseudonymBase } from "./scope.ts";

/** 1/ρ1, e/ρ1, usk and ρ: what the proof is about. */
interface Witness {
  readonly r3: bigint;
  readonly ePrime: bigint;
  readonly usk: bigint;
  readonly rho: bigint;
}

/**
 * A presentation in bytes. Run by the holder; some fourteen scalar multiplications.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function showCredential(
  parameters: CredentialParameters,
  credential: Credential,
  occasion: Occasion,
  rng: Rng,
): Uint8Array {
  assertProductionRng(rng);
  const base = pseudonymBase(occasion.scope);
  const { points, witness } = blinded(parameters, credential, base, rng);
  const { r3, ePrime, usk, rho } = witness;
  const [k3 = 0n, ke = 0n, ku = 0n, kRho = 0n] = hedgedScalars(
    rng,
    4,
    [r3, ePrime, usk, rho],
    occasion.scope,
    occasion.message,
  );
  const announced = [
    points.bBar.multiply(k3).add(points.aBar.multiply(ke)).subtract(H0.multiply(ku)),
    G.multiply(kRho),
    parameters.tracers.point.multiply(kRho).add(G.multiply(ku)),
    base.multiply(ku),
  ];
  const { attributes } = credential;
  const c = presentationChallenge(parameters, points, attributes, occasion, announced);
  return presentationToBytes({
    ...points,
    attributes,
    challenge: c,
    s3: reduced(k3 + c * r3),
    se: reduced(ke + c * ePrime),
    su: reduced(ku + c * usk),
    sRho: reduced(kRho + c * rho),
  });
}

function blinded(
  { tracers }: CredentialParameters,
  { a, e, usk, attributes }: Credential,
  base: PointG1,
  rng: Rng,
): { readonly points: PresentedPoints; readonly witness: Witness } {
  const [rho1, rho] = [randomScalar(rng), randomScalar(rng)];
  const r3 = inverse(rho1);
  const aBar = a.multiply(rho1);
  const points = {
    aBar,
    bBar: signedPoint(usk, attributes).multiply(rho1).subtract(aBar.multiply(e)),
    e1: G.multiply(rho),
    e2: tracers.point.multiply(rho).add(G.multiply(usk)),
    nym: base.multiply(usk),
  };
  return withHidden({ points }, { witness: { r3, ePrime: reduced(e * r3), usk, rho } });
}
