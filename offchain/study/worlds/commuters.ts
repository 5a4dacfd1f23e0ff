/**
 * Vehicles with habits: each charges in the morning and at midday near where it works and in the
 * evening near where it lives, about the same energy every time. They are there to be linked: who
 * reads the chain may know a vehicle again by its habits, and must not by anything else. The parts
 * of the day are apart by so much that no two trips of a vehicle overlap, or start in one slot of
 * up to eight hours. Our own construction.
 */
import { drawClipped } from "./distributions.ts";
import type { SeededStream } from "./seededRng.ts";
import type { Position } from "./world.ts";

/** One trip of a day: what differs from the vehicle's others. */
export interface Outing {
  readonly position: Position;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly energyWh: number;
}

/**
 * When a trip of this part of the day starts, uniform, the end excluded; and which of its places a
 * vehicle is near.
 */
export interface PartOfDay {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly place: "home" | "work";
}

export const PARTS_OF_DAY: readonly PartOfDay[] = [
  { fromSeconds: 6 * 3600, untilSeconds: 8 * 3600, place: "work" },
  { fromSeconds: 12 * 3600, untilSeconds: 14 * 3600, place: "work" },
  { fromSeconds: 18 * 3600, untilSeconds: 21 * 3600, place: "home" },
];

/** How far from its place a vehicle is at most, on either axis. */
export const NEAR_PLACE_M = 150;
/** No session is longer. */
export const LONGEST_SESSION_SECONDS = 2 * 3600;
/** Standard deviation of the logarithm of an energy around the usual one. */
const ENERGY_HABIT_SD = 0.1;
/** The usual energy is at most this part of what the longest session gives. */
const USUAL_PART = 0.8;
const LEAST_ENERGY_WH = 1_000;

/**
 * A day of one vehicle, one outing for each of PARTS_OF_DAY.
 * @param wishedWh what it would charge as a rule, if the longest session gives so much
 */
export function drawOutings(
  stream: SeededStream,
  sideM: number,
  meanPowerW: number,
  wishedWh: number,
): readonly Outing[] {
  const places = { home: drawPlace(stream, sideM), work: drawPlace(stream, sideM) };
  const mostWh = (meanPowerW * LONGEST_SESSION_SECONDS) / 3600;
  const usualWh = Math.min(wishedWh, USUAL_PART * mostWh);
  return PARTS_OF_DAY.map(({ fromSeconds, untilSeconds, place }) => {
    const position = drawNear(stream, sideM, places[place]);
    const startSeconds = stream.uniformInt(fromSeconds, untilSeconds - 1);
    const energyWh = drawEnergyWh(stream, usualWh, mostWh);
    const durationSeconds = Math.ceil((energyWh * 3600) / meanPowerW);
    return { position, startSeconds, durationSeconds, energyWh };
  });
}

function drawEnergyWh(stream: SeededStream, usualWh: number, mostWh: number): number {
  const [least, most] = [Math.log(LEAST_ENERGY_WH), Math.log(mostWh)];
  const shape = { mean: Math.log(usualWh), sd: ENERGY_HABIT_SD, least, most };
  return Math.floor(Math.exp(drawClipped(stream, shape)) + 1e-6);
}

function drawPlace(stream: SeededStream, sideM: number): Position {
  return { xM: stream.uniformInt(0, sideM), yM: stream.uniformInt(0, sideM) };
}

function drawNear(stream: SeededStream, sideM: number, { xM, yM }: Position): Position {
  const near = (metres: number): number => {
    const moved = metres + stream.uniformInt(-NEAR_PLACE_M, NEAR_PLACE_M);
    return Math.min(sideM, Math.max(0, moved));
  };
  return { xM: near(xM), yM: near(yM) };
}
