/**
 * The verifier's side of a presentation; formulas and sizes are in `presentation.ts`. A verifier
 * has no secret, and learns the role and one pseudonym for its scope. That a pseudonym comes only
 * once is the verifier's ledger to keep.
 */
import { type Attributes, attributesPoint, type Role } from "./attributes.ts";
import { CredentialError } from "./credentialError.ts";
import { G, H0, pairingsMatch, type PointG1, reduced } from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import {
  type Occasion,
  type Presentation,
  presentationChallenge,
  presentationFromBytes,
} from "./presentation.ts";
import { pseudonymBase } from "./scope.ts";

/** What the verifier asks for. */
export interface Demand extends Occasion {
  readonly epoch: number;
  readonly roles: readonly Role[];
}

/**
 * A presentation that holds. Run by the verifier, and again by whoever is asked to trace it: one
 * product of two pairings and some thirteen scalar multiplications.
 * @throws CredentialError of `presentationFromBytes`; E_EPOCH, E_ROLE, E_CREDENTIAL, E_PROOF
 */
export function verifyPresentation(
  parameters: CredentialParameters,
  bytes: Uint8Array,
  demand: Demand,
): Presentation {
  const presentation = presentationFromBytes(bytes);
  assertDemand(presentation.attributes, demand);
  const announced = announcedBy(parameters, presentation, pseudonymBase(demand.scope));
  const { challenge, attributes, aBar, bBar } = presentation;
  const expected = presentationChallenge(parameters, presentation, attributes, demand, announced);
  if (expected !== challenge) throw refusal("E_PROOF", "a proof of this statement");
  if (!pairingsMatch(aBar, parameters.issuer, bBar)) throw refusal("E_CREDENTIAL", "the issuer's");
  return presentation;
}

function assertDemand({ role, epoch }: Attributes, demand: Demand): void {
  if (epoch !== demand.epoch) throw refusal("E_EPOCH", "the current epoch");
  if (!demand.roles.includes(role)) throw refusal("E_ROLE", "a role that is allowed");
}

/** c0 … c3. */
function announcedBy(
  { tracers }: CredentialParameters,
  presentation: Presentation,
  base: PointG1,
): readonly PointG1[] {
  const { aBar, bBar, e1, e2, nym, challenge, s3, se, su, sRho, attributes } = presentation;
  const minusC = reduced(-challenge);
  const d = attributesPoint(attributes);
  return [
    bBar.mulAddUnsafe(s3, aBar, se).add(H0.mulAddUnsafe(reduced(-su), d, minusC)),
    G.mulAddUnsafe(sRho, e1, minusC),
    tracers.point.mulAddUnsafe(sRho, G, su).add(e2.multiplyUnsafe(minusC)),
    base.mulAddUnsafe(su, nym, minusC),
  ];
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `verifyPresentation: expected ${expected}, got another`);
}
