/**
 * How vehicles send requests, in each way that is attacked, and what of it can be seen. `Told` is a
 * request with the truth behind it: an attacker is given `seen` alone, the truth is for the
 * referee.
 */
import type { Rng } from "../../core/primitives/random.ts";
import { shuffled, type Draws } from "../../core/cloak/draws.ts";
import { cellOf, centreOf, type Place } from "../../core/cloak/grid.ts";
import {
  paperChoice,
  type CentreRule,
  type PaperSettings,
} from "./paperReproduction/paperCloak.ts";
import {
  reciprocalBuckets,
  type Bucket,
  type CloakRule,
  type Placed,
} from "../../core/cloak/reciprocalBuckets.ts";
import { unitedRequest } from "../../core/cloak/unitedRequest.ts";
import type { Scene } from "./traffic.ts";

/** What anybody sees of a request. */
export interface SeenRequest {
  readonly ids: readonly string[];
  /** A place an id: exact in the paper's requests, centres of cells in ours. */
  readonly entries: readonly Place[];
  /** The middle of the area that it was made in. */
  readonly centre: Place;
}

export interface Told {
  readonly seen: SeenRequest;
  /** The vehicle of each entry. */
  readonly owners: readonly number[];
}

/** A session of all vehicles of a scene. */
export interface Session {
  /** The name of each vehicle, for the whole session. */
  readonly ids: readonly string[];
  /** What a vehicle sends at a moment; null if it cannot be cloaked. */
  readonly request: (sender: number, step: number) => Told | null;
}

export interface Chance {
  readonly rng: Rng;
  readonly draws: Draws;
}

/** Begins a session. */
export type Cloaking = (scene: Scene, chance: Chance) => Session;

/**
 * The paper's requests: chosen by every vehicle for itself and anew every time, in three shuffled
 * lists.
 */
export function paperCloaking(settings: PaperSettings, centreRule?: CentreRule): Cloaking {
  return (scene, { draws }) => {
    const ids = freshIds(scene.length, draws);
    const request = (sender: number, step: number): Told | null => {
      const places = placesAt(scene, step);
      const speedMps = scene[sender]?.speedMps ?? 0;
      const choice = paperChoice(sender, speedMps, places, settings, draws, centreRule);
      if (choice === null) return null;
      const owners = shuffled(choice.members, draws);
      return {
        seen: {
          ids: shuffled(choice.members, draws).map((member) => ids[member] ?? ""),
          entries: owners.flatMap((owner) => places[owner] ?? []),
          centre: choice.centre,
        },
        owners,
      };
    };
    return { ids, request };
  };
}

/** The paper's requests with lists that are not shuffled. */
export function unshuffledCloaking(settings: PaperSettings): Cloaking {
  const paper = paperCloaking(settings);
  return (scene, chance) => {
    const { ids, request } = paper(scene, chance);
    return {
      ids,
      request: (sender, step) => {
        const told = request(sender, step);
        if (told === null) return null;
        const inOrder = told.owners.map((owner) => ids[owner] ?? "");
        return { ...told, seen: { ...told.seen, ids: inOrder } };
      },
    };
  };
}

/** Reciprocal buckets, pinned for the session. */
export function bucketCloaking(rule: CloakRule): Cloaking {
  return (scene, chance) => {
    const ids = freshIds(scene.length, chance.draws);
    return { ids, request: byBuckets(scene, 0, ids, rule, chance) };
  };
}

/** Reciprocal buckets, drawn anew from the vehicles' new cells for every request. */
export function unpinnedCloaking(rule: CloakRule): Cloaking {
  return (scene, chance) => {
    const ids = freshIds(scene.length, chance.draws);
    const atStep = scene[0]?.track.map((_, step) => byBuckets(scene, step, ids, rule, chance));
    return { ids, request: (sender, step) => atStep?.[step]?.(sender) ?? null };
  };
}

/** What each sender sends; the same object for all members of a bucket. */
function byBuckets(
  scene: Scene,
  step: number,
  ids: readonly string[],
  rule: CloakRule,
  { rng, draws }: Chance,
): (sender: number) => Told | null {
  const vehicles = placesAt(scene, step).map((place, index) => ({
    nym: ids[index] ?? "",
    cell: cellOf(place, rule.cellM),
  }));
  const { buckets } = reciprocalBuckets(vehicles, rule, rng);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const bucketOf = new Map(buckets.flatMap((bucket) => bucket.map(({ nym }) => [nym, bucket])));
  const told = new Map<Bucket, Told>();
  return (sender) => {
    const bucket = bucketOf.get(ids[sender] ?? "");
    if (bucket === undefined) return null;
    const one = told.get(bucket) ?? toldByBucket(bucket, indexOf, rule.cellM, draws);
    told.set(bucket, one);
    return one;
  };
}

function toldByBucket(
  bucket: Bucket,
  indexOf: ReadonlyMap<string, number>,
  cellM: number,
  draws: Draws,
): Told {
  const contents = bucket.map(() => new Uint8Array(0));
  const { nyms, cells } = unitedRequest(bucket, 0, contents);
  const entries = cells.map((cell) => centreOf(cell, cellM));
  // Entries of one cell are the same to everybody; whose is which is the referee's draw.
  const left = shuffled(bucket, draws);
  const owners = cells.map(({ column, row }) => {
    const isHere = ({ cell }: Placed): boolean => cell.column === column && cell.row === row;
    const [member] = left.splice(left.findIndex(isHere), 1);
    return indexOf.get(member?.nym ?? "") ?? -1;
  });
  return { seen: { ids: nyms, entries, centre: meanOf(entries) }, owners };
}

function meanOf(places: readonly Place[]): Place {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return { xM: mean(places.map(({ xM }) => xM)), yM: mean(places.map(({ yM }) => yM)) };
}

/** Where everybody is at a moment. */
export function placesAt(scene: Scene, step: number): readonly Place[] {
  return scene.flatMap(({ track }) => track[step] ?? []);
}

function freshIds(count: number, draws: Draws): readonly string[] {
  // The index keeps them apart where chance does not.
  return Array.from({ length: count }, (_, index) => `${draws.below(2 ** 32)}-${index}`);
}
