/**
 * The buckets of an epoch, which hide where everybody is among others. Every vehicle that joins
 * shows its credential for a cell under a pseudonym, the cloaker puts all of them into buckets, and
 * each checks the bucket that it finds itself in. Whoever cannot be put into one asks from anywhere
 * in the area: that hides it among all, and it is compared with all piles.
 */
import { cellOf, type Place } from "../core/cloak/grid.ts";
import type { CloakRule, Placed } from "../core/cloak/reciprocalBuckets.ts";
import type { UnitedRequest } from "../core/cloak/unitedRequest.ts";
import type { Credential } from "../core/credential/holder.ts";
import type { CredentialParameters } from "../core/credential/parameters.ts";
import { ANYWHERE, type Whereabouts } from "../core/messages/upload.ts";
import { breathe } from "../core/primitives/breathe.ts";
import type { Rng } from "../core/primitives/random.ts";
import {
  admitToCloak,
  cloakAll,
  type CloakEpoch,
  type CloakOutcome,
} from "../parties/cloaker/buckets.ts";
import type { CloakerDesk } from "../parties/cloaker/desk.ts";
import { askToCloak, bucketOf, type AskedToCloak } from "../parties/vehicle/cloaking.ts";
import type { Watch } from "./watch.ts";

/** A vehicle that joins. */
export interface CloakedVehicle {
  readonly credential: Credential;
  /** Stays with it: the cloaker hears of a cell. */
  readonly place: Place;
  readonly rng: Rng;
}

/** A participant that everybody knows, at a place that stays. */
export interface CloakedPile {
  /** Stands for it: it shows no credential. */
  readonly name: string;
  readonly place: Place;
}

/**
 * Plays the cloaking of an epoch, every vehicle and the cloaker. Returns where each vehicle stands,
 * in the vehicles' order.
 * @throws CredentialError of `admitToCloak`, and E_NYM_USED for a vehicle that joins twice;
 *   CloakError E_CLOAK_SESSION for a bucket that hides less than the rule says; the signal's reason
 *   when it is aborted
 */
export async function cloakVehicles(
  parameters: CredentialParameters,
  cloaker: CloakerDesk,
  epoch: CloakEpoch,
  vehicles: readonly CloakedVehicle[],
  { onProgress, signal }: Watch,
): Promise<readonly Whereabouts[]> {
  const asked: AskedToCloak[] = [];
  const admitted: Placed[] = [];
  for (const vehicle of vehicles) {
    await breathe(signal);
    const mine = askedBy(parameters, epoch, vehicle);
    asked.push(mine);
    admitted.push(admitToCloak(parameters, epoch, mine.joining));
    onProgress(asked.length, vehicles.length);
  }
  const outcome = cloakAll(epoch, admitted, cloaker.rng);
  return asked.map((mine) => requestOf(mine, epoch.rule, outcome) ?? ANYWHERE);
}

/**
 * Where piles stand, by their names. They do not move: once for many slots, because buckets drawn
 * anew would tell more.
 */
export function cloakPiles(
  { rng }: CloakerDesk,
  epoch: Pick<CloakEpoch, "rule" | "scope">,
  piles: readonly CloakedPile[],
): ReadonlyMap<string, Whereabouts> {
  const placed = piles.map(({ name, place }) => ({
    nym: name,
    cell: cellOf(place, epoch.rule.cellM),
  }));
  const outcome = cloakAll(epoch, placed, rng);
  return new Map([...outcome].map(([name, session]) => [name, session?.request ?? ANYWHERE]));
}

function askedBy(
  parameters: CredentialParameters,
  { rule, scope }: CloakEpoch,
  { credential, place, rng }: CloakedVehicle,
): AskedToCloak {
  return askToCloak(parameters, credential, scope, { place, cellM: rule.cellM }, rng);
}

/** Null for who could not be put into a bucket. */
function requestOf(
  mine: AskedToCloak,
  rule: CloakRule,
  outcome: CloakOutcome,
): UnitedRequest | null {
  const session = outcome.get(mine.nym) ?? null;
  return session === null ? null : bucketOf(mine, rule, session);
}
