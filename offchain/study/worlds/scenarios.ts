/**
 * Built-in worlds. A scenario is a square of ground, numbers of vehicles and piles, and the
 * distributions of distributions.ts; a seed makes a world of it. Every vehicle makes one trip, but
 * commuters, who make three (commuters.ts). Distances, prices and needs are spread so widely that
 * most requests have a pile and some have none: too far away, too dear, or without the power.
 * Vehicle 3 draws from its own stream, so a larger fleet leaves vehicle 3 as it was. Hours and
 * energies follow the sessions of Dundee in July 2018 (see `../README.md`); the rest is
 * our own construction.
 */
import { drawOutings } from "./commuters.ts";
import {
  drawAsk,
  drawBid,
  drawClipped,
  drawMetres,
  type ClippedNormal,
  type UniformMetres,
} from "./distributions.ts";
import { counted } from "./counted.ts";
import { seededStream, seedText, type Seed, type SeededStream } from "./seededRng.ts";
import { offersOf } from "../../core/messages/features.ts";
import {
  byStart,
  checkWorld,
  type Position,
  type World,
  type WorldPile,
  type WorldTrip,
} from "./world.ts";

export interface Scenario {
  readonly name: string;
  /** For people, in a list of scenarios. */
  readonly summary: string;
  readonly sideM: number;
  readonly vehicles: number;
  readonly piles: number;
  /** The farthest pile that a driver accepts. */
  readonly maxDistanceM: UniformMetres;
  readonly tripsOf: TripsOf;
}

/** The trips of the vehicle with a number, from a stream of its own. */
type TripsOf = (scenario: Scenario, stream: SeededStream, number: string) => readonly WorldTrip[];

/** The built-in scenarios; the first is the default. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "town",
    summary: "3 km x 3 km, 40 vehicles, 25 piles, one day",
    sideM: 3_000,
    vehicles: 40,
    piles: 25,
    maxDistanceM: { least: 400, most: 1_600 },
    tripsOf: singleTrip,
  },
  {
    name: "hamlet",
    summary: "1 km x 1 km, 6 vehicles, 5 piles, one day: for a quick look and for tests",
    sideM: 1_000,
    vehicles: 6,
    piles: 5,
    maxDistanceM: { least: 400, most: 1_200 },
    tripsOf: singleTrip,
  },
  {
    name: "commuters",
    summary: "3 km x 3 km, 14 vehicles with 3 trips each, 25 piles, one day: who comes back",
    sideM: 3_000,
    vehicles: 14,
    piles: 25,
    maxDistanceM: { least: 400, most: 1_600 },
    tripsOf: commuterTrips,
  },
];

export const SCENARIO_NAMES: readonly string[] = SCENARIOS.map((scenario) => scenario.name);

/** The date of a scenario when none is asked for. */
export const SCENARIO_DATE = "2025-07-10";

/** More vehicles or piles than this are refused. */
export const MAX_SCENARIO_COUNT = 10_000;

/** Relative frequency of session starts in each hour of the day. */
export const STARTS_BY_HOUR: readonly number[] = [
  16, 23, 16, 11, 11, 13, 13, 22, 40, 52, 57, 72, 83, 83, 71, 77, 66, 51, 42, 39, 42, 47, 27, 25,
];

/** Nominal powers of piles in watts, and their relative frequency. */
const PILE_POWERS_W: readonly number[] = [7_000, 22_000, 50_000];
const PILE_POWER_WEIGHTS: readonly number[] = [54, 24, 22];

/** What trips need: nothing, fast, fast and rapid; and the relative frequency of each. */
const NEEDS: readonly (readonly boolean[])[] = [
  [false, false],
  [true, false],
  [true, true],
];
const NEEDS_WEIGHTS: readonly number[] = [70, 18, 12];

/** Natural logarithm of the energy in kWh: median 8 kWh, between 1 and 60 kWh. */
const LOG_ENERGY_KWH: ClippedNormal = {
  mean: Math.log(8),
  sd: 0.75,
  least: 0,
  most: Math.log(60),
};

/** Mean power of a session in watts, uniform, by the number of features needed. */
export const MEAN_POWER_W: readonly (readonly [least: number, most: number])[] = [
  [2_000, 7_000],
  [7_001, 20_000],
  [22_001, 45_000],
];

export interface ScenarioOptions {
  readonly seed: Seed;
  /** Instead of the scenario's own number. */
  readonly vehicles?: number | undefined;
  /** Instead of the scenario's own number. */
  readonly piles?: number | undefined;
  /** YYYY-MM-DD; SCENARIO_DATE when undefined. */
  readonly date?: string | undefined;
}

export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly code: "E_SCENARIO_NAME" | "E_SCENARIO_COUNT";

  constructor(code: ScenarioError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The world of a built-in scenario. Same name and options: same world. Throws ScenarioError for a
 * name that is none of SCENARIO_NAMES and for a count outside 1..MAX_SCENARIO_COUNT, WorldError for
 * a date that is none. Run by the market's operator.
 */
export function buildScenario(name: string, options: ScenarioOptions): World {
  const scenario = { ...scenarioOf(name), ...definedCounts(options) };
  const { sideM, vehicles, piles } = scenario;
  const seed = seedText(options.seed);
  return checkWorld({
    title: `${name}: ${counted(vehicles, "vehicle")}, ${counted(piles, "pile")}`,
    date: options.date ?? SCENARIO_DATE,
    seed,
    widthM: sideM,
    heightM: sideM,
    piles: numbered(piles).map((number) => buildPile(scenario, seed, number)),
    trips: byStart(numbered(vehicles).flatMap((number) => buildTrips(scenario, seed, number))),
    unusableRows: [],
    attribution: null,
  });
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  const names = SCENARIO_NAMES.join(", ");
  throw new ScenarioError("E_SCENARIO_NAME", `scenario: expected one of ${names}, got "${name}"`);
}

function definedCounts(options: ScenarioOptions): { vehicles?: number; piles?: number } {
  const { vehicles, piles } = options;
  return {
    ...(vehicles === undefined ? {} : { vehicles: countOf("vehicles", vehicles) }),
    ...(piles === undefined ? {} : { piles: countOf("piles", piles) }),
  };
}

function countOf(what: string, count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_SCENARIO_COUNT) return count;
  const expected = `expected 1 to ${MAX_SCENARIO_COUNT}`;
  throw new ScenarioError("E_SCENARIO_COUNT", `${what}: ${expected}, got ${count}`);
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, "0"));
}

function buildPile(scenario: Scenario, seed: string, number: string): WorldPile {
  const stream = seededStream(seed, `${scenario.name}/pile/${number}`);
  const position = drawPosition(stream, scenario);
  const powerW = at(PILE_POWERS_W, stream.pick(PILE_POWER_WEIGHTS));
  const offers = offersOf(powerW);
  const pricePerKwh = drawAsk(stream, offers);
  return { name: `pile-${number}`, position, powerW, pricePerKwh, offers };
}

function buildTrips(scenario: Scenario, seed: string, number: string): readonly WorldTrip[] {
  const stream = seededStream(seed, `${scenario.name}/vehicle/${number}`);
  return scenario.tripsOf(scenario, stream, number);
}

// The order of draws is part of a scenario: another one is another world for every seed.
function singleTrip(
  scenario: Scenario,
  stream: SeededStream,
  number: string,
): readonly WorldTrip[] {
  const position = drawPosition(stream, scenario);
  const needs = at(NEEDS, stream.pick(NEEDS_WEIGHTS));
  const maxPricePerKwh = drawBid(stream, needs);
  const maxDistanceM = drawMetres(stream, scenario.maxDistanceM);
  const startSeconds = stream.pick(STARTS_BY_HOUR) * 3600 + stream.uniformInt(0, 3599);
  const energyWh = drawEnergyWh(stream);
  const durationSeconds = Math.ceil((energyWh * 3600) / drawMeanPowerW(stream, needs));
  const [name, vehicle] = [`trip-${number}`, `vehicle-${number}`];
  const wish = { maxPricePerKwh, maxDistanceM, needs };
  return [{ name, vehicle, position, ...wish, startSeconds, durationSeconds, energyWh }];
}

/**
 * What a vehicle needs, pays and accepts is the same all day; where, when and how much is its
 * outings'.
 */
function commuterTrips(
  scenario: Scenario,
  stream: SeededStream,
  number: string,
): readonly WorldTrip[] {
  const needs = at(NEEDS, stream.pick(NEEDS_WEIGHTS));
  const maxPricePerKwh = drawBid(stream, needs);
  const maxDistanceM = drawMetres(stream, scenario.maxDistanceM);
  const meanPowerW = drawMeanPowerW(stream, needs);
  const outings = drawOutings(stream, scenario.sideM, meanPowerW, drawEnergyWh(stream));
  return outings.map((outing, index) => ({
    name: `trip-${number}-${index + 1}`,
    vehicle: `vehicle-${number}`,
    maxPricePerKwh,
    maxDistanceM,
    needs,
    ...outing,
  }));
}

function drawEnergyWh(stream: SeededStream): number {
  return Math.round(1000 * Math.exp(drawClipped(stream, LOG_ENERGY_KWH)));
}

function drawPosition(stream: SeededStream, { sideM }: Scenario): Position {
  return { xM: stream.uniformInt(0, sideM), yM: stream.uniformInt(0, sideM) };
}

function drawMeanPowerW(stream: SeededStream, needs: readonly boolean[]): number {
  const [least, most] = at(MEAN_POWER_W, needs.filter(Boolean).length);
  return stream.uniformInt(least, most);
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) {
    throw new RangeError(`scenario: expected an index below ${list.length}, got ${index}`);
  }
  return value;
}
