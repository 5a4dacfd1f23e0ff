/**
 * What every function used when somebody last looked at it, kept in the repository, and what has
 * changed since. Growth is refused, so that it is noticed when it is made and not when it is paid;
 * what has become cheaper is told, so that the snapshot can be taken again.
 */
import type { GasRow } from "../../chain/gasLedger.ts";
import { GAS_GOALS, type GasGoal } from "./gasGoals.ts";

/** Average gas by "Contract.function", of a run on the named world. */
export interface GasSnapshot {
  readonly scenario: string;
  readonly seed: string;
  readonly averages: Readonly<Record<string, number>>;
}

export class GasSnapshotError extends Error {
  override readonly name = "GasSnapshotError";
  readonly code: "E_GAS_SNAPSHOT" | "E_GAS_CHECK";

  constructor(code: GasSnapshotError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** What an average may grow by: a hundredth, or this much if a hundredth is less. */
const GROWTH_GAS = 500;
const GROWTH_DIVISOR = 100;
/**
 * Salts of a day are real randomness: a byte of calldata that happens to be zero costs 12 less, a
 * thousandth at most.
 */
const NOISE_DIVISOR = 1_000;

/** What a comparison finds, a sentence each. */
export interface GasFindings {
  /** Why the check fails. Empty if it holds. */
  readonly failures: readonly string[];
  /** Averages that fell by more than they may grow. */
  readonly savings: readonly string[];
}

/**
 * Holds `rows` against the snapshot and against the goals. A function that is in one of them only
 * is a failure.
 */
export function compareGas(
  snapshot: GasSnapshot,
  rows: readonly GasRow[],
  goals: readonly GasGoal[] = GAS_GOALS,
): GasFindings {
  const measured = averagesOf(rows);
  const known = new Map(Object.entries(snapshot.averages));
  const names = [...new Set([...known.keys(), ...measured.keys()])].sort();
  const changes = names.map((name) => changeOf(name, known.get(name), measured.get(name)));
  return {
    failures: [
      ...changes.filter(({ fails }) => fails).map(({ sentence }) => sentence),
      ...goals.flatMap((goal) => missOf(goal, measured)),
    ],
    savings: changes.flatMap(({ fails, sentence }) => (fails || sentence === "" ? [] : [sentence])),
  };
}

/**
 * The snapshot to keep: `rows`, but where one differs by chance only, the average that is there
 * already.
 */
export function renewedSnapshot(
  { scenario, seed }: Pick<GasSnapshot, "scenario" | "seed">,
  rows: readonly GasRow[],
  before: GasSnapshot | null,
): GasSnapshot {
  const kept = ([name, now]: readonly [string, number]): [string, number] => {
    const old = before?.averages[name];
    const isChance = old !== undefined && Math.abs(old - now) * NOISE_DIVISOR <= old;
    return [name, isChance ? old : now];
  };
  const averages = Object.fromEntries([...averagesOf(rows)].sort(byName).map(kept));
  return { scenario, seed, averages };
}

/**
 * @throws GasSnapshotError E_GAS_SNAPSHOT unless `text` is what `renewedSnapshot` makes, as JSON
 */
export function parseSnapshot(text: string): GasSnapshot {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = null;
  }
  if (isSnapshot(content)) return content;
  const expected = "expected an object of scenario, seed and averages";
  throw new GasSnapshotError("E_GAS_SNAPSHOT", `parseSnapshot: ${expected}, got something else`);
}

interface Change {
  readonly fails: boolean;
  /** Empty if there is nothing to say. */
  readonly sentence: string;
}

function changeOf(name: string, before: number | undefined, now: number | undefined): Change {
  if (before === undefined || now === undefined) {
    const what = before === undefined ? "not in the snapshot" : `${whole(before)} in the snapshot`;
    const seen = now === undefined ? "not called now" : `${whole(now)} now`;
    return { fails: true, sentence: `${name}: ${what}, ${seen}` };
  }
  const allowed = Math.max(GROWTH_GAS, Math.floor(before / GROWTH_DIVISOR));
  const moved = now - before;
  const sentence = `${name}: ${whole(before)} before, ${whole(now)} now`;
  if (moved > allowed) {
    return {
      fails: true,
      sentence: `${sentence}, ${whole(moved - allowed)} more than it may grow`,
    };
  }
  return { fails: false, sentence: moved < -allowed ? sentence : "" };
}

function missOf({ contract, function: name, goal }: GasGoal, measured: Averages): string[] {
  const now = measured.get(`${contract}.${name}`);
  if (now !== undefined && now <= goal) return [];
  const seen = now === undefined ? "not called" : `${whole(now)} now`;
  return [`${contract}.${name}: the goal is ${whole(goal)}, ${seen}`];
}

type Averages = ReadonlyMap<string, number>;

function averagesOf(rows: readonly GasRow[]): Averages {
  return new Map(rows.map((row) => [`${row.contract}.${row.function}`, row.avg]));
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSnapshot(content: unknown): content is GasSnapshot {
  if (typeof content !== "object" || content === null) return false;
  const { scenario, seed, averages } = content as Readonly<Record<string, unknown>>;
  return (
    typeof scenario === "string" &&
    typeof seed === "string" &&
    typeof averages === "object" &&
    averages !== null &&
    Object.values(averages).every((average) => Number.isSafeInteger(average))
  );
}

function whole(gas: number): string {
  return gas.toLocaleString("en");
}
