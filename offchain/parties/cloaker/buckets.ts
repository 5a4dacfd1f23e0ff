/**
 * The cloaker hears from every vehicle that takes part in an epoch one pseudonym and one cell, and
 * puts them into buckets. It sees no place, no account and no wish, and it is not the matcher: who
 * was both could tell which cell an upload came from. That a vehicle comes once is the credential's
 * work: in the scope of the epoch it has one pseudonym.
 */
import {
  checkRule,
  reciprocalBuckets,
  type CloakRule,
  type Placed,
} from "../../core/cloak/reciprocalBuckets.ts";
import { checkCell } from "../../core/cloak/grid.ts";
import { pinned, type PinnedSession } from "../../core/cloak/pinnedSession.ts";
import { unitedRequest } from "../../core/cloak/unitedRequest.ts";
import { CredentialError } from "../../core/credential/credentialError.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import { scopeId, type Scope } from "../../core/credential/scope.ts";
import { verifyPresentation } from "../../core/credential/verify.ts";
import { joiningMessage, type CloakJoining } from "../../core/messages/cloakJoining.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";

/** What the cloaker announces, and everybody computes alike. */
export interface CloakEpoch {
  readonly rule: CloakRule;
  readonly scope: Scope;
  /** Of the credentials that count. */
  readonly credentialEpoch: number;
}

/** By pseudonym: the session of a vehicle's bucket, or null for who could not be put into one. */
export type CloakOutcome = ReadonlyMap<string, PinnedSession | null>;

/**
 * The vehicle that shows itself.
 * @throws CredentialError as `verifyPresentation`; CloakError E_CLOAK_CELL
 */
export function admitToCloak(
  parameters: CredentialParameters,
  { rule, scope, credentialEpoch }: CloakEpoch,
  { presentation, cell }: CloakJoining,
): Placed {
  checkCell(cell, rule.cellM);
  const { nym } = verifyPresentation(parameters, presentation, {
    scope: scopeId(parameters, scope),
    message: joiningMessage(cell),
    epoch: credentialEpoch,
    roles: ["charge", "discharge"],
  });
  return { nym: bytesToHex(nym.toBytes()), cell };
}

/**
 * Buckets of everybody who was admitted, and for each the request that its members have in common.
 * What they ask for is not in it: it travels from fresh accounts, under encryption, so that no
 * pseudonym stands beside a wish.
 * @throws CredentialError E_NYM_USED for a vehicle that is there twice; RandomError
 *   E_RNG_DETERMINISTIC outside tests: who can repeat the draws knows the order within a cell
 */
export function cloakAll(
  { rule, scope }: Pick<CloakEpoch, "rule" | "scope">,
  admitted: readonly Placed[],
  rng: Rng,
): CloakOutcome {
  assertProductionRng(rng);
  checkRule(rule);
  assertOnceEach(admitted);
  const { buckets, suppressed } = reciprocalBuckets(admitted, rule, rng);
  const sessions = buckets.flatMap((bucket) => {
    const nothing = bucket.map(() => new Uint8Array());
    const session = pinned(unitedRequest(bucket, scope.slot, nothing), rule.k);
    return bucket.map(({ nym }) => [nym, session] as const);
  });
  return new Map([...sessions, ...suppressed.map(({ nym }) => [nym, null] as const)]);
}

function assertOnceEach(admitted: readonly Placed[]): void {
  if (new Set(admitted.map(({ nym }) => nym)).size === admitted.length) return;
  throw new CredentialError("E_NYM_USED", "cloakAll: expected every pseudonym once, got one again");
}
