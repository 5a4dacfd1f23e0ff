/**
 * The buckets of a slot. Vehicles that ask in it join, and those that ask in the slot before or after as well: an app joins
 * whenever it may be wanted soon, and hides the others. Such a vehicle stands where it is going to ask, or has asked. Who
 * cannot be put into a bucket asks from "anywhere in the area": that hides it among all, and is compared with all piles.
 */
import { cellOf, type Place } from "../../core/cloak/grid.ts";
import { slotAt } from "../../core/credential/scope.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { ANYWHERE, type Whereabouts } from "../../core/messages/upload.ts";
import type { CloakRule, Placed } from "../../core/cloak/reciprocalBuckets.ts";
import type { UnitedRequest } from "../../core/cloak/unitedRequest.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import {
  admitToCloak,
  cloakAll,
  type CloakEpoch,
  type CloakOutcome,
} from "../../parties/cloaker/buckets.ts";
import { askToCloak, bucketOf, type AskedToCloak } from "../../parties/vehicle/cloaking.ts";
import type { Slot } from "../worlds/slots.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { DayContext } from "./context.ts";
import type { CredentialOffice, MemberVehicle } from "./actors.ts";

export interface SlotCloaking {
  /** By name of the vehicle; of those who ask. */
  readonly whereabouts: ReadonlyMap<string, Whereabouts>;
  /** Where those are who took part, for who studies it. */
  readonly joined: readonly Place[];
  readonly buckets: number;
}

interface Joiner {
  readonly member: MemberVehicle;
  readonly place: Place;
  readonly asks: boolean;
}

/** Plays the cloaking of a slot, every vehicle and the cloaker. Throws the signal's reason when it is aborted. */
export async function cloakSlot(
  day: DayContext,
  office: CredentialOffice,
  members: ReadonlyMap<string, MemberVehicle>,
  areaHash: Bytes32,
  slot: Slot,
): Promise<SlotCloaking> {
  const joiners = whoJoins(day, members, slot);
  const epoch = epochOf(day, office, areaHash, slot);
  const asked: AskedToCloak[] = [];
  const admitted: Placed[] = [];
  for (const [k, { member, place }] of joiners.entries()) {
    await breathe(day.signal);
    day.progress.update(`slot ${slot.index} cloaking`, k + 1, joiners.length);
    const mine = askedBy(day, office, epoch, member, place);
    asked.push(mine);
    admitted.push(admitToCloak(office.parameters, epoch, mine.joining));
  }
  const outcome = cloakAll(epoch, admitted, day.rng);
  const found = asked.map((mine) => requestOf(mine, epoch.rule, outcome));
  return {
    whereabouts: new Map(
      joiners.flatMap(({ member, asks }, k) =>
        asks ? [[member.name, found[k] ?? ANYWHERE] as const] : [],
      ),
    ),
    joined: joiners.map(({ place }) => place),
    buckets: new Set(found.flatMap((request) => request?.setId ?? [])).size,
  };
}

function epochOf(
  { midnight, settings }: DayContext,
  office: CredentialOffice,
  areaHash: Bytes32,
  slot: Slot,
): CloakEpoch {
  return {
    rule: settings.cloakRule,
    scope: {
      service: "cloak",
      place: areaHash,
      slot: slotAt(midnight + slot.startSeconds, slot.endSeconds - slot.startSeconds),
    },
    credentialEpoch: office.epoch,
  };
}

function askedBy(
  { rng }: DayContext,
  { parameters }: CredentialOffice,
  { rule, scope }: CloakEpoch,
  { credential }: MemberVehicle,
  place: Place,
): AskedToCloak {
  return askToCloak(parameters, credential, scope, { place, cellM: rule.cellM }, rng);
}

function requestOf(
  mine: AskedToCloak,
  rule: CloakRule,
  outcome: CloakOutcome,
): UnitedRequest | null {
  const session = outcome.get(mine.nym) ?? null;
  return session === null ? null : bucketOf(mine, rule, session);
}

/** Every vehicle once, with the trip that is nearest to the slot. */
function whoJoins(
  { world, settings }: DayContext,
  members: ReadonlyMap<string, MemberVehicle>,
  slot: Slot,
): readonly Joiner[] {
  const around = settings.slotHours * 3_600;
  const [from, to] = [slot.startSeconds - around, slot.endSeconds + around];
  const near = world.trips.filter(({ startSeconds: at }) => at >= from && at < to);
  const nearest = new Map<string, WorldTrip>();
  for (const trip of near) {
    const before = nearest.get(trip.vehicle);
    if (before === undefined || awayFrom(slot, trip) < awayFrom(slot, before)) {
      nearest.set(trip.vehicle, trip);
    }
  }
  return [...nearest].flatMap(([name, trip]) => {
    const member = members.get(name);
    if (member === undefined) return [];
    return { member, place: trip.position, asks: awayFrom(slot, trip) === 0 };
  });
}

/** Seconds between a trip's start and the slot; 0 in it. */
function awayFrom({ startSeconds, endSeconds }: Slot, trip: WorldTrip): number {
  return Math.max(0, startSeconds - trip.startSeconds, trip.startSeconds - endSeconds + 1);
}

/**
 * The buckets of the piles, which stay where they are: once for the whole day. Everybody knows that a certified pile exists,
 * so it shows no credential, and its name stands for it.
 */
export function cloakPiles(day: DayContext): ReadonlyMap<string, Whereabouts> {
  const { cloakRule: rule } = day.settings;
  const scope = { service: "cloak", place: ANYWHERE.setId, slot: day.midnight };
  const placed = day.world.piles.map(({ name, position }) => ({
    nym: name,
    cell: cellOf(position, rule.cellM),
  }));
  const outcome = cloakAll({ rule, scope }, placed, day.rng);
  return new Map([...outcome].map(([name, session]) => [name, session?.request ?? ANYWHERE]));
}
