/**
 * The vehicle's side of cloaking: it shows its credential for a cell, and finds the bucket that it
 * was put into.
 */
import { demand } from "../../core/cloak/cloakError.ts";
import { cellOf, type Cell, type Place } from "../../core/cloak/grid.ts";
import { standingRequest, type PinnedSession } from "../../core/cloak/pinnedSession.ts";
import { meets, type CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import type { UnitedRequest } from "../../core/cloak/unitedRequest.ts";
import type { Credential } from "../../core/credential/holder.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import { pseudonymBase, scopeId, type Scope } from "../../core/credential/scope.ts";
import { showCredential } from "../../core/credential/show.ts";
import { joiningMessage, type CloakJoining } from "../../core/messages/cloakJoining.ts";
import { bytesToHex, type Hex } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";

/** What the vehicle keeps until the buckets are announced. */
export interface AskedToCloak {
  readonly joining: CloakJoining;
  readonly cell: Cell;
  /** Its pseudonym of this epoch. */
  readonly nym: Hex;
}

/**
 * Asks for a bucket, from where it is; the place itself stays with it.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function askToCloak(
  parameters: CredentialParameters,
  credential: Credential,
  scope: Scope,
  { place, cellM }: { readonly place: Place; readonly cellM: number },
  rng: Rng,
): AskedToCloak {
  const cell = cellOf(place, cellM);
  const occasion = { scope: scopeId(parameters, scope), message: joiningMessage(cell) };
  const presentation = showCredential(parameters, credential, occasion, rng);
  const nym = pseudonymBase(occasion.scope).multiply(credential.usk).toBytes();
  return { joining: { presentation, cell }, cell, nym: bytesToHex(nym) };
}

/**
 * The request of the vehicle's bucket, as all its members send it; null for a session that is too
 * small by now.
 * @throws CloakError E_CLOAK_SESSION for a bucket that hides less than the rule says, or in which
 *   the vehicle is not with its cell: it would be looked for where it is not
 */
export function bucketOf(
  { nym, cell }: AskedToCloak,
  rule: CloakRule,
  session: PinnedSession,
): UnitedRequest | null {
  const { nyms, cells } = session.request;
  const isThere = cells.some(({ column, row }) => column === cell.column && row === cell.row);
  const isMember = nyms.includes(nym) && isThere;
  demand(isMember, "E_CLOAK_SESSION", "bucketOf: expected a bucket with the vehicle and its cell");
  const hides = nyms.length >= rule.k && cells.length === nyms.length && meets(cells, rule);
  demand(hides, "E_CLOAK_SESSION", "bucketOf: expected a bucket that meets the rule");
  return standingRequest(session);
}
