/** The holder's side of a presentation; formulas and sizes are in `presentation.ts`. */
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { attributesToBytes } from "./attributes.ts";
import { G, H0, hedgedScalars, inverse, type PointG1, reduced } from "./group.ts";
import { type Credential, signedPoint } from "./holder.ts";
import type { CredentialParameters } from "./parameters.ts";
import {
  type Occasion,
  presentationChallenge,
  type PresentedPoints,
  presentationToBytes,
} from "./presentation.ts";
import { pseudonymBase } from "./scope.ts";

/** 1/ρ1 and e/ρ1: what the proof is about beside usk and ρ. */
interface Witness {
  readonly r3: bigint;
  readonly ePrime: bigint;
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
  const draws = hedgedDraws(parameters, credential, occasion, rng);
  const [rho1 = 0n, rho = 0n, k3 = 0n, ke = 0n, ku = 0n, kRho = 0n] = draws;
  const { points, witness } = blinded(parameters, credential, base, [rho1, rho]);
  const { r3, ePrime } = witness;
  const announced = [
    points.bBar.multiply(k3).add(points.aBar.multiply(ke)).subtract(H0.multiply(ku)),
    G.multiply(kRho),
    parameters.tracers.point.multiply(kRho).add(G.multiply(ku)),
    base.multiply(ku),
  ];
  const { usk, attributes } = credential;
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

/**
 * All that a presentation is blinded with, the nonces of its proof as well as ρ1 and ρ: a generator
 * that repeats itself links no two scopes by equal points.
 */
function hedgedDraws(
  { id }: CredentialParameters,
  { a, e, usk, attributes }: Credential,
  { scope, message }: Occasion,
  rng: Rng,
): readonly bigint[] {
  const shown = [id, a.toBytes(), attributesToBytes(attributes), scope, message];
  return hedgedScalars(rng, 6, [usk, e], ...shown);
}

function blinded(
  { tracers }: CredentialParameters,
  { a, e, usk, attributes }: Credential,
  base: PointG1,
  [rho1, rho]: readonly [bigint, bigint],
): { readonly points: PresentedPoints; readonly witness: Witness } {
  const r3 = inverse(rho1);
  const aBar = a.multiply(rho1);
  const points = {
    aBar,
    bBar: signedPoint(usk, attributes).multiply(rho1).subtract(aBar.multiply(e)),
    e1: G.multiply(rho),
    e2: tracers.point.multiply(rho).add(G.multiply(usk)),
    nym: base.multiply(usk),
  };
  return withHidden({ points }, { witness: { r3, ePrime: reduced(e * r3) } });
}
