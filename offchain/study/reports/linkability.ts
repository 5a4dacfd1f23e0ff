/**
 * How well somebody who reads the chain links two sessions of one vehicle. The chain shows, for
 * every session, an account, a pile, a slot, amounts, energy and power, and every movement of
 * money; it does not show whose an account is. Six attackers each use one kind of trace: asked with
 * a session whose vehicle has another one, in another slot, an attacker names one of the other
 * sessions. `account` and `funding` find what the market's construction leaves behind, and stay at
 * chance on it; `amount`, `pile`, `energy` and `time` find habits, which no construction hides from
 * somebody who sees what was charged where and when, and may stay above chance. The measure is our
 * own.
 */
import { SECONDS_PER_DAY } from "../../core/messages/lifetimes.ts";
import { seededStream, type Seed, type SeededStream } from "../worlds/seededRng.ts";

/** What the chain shows of one session. */
export interface SessionTrace {
  readonly session: string;
  /** The vehicle's account in it. */
  readonly account: string;
  /** The pile's account. */
  readonly pile: string;
  readonly slot: number;
  /** Unix time, or any other clock whose days are 86,400 seconds. */
  readonly startsAt: number;
  readonly energyWh: number;
  readonly paidUnits: bigint;
  readonly powerW: number;
  /** What the account was credited with for the session, in token units. */
  readonly deposit: bigint;
}

/**
 * One movement of tokens or gas. A deposit is from its sender to the account that it names, a
 * withdrawal likewise.
 */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
  readonly atSeconds: number;
}

export interface ChainView {
  readonly sessions: readonly SessionTrace[];
  readonly transfers: readonly Transfer[];
}

/** How often one attacker was right. */
export interface LinkabilityRow {
  readonly name: string;
  /** Part of the trials in which the named session was the vehicle's. */
  readonly success: number;
  /** The same for somebody who names any session of another slot, blindly. */
  readonly chance: number;
  /** chance + 4 standard errors. */
  readonly bound: number;
  /**
   * Sessions whose vehicle has one in another slot; 0 where no vehicle comes back, and then
   * everything is 0.
   */
  readonly trials: number;
}

/** How unlikely it is that two sessions are one vehicle's; who attacks names a least one. */
type Distance = (one: SessionTrace, other: SessionTrace) => number;

/** A session that is asked about. */
interface Trial {
  readonly target: SessionTrace;
  /** All sessions of other slots. */
  readonly candidates: readonly SessionTrace[];
  readonly right: ReadonlySet<SessionTrace>;
}

/** Who serves this part of all sessions tells nothing about any. */
const NEARLY_EVERYBODY = 0.9;
/** How far money is followed. */
const MOST_HOPS = 3;
/** Leftovers come back in whole coins, so an amount that moves on may have lost less than this. */
const ROUNDING_UNITS = 1_000n;

/**
 * One row for each attacker, in a fixed order. Plain data in and out; the same seed gives the same
 * rows.
 * @param vehicleOf the truth: the vehicle of each session
 * @param seed breaks ties
 */
export function linkability(
  view: ChainView,
  vehicleOf: ReadonlyMap<string, string>,
  seed: Seed,
): readonly LinkabilityRow[] {
  const trials = trialsOf(view.sessions, vehicleOf);
  const attackers: Readonly<Record<string, Distance>> = {
    account: sameAccount,
    funding: fundingDistance(view),
    amount: amountDistance(view.sessions),
    pile: samePile,
    energy: energyDistance,
    time: timeDistance,
  };
  return Object.entries(attackers).map(([name, distance]) =>
    rowOf(name, trials, distance, seededStream(seed, `linkability/${name}`)),
  );
}

function trialsOf(
  sessions: readonly SessionTrace[],
  vehicleOf: ReadonlyMap<string, string>,
): readonly Trial[] {
  return sessions.flatMap((target) => {
    const vehicle = vehicleOf.get(target.session);
    const candidates = sessions.filter(({ slot }) => slot !== target.slot);
    const right = candidates.filter(({ session }) => vehicleOf.get(session) === vehicle);
    const asked = vehicle !== undefined && right.length > 0;
    return asked ? [{ target, candidates, right: new Set(right) }] : [];
  });
}

function rowOf(
  name: string,
  trials: readonly Trial[],
  distance: Distance,
  stream: SeededStream,
): LinkabilityRow {
  const count = trials.length;
  if (count === 0) return { name, success: 0, chance: 0, bound: 0, trials: 0 };
  const hits = trials.filter(({ target, candidates, right }) => {
    const guess = nearest(candidates, (candidate) => distance(target, candidate), stream);
    return guess !== undefined && right.has(guess);
  });
  const blind = trials.map(({ candidates, right }) => right.size / candidates.length);
  const chance = blind.reduce((sum, share) => sum + share, 0) / count;
  const bound = chance + 4 * Math.sqrt((chance * (1 - chance)) / count);
  return { name, success: hits.length / count, chance, bound, trials: count };
}

/** One of the candidates with the least distance, at random. */
function nearest(
  candidates: readonly SessionTrace[],
  distanceOf: (candidate: SessionTrace) => number,
  stream: SeededStream,
): SessionTrace | undefined {
  const distances = candidates.map(distanceOf);
  const least = distances.reduce((a, b) => Math.min(a, b), Infinity);
  const ties = candidates.filter((_, i) => distances[i] === least);
  return ties[stream.uniformInt(0, Math.max(0, ties.length - 1))];
}

const sameAccount: Distance = (one, other) => Number(one.account !== other.account);
const samePile: Distance = (one, other) => Number(one.pile !== other.pile);

/** Apart by factors: twice the energy is as far as half of it. */
const energyDistance: Distance = (one, other) =>
  factor(one.energyWh, other.energyWh) + factor(one.powerW, other.powerW);

function factor(a: number, b: number): number {
  return Math.abs(Math.log(Math.max(1, a)) - Math.log(Math.max(1, b)));
}

/**
 * Time of day, round the clock. In the sessions of one day that is the nearest in time, mostly of
 * the next slot.
 */
const timeDistance: Distance = (one, other) => {
  const apart = Math.abs(one.startsAt - other.startsAt) % SECONDS_PER_DAY;
  return Math.min(apart, SECONDS_PER_DAY - apart);
};

/**
 * An amount that moves on: what one session left is what the other was credited with. Amounts with
 * which nearly everybody is credited tell nothing. Else the nearest leftovers.
 */
function amountDistance(sessions: readonly SessionTrace[]): Distance {
  const byDeposit = Map.groupBy(sessions, ({ deposit }) => deposit);
  const common = new Set(
    [...byDeposit]
      .filter(([, all]) => servesNearlyAll(all.length, sessions))
      .map(([units]) => units),
  );
  const gapBetween = (one: SessionTrace, other: SessionTrace): bigint =>
    common.has(other.deposit) ? ROUNDING_UNITS : difference(leftoverOf(one), other.deposit);
  return (one, other) => {
    const gaps = [gapBetween(one, other), gapBetween(other, one)];
    const least = gaps.reduce((a, b) => (a < b ? a : b));
    // Below any distance between leftovers, and the nearer to 0 the gap the farther below.
    if (least < ROUNDING_UNITS) return Number(least - ROUNDING_UNITS);
    return Number(difference(leftoverOf(one), leftoverOf(other)));
  };
}

function leftoverOf({ deposit, paidUnits }: SessionTrace): bigint {
  return deposit - paidUnits;
}

function difference(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

/**
 * Follows the money of an account back to who sent it and on to who got it, up to MOST_HOPS steps,
 * neither through piles, which everybody pays, nor through who serves nearly everybody. Two
 * sessions are as near as the rarest place to which both lead is rare.
 */
function fundingDistance({ sessions, transfers }: ChainView): Distance {
  const piles = new Set(sessions.map(({ pile }) => pile));
  const followed = transfers.filter(({ from, to }) => !piles.has(from) && !piles.has(to));
  const [senders, receivers] = [sendersOf(followed), receiversOf(followed)];
  const near = sessions.map(({ account }) => {
    return new Set([...(senders.get(account) ?? []), ...(receivers.get(account) ?? [])]);
  });
  const common = commonAmong(near, sessions);
  const reached = sessions.map(({ account }) => {
    const [back, on] = [senders, receivers].map((next) => reachedFrom(account, next, common));
    return new Set([account, ...(back ?? []), ...(on ?? [])]);
  });
  const counts = countsOf(reached);
  const placesOf = new Map(
    sessions.map((session, i) => [session, reached[i] ?? new Set<string>()]),
  );
  return (one, other) => {
    const shared = [...(placesOf.get(one) ?? [])].filter((place) =>
      placesOf.get(other)?.has(place),
    );
    const known = shared.map((place) => counts.get(place) ?? 0);
    return Math.min(...known.filter((count) => !servesNearlyAll(count, sessions)));
  };
}

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>;

function sendersOf(transfers: readonly Transfer[]): Neighbours {
  const groups = Map.groupBy(transfers, ({ to }) => to);
  return new Map([...groups].map(([to, all]) => [to, new Set(all.map(({ from }) => from))]));
}

function receiversOf(transfers: readonly Transfer[]): Neighbours {
  return sendersOf(transfers.map((one) => ({ ...one, from: one.to, to: one.from })));
}

function reachedFrom(
  account: string,
  next: Neighbours,
  common: ReadonlySet<string>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  let border = new Set([account]);
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const beyond = [...border].flatMap((place) => [...(next.get(place) ?? [])]);
    border = new Set(beyond.filter((place) => !common.has(place) && !reached.has(place)));
    for (const place of border) reached.add(place);
  }
  return reached;
}

function commonAmong(
  sets: readonly ReadonlySet<string>[],
  sessions: readonly SessionTrace[],
): ReadonlySet<string> {
  const counts = [...countsOf(sets)].filter(([, count]) => servesNearlyAll(count, sessions));
  return new Set(counts.map(([place]) => place));
}

/** In how many of the sets each place is. */
function countsOf(sets: readonly ReadonlySet<string>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const place of sets.flatMap((set) => [...set])) {
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

function servesNearlyAll(count: number, sessions: readonly SessionTrace[]): boolean {
  return count >= NEARLY_EVERYBODY * sessions.length;
}
