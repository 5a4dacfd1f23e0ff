/**
 * All attacks on all ways to cloak, as a table. Every trial has a scene, a session and a target of
 * its own, so trials are independent and the bound's standard error is right.
 */
import { drawsOf, type Draws } from "../../core/cloak/draws.ts";
import { cellOf, distanceM } from "../../core/cloak/grid.ts";
import { closedNeighbourhood, isComplete, nearGraph } from "./paperReproduction/graph.ts";
import type { CentreRule, PaperSettings } from "./paperReproduction/paperCloak.ts";
import type { CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import type { Rng } from "../../core/primitives/random.ts";
import {
  coOccurring,
  fullestCell,
  intersecting,
  likeliestSender,
  nearestToCentre,
  samePosition,
} from "./attackers.ts";
import {
  bucketCloaking,
  paperCloaking,
  placesAt,
  unpinnedCloaking,
  unshuffledCloaking,
  type Chance,
  type Cloaking,
  type Session,
  type Told,
} from "./sessions.ts";
import { gatheredTraffic, type Scene, type Traffic } from "./traffic.ts";
import { boundOf, OURS, PAPER, successOf, type AttackResult } from "./trials.ts";

/** A session and whom it is about. */
interface Trial {
  readonly scene: Scene;
  readonly session: Session;
  readonly target: number;
  readonly draws: Draws;
}

/** Whether the guess is right; null where there is nothing to attack. */
type Attack = (trial: Trial) => boolean | null;

/** One row of the table: who attacks what, and with which probability it may succeed. */
interface Row {
  readonly name: string;
  readonly mode: string;
  readonly traffic: Traffic;
  readonly cloaking: Cloaking;
  readonly attack: Attack;
  readonly promised: number;
}

/** How the paper's algorithm is run beside a rule: the same k and δ, graphs of twice as many. */
export function paperSettingsFor({ k, leastSpreadM }: CloakRule): PaperSettings {
  return {
    k,
    r: 2 * k,
    leastSpreadM,
    edgeM: 1_500,
    seconds: 60,
    leastRadiusM: 500,
    mostRadiusM: 64_000,
    mostExchanges: 50,
  };
}

/**
 * The table for a kind of traffic.
 * @param trials of each row, at least 1
 * @throws CloakError E_CLOAK_RULE; E_CLOAK_TRAFFIC where the traffic is too thin to be cloaked
 */
export function attackSuite(
  traffic: Traffic,
  rule: CloakRule,
  trials: number,
  rng: Rng,
): readonly AttackResult[] {
  return resultsOf(rowsOf(traffic, rule), trials, rng);
}

/**
 * The part of the table that is about reciprocal buckets: what the product promises.
 * @throws like `attackSuite`
 */
export function bucketAttacks(
  traffic: Traffic,
  rule: CloakRule,
  trials: number,
  rng: Rng,
): readonly AttackResult[] {
  const ours = rowsOf(traffic, rule).filter(({ mode }) => mode === OURS);
  return resultsOf(ours, trials, rng);
}

function resultsOf(rows: readonly Row[], trials: number, rng: Rng): readonly AttackResult[] {
  const chance = { rng, draws: drawsOf(rng) };
  return rows.map((row) => ({
    name: row.name,
    mode: row.mode,
    success: successOf(`${row.name}, ${row.mode}`, trials, () => tried(row, chance)),
    bound: boundOf(row.promised, trials),
    trials,
  }));
}

function tried({ traffic, cloaking, attack }: Row, chance: Chance): boolean | null {
  const scene = traffic.sceneOf(chance.draws);
  if (scene.length === 0) return null;
  const target = chance.draws.below(scene.length);
  return attack({ scene, session: cloaking(scene, chance), target, draws: chance.draws });
}

/** Requests of a session of which the intersection is taken. */
const SESSION_LENGTHS: readonly number[] = [1, 2, 3, 6];
/** Sender inference tries all assignments: so few vehicles, with this k. */
const FEW = { vehicles: 6, k: 3 } as const;

function rowsOf(traffic: Traffic, rule: CloakRule): readonly Row[] {
  const settings = paperSettingsFor(rule);
  const [paper, ours] = [paperCloaking(settings), bucketCloaking(rule)];
  const byMode = (name: string, attack: Attack, promised: number, on: Traffic): readonly Row[] => [
    { name, mode: PAPER, traffic: on, cloaking: paper, attack, promised },
    { name, mode: OURS, traffic: on, cloaking: ours, attack, promised },
  ];
  const straw = (name: string, mode: string, cloaking: Cloaking, attack: Attack): Row => {
    return { name, mode: `straw man: ${mode}`, traffic, cloaking, attack, promised: 1 / rule.k };
  };
  const gathered = gatheredTraffic(traffic);
  const homogeneous = homogeneity(rule.cellM);
  const longest = Math.max(...SESSION_LENGTHS);
  return [
    ...byMode("co-occurrence", coOccurrence, 1 / rule.k, traffic),
    ...senderRows(traffic, rule),
    ...byMode("centre", centre, 1 / rule.k, traffic),
    straw("centre", "target in the centre", paperCloaking(settings, atTarget), centre),
    ...SESSION_LENGTHS.flatMap((length) =>
      byMode(intersectionName(length), intersection(length), 1 / rule.k, traffic),
    ),
    straw(
      intersectionName(longest),
      "buckets drawn anew",
      unpinnedCloaking(rule),
      intersection(longest),
    ),
    ...byMode("homogeneity", homogeneous, 1 / rule.l, gathered),
    {
      ...straw("homogeneity", "no diversity", bucketCloaking(undiverse(rule)), homogeneous),
      traffic: gathered,
      promised: 1 / rule.l,
    },
    ...byMode("order", order, 1 / rule.k, traffic),
    straw("order", "lists not shuffled", unshuffledCloaking(settings), order),
  ];
}

function intersectionName(length: number): string {
  return `intersection of ${length} request${length === 1 ? "" : "s"}`;
}

function undiverse(rule: CloakRule): CloakRule {
  return { ...rule, l: 1, leastSpreadM: 0 };
}

const atTarget: CentreRule = (target) => target;

/** All requests of one moment are seen. */
const coOccurrence: Attack = ({ scene, session, target, draws }) => {
  const told = scene.flatMap((_, sender) => session.request(sender, 0) ?? []);
  const distinct = [...new Set(told)];
  const seen = distinct.map((one) => one.seen);
  const guess = coOccurring(seen, session.ids[target] ?? "", draws);
  if (guess === null) return null;
  return distinct[seen.indexOf(guess.request)]?.owners[guess.entry] === target;
};

const centre: Attack = ({ session, target, draws }) => {
  const told = session.request(target, 0);
  return told === null ? null : isOwner(told, nearestToCentre(told.seen, draws), target);
};

const order: Attack = ({ session, target }) => {
  const told = session.request(target, 0);
  if (told === null) return null;
  return isOwner(told, samePosition(told.seen, session.ids[target] ?? ""), target);
};

function isOwner(told: Told, entry: number | null, target: number): boolean {
  return entry !== null && told.owners[entry] === target;
}

function intersection(length: number): Attack {
  return ({ session, target, draws }) => {
    const steps = Array.from({ length }, (_, step) => session.request(target, step));
    const seen = steps.flatMap((told) => told?.seen ?? []);
    if (seen.length < length) return null;
    return intersecting(seen, draws) === session.ids[target];
  };
}

function homogeneity(cellM: number): Attack {
  return ({ scene, session, target, draws }) => {
    const told = session.request(target, 0);
    const place = placesAt(scene, 0)[target];
    if (told === null || place === undefined) return null;
    const [guess, truth] = [fullestCell(told.seen, cellM, draws), cellOf(place, cellM)];
    return guess?.column === truth.column && guess.row === truth.row;
  };
}

function senderRows(traffic: Traffic, rule: CloakRule): readonly Row[] {
  const few: Traffic = {
    name: traffic.name,
    sceneOf: (draws) => closest(traffic.sceneOf(draws), FEW.vehicles),
  };
  const fewRule = { ...rule, k: FEW.k, l: Math.min(rule.l, FEW.k), leastSpreadM: 0 };
  const shared = {
    name: `sender inference (k = ${FEW.k})`,
    traffic: few,
    promised: 1 / FEW.k,
  };
  return [
    { ...shared, mode: PAPER, cloaking: neighbourhoodCloaking(FEW.k), attack: senderInference },
    { ...shared, mode: OURS, cloaking: bucketCloaking(fewRule), attack: senderInference },
  ];
}

/** Everybody in a small group has sent a request; who sent the target's? */
const senderInference: Attack = ({ scene, session, target, draws }) => {
  const told = scene.map((_, sender) => session.request(sender, 0));
  if (told.includes(null)) return null;
  const requests = told.flatMap((one) => (one === null ? [] : [one.seen.ids]));
  return likeliestSender(requests, target, draws) === session.ids[target];
};

function closest(scene: Scene, count: number): Scene {
  const [from] = placesAt(scene, 0);
  if (from === undefined || scene.length < count) return [];
  const awayM = ({ track: [place] }: Scene[number]): number =>
    place === undefined ? Infinity : distanceM(place, from);
  return scene.toSorted((a, b) => awayM(a) - awayM(b)).slice(0, count);
}

/**
 * The paper's requests in its own tables: everybody asks for its closed neighbourhood, in a graph
 * in which all have k − 1 neighbours and which is not complete.
 */
function neighbourhoodCloaking(k: number): Cloaking {
  return (scene, { draws }) => {
    const places = placesAt(scene, 0);
    const ids = places.map((_, index) => `${draws.below(2 ** 32)}-${index}`);
    const graph = nearGraph(places, leastEdgeM(scene, k));
    const request = (sender: number): Told | null => {
      const members = closedNeighbourhood(graph, sender);
      if (members.length < k || isComplete(graph)) return null;
      const entries = members.flatMap((member) => places[member] ?? []);
      const at = places[sender] ?? { xM: 0, yM: 0 };
      const inRequest = members.map((member) => ids[member] ?? "");
      return { seen: { ids: inRequest, entries, centre: at }, owners: members };
    };
    return { ids, request };
  };
}

/** The shortest edge with which everybody has k − 1 neighbours, in metres. */
function leastEdgeM(scene: Scene, k: number): number {
  const places = placesAt(scene, 0);
  const reachesM = places.map((place) => {
    const awayM = places.map((other) => distanceM(place, other)).sort((a, b) => a - b);
    return awayM[k - 1] ?? Infinity;
  });
  return Math.max(...reachesM);
}
