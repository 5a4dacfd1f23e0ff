/**
 * The buckets of a slot. Vehicles that ask in it join, and those that ask in the slot before or
 * after as well: an app joins whenever it may be wanted soon, and hides the others. Such a vehicle
 * stands where it is going to ask, or has asked. Who cannot be put into a bucket asks from
 * "anywhere in the area": that hides it among all, and is compared with all piles.
 */
import { type Place } from "../../core/cloak/grid.ts";
import { slotAt } from "../../core/credential/scope.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { ANYWHERE, NO_SET, type Whereabouts } from "../../core/messages/upload.ts";
import { type CloakEpoch } from "../../parties/cloaker/buckets.ts";
import type { Slot } from "../worlds/slots.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { DayContext } from "./context.ts";
import type { CredentialOffice, MemberVehicle } from "./actors.ts";
import { cloakVehicles, cloakPiles } from "../../market/cloaking.ts";

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

/**
 * Plays the cloaking of a slot, every vehicle and the cloaker. Throws the signal's reason when it
 * is aborted.
 */
export async function cloakSlot(
  day: DayContext,
  office: CredentialOffice,
  members: ReadonlyMap<string, MemberVehicle>,
  areaHash: Bytes32,
  slot: Slot,
): Promise<SlotCloaking> {
  const { rng, progress, signal } = day;
  const joiners = whoJoins(day, members, slot);
  const epoch = epochOf(day, office, areaHash, slot);
  const vehicles = joiners.map(({ member, place }) => {
    return { credential: member.credential, place, rng };
  });
  const onProgress = (done: number, total: number): void => {
    progress.update(`slot ${slot.index} cloaking`, done, total);
  };
  const watch = { onProgress, signal };
  const found = await cloakVehicles(office.parameters, { rng }, epoch, vehicles, watch);
  const asking = joiners.flatMap(({ member, asks }, k) =>
    asks ? [[member.name, found[k] ?? ANYWHERE] as const] : [],
  );
  const sets = found.map(({ setId }) => setId).filter((setId) => setId !== NO_SET);
  return {
    whereabouts: new Map(asking),
    joined: joiners.map(({ place }) => place),
    buckets: new Set(sets).size,
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

/** Where the piles are, which stay there: once for the whole day. */
export function whereaboutsOfPiles(day: DayContext): ReadonlyMap<string, Whereabouts> {
  const { cloakRule: rule } = day.settings;
  const scope = { service: "cloak", place: NO_SET, slot: day.midnight };
  const piles = day.world.piles.map(({ name, position }) => ({ name, place: position }));
  return cloakPiles({ rng: day.rng }, { rule, scope }, piles);
}
