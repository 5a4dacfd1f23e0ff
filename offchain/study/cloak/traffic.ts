/**
 * Vehicles on the move, for attackers to look at. A scene is what happens in a few minutes: every
 * vehicle with its place at each of STEPS moments, so that a request can be made at each. Traffic
 * is where scenes come from: made up, or cut out of recorded tracks.
 */
import { CloakError } from "../../core/cloak/cloakError.ts";
import { oneOf, shuffled, type Draws } from "../../core/cloak/draws.ts";
import type { Place } from "../../core/cloak/grid.ts";

/** Moments of a scene. */
const STEPS = 6;

export interface Vehicle {
  /** STEPS places. */
  readonly track: readonly Place[];
  readonly speedMps: number;
}

export type Scene = readonly Vehicle[];

export interface Traffic {
  /** For people. */
  readonly name: string;
  readonly sceneOf: (draws: Draws) => Scene;
}

/** A recorded drive: places at equal intervals. */
export interface Track {
  readonly vehicle: string;
  /** Unix seconds of the first place. */
  readonly startSeconds: number;
  readonly places: readonly Place[];
}

const STEP_SECONDS = 60;
const SPEED_MPS = { least: 4, most: 14 } as const;

/** Vehicles that start anywhere in a square and drive straight on; at its edge they stay. */
export function cityTraffic(vehicles: number, sideM: number): Traffic {
  const vehicle = (draws: Draws): Vehicle => {
    const [xM, yM] = [draws.below(sideM + 1), draws.below(sideM + 1)];
    const speedMps = SPEED_MPS.least + (SPEED_MPS.most - SPEED_MPS.least) * draws.uniform();
    const angle = 2 * Math.PI * draws.uniform();
    const track = Array.from({ length: STEPS }, (_, step) => ({
      xM: clipped(xM + step * STEP_SECONDS * speedMps * Math.cos(angle), sideM),
      yM: clipped(yM + step * STEP_SECONDS * speedMps * Math.sin(angle), sideM),
    }));
    return { track, speedMps };
  };
  return {
    name: `synthetic: ${vehicles} vehicles in ${sideM / 1000} km × ${sideM / 1000} km`,
    sceneOf: (draws) => Array.from({ length: vehicles }, () => vehicle(draws)),
  };
}

function clipped(valueM: number, mostM: number): number {
  return Math.round(Math.min(mostM, Math.max(0, valueM)));
}

/** Intervals of a recorded track between two moments of a scene. */
const INTERVALS_A_STEP = 2;

export interface TrackTiming {
  /** From one place of a track to the next. */
  readonly intervalSeconds: number;
  /** Moments with fewer vehicles under way are left out. */
  readonly leastVehicles: number;
}

/**
 * Scenes cut out of recorded tracks: all who are under way through all of a scene.
 * @throws CloakError E_CLOAK_TRAFFIC if no moment has enough vehicles
 */
export function trackTraffic(name: string, tracks: readonly Track[], timing: TrackTiming): Traffic {
  const scenes = scenesOf(tracks, timing);
  return {
    name,
    sceneOf: (draws) => {
      const scene = scenes[draws.below(scenes.length)] ?? [];
      return shuffled(scene, draws);
    },
  };
}

/** The scene with the most vehicles; the first of several. @throws like `trackTraffic` */
export function busiestScene(tracks: readonly Track[], timing: TrackTiming): Scene {
  return scenesOf(tracks, timing).reduce((most, scene) =>
    scene.length > most.length ? scene : most,
  );
}

function scenesOf(
  tracks: readonly Track[],
  { intervalSeconds, leastVehicles }: TrackTiming,
): readonly Scene[] {
  const stepSeconds = INTERVALS_A_STEP * intervalSeconds;
  const moments = [...new Set(tracks.map((track) => Math.ceil(track.startSeconds / stepSeconds)))];
  const scenes = moments
    .sort((a, b) => a - b)
    .map((moment) => sceneAt(tracks, moment * stepSeconds, intervalSeconds))
    .filter(({ length }) => length >= leastVehicles);
  if (scenes.length > 0) return scenes;
  const expected = `traffic: expected a moment with ${leastVehicles} vehicles under way`;
  throw new CloakError("E_CLOAK_TRAFFIC", `${expected}, got none in ${tracks.length} tracks`);
}

/** A vehicle with two tracks at once is taken with the first. */
function sceneAt(tracks: readonly Track[], atSeconds: number, intervalSeconds: number): Scene {
  const found = new Map<string, Vehicle>();
  for (const { vehicle, startSeconds, places } of tracks) {
    const first = Math.floor((atSeconds - startSeconds) / intervalSeconds);
    if (first < 0 || found.has(vehicle)) continue;
    const track = Array.from(
      { length: STEPS },
      (_, step) => places[first + step * INTERVALS_A_STEP],
    );
    const whole = track.filter((place) => place !== undefined);
    if (whole.length < STEPS) continue;
    found.set(vehicle, { track: whole, speedMps: speedOf(whole, intervalSeconds) });
  }
  return [...found.values()];
}

function speedOf(track: readonly Place[], intervalSeconds: number): number {
  const [from, to] = [track[0], track[1]];
  if (from === undefined || to === undefined) return 0;
  return Math.hypot(to.xM - from.xM, to.yM - from.yM) / (INTERVALS_A_STEP * intervalSeconds);
}

const RANKS = 4;
const AT_RANKS = 9 / 10;

/**
 * The same traffic with nine vehicles in ten standing at one of four ranks: where there is little
 * diversity.
 */
export function gatheredTraffic({ name, sceneOf }: Traffic): Traffic {
  return {
    name: `${name}, nine in ten at ${RANKS} ranks`,
    sceneOf: (draws) => {
      const scene = sceneOf(draws);
      const ranks = scene.slice(0, RANKS);
      return scene.map((vehicle) => {
        const rank = oneOf(ranks, draws);
        return rank !== undefined && draws.uniform() < AT_RANKS ? rank : vehicle;
      });
    },
  };
}

/**
 * Vehicles that stand still: a scene for each of several moments, in which everybody keeps its
 * place.
 * @throws CloakError E_CLOAK_TRAFFIC without a moment
 */
export function standingTraffic(name: string, moments: readonly (readonly Place[])[]): Traffic {
  if (moments.length === 0) {
    throw new CloakError("E_CLOAK_TRAFFIC", "traffic: expected at least one moment, got none");
  }
  const scenes = moments.map((places) =>
    places.map((place) => ({
      track: Array.from({ length: STEPS }, () => place),
      speedMps: 0,
    })),
  );
  return { name, sceneOf: (draws) => shuffled(scenes[draws.below(scenes.length)] ?? [], draws) };
}
