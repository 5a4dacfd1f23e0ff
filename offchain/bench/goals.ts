/**
 * What the engine is meant to reach, against what was measured: keys of 2,048 bits, ratios to the package
 * `paillier-bigint` in the same run. People read it; nothing depends on it.
 */
import type { BenchReport, GoalRow, OperationRow, RoundRow } from "./report.ts";

const KEY_BITS = 2_048;
/** I = J of the rounds that goals are about. */
export const GOAL_SIZE = 100;
export const ENCRYPT_RATIO = 30;
export const DECRYPT_RATIO = 14;
export const PAPER_RATIO = 10_000;
/** Pairs per second on one core. */
export const MASKED_PER_SECOND = 1_000;
export const MASKED_LEAST_PER_SECOND = 500;
export const MASKED_RATIO = 140;
/** Of two cores over one. */
export const SECOND_CORE_GAIN = 1.8;
export const MOST_GROWTH = 1.02;
/** Resident memory is called flat below this exponent. */
export const MOST_MEMORY_GROWTH = 0.1;

/** What a goal is made of: null for what was not measured. */
type Reading = number | null;

/** In the order in which the goals were set. */
export function goalsOf(report: Omit<BenchReport, "goals">): readonly GoalRow[] {
  const { operations, rounds, growth } = report;
  const masked = roundOf(rounds, "masked", 1);
  const strict = roundOf(rounds, "strict", 1);
  const shared = rounds.find(
    ({ mode, buyers, gain }) => mode === "masked" && buyers === GOAL_SIZE && gain !== undefined,
  );
  const size = `${GOAL_SIZE} × ${GOAL_SIZE}`;
  return [
    atLeast("encrypt with fresh randomness, ratio", ENCRYPT_RATIO, ratioOf(operations, "encrypt")),
    atLeast("decrypt, ratio", DECRYPT_RATIO, ratioOf(operations, "decrypt")),
    atLeast(`paper, ${size}, ratio`, PAPER_RATIO, roundOf(rounds, "paper", 1)?.ratioToPeer ?? null),
    atLeast(`masked, ${size}, pairs/s a core`, MASKED_PER_SECOND, masked?.pairsPerSecond ?? null),
    atLeast(`masked, ${size}, ratio a core`, MASKED_RATIO, masked?.ratioToPeer ?? null),
    said(`strict, ${size}, pairs/s a core`, strict?.pairsPerSecond ?? null),
    said(`strict, ${size}, ratio a core`, strict?.ratioToPeer ?? null),
    atLeast(
      `masked, ${size}, ${shared?.cores ?? 2} cores over one`,
      SECOND_CORE_GAIN,
      shared?.gain ?? null,
    ),
    atMost(
      "growth of time with pairs, exponent",
      MOST_GROWTH,
      largest(growth.map(({ exponent }) => exponent)),
    ),
    atMost(
      "growth of resident memory, exponent",
      MOST_MEMORY_GROWTH,
      largest(growth.map(({ memoryExponent }) => memoryExponent)),
    ),
  ];
}

function largest(values: readonly number[]): Reading {
  return values.length === 0 ? null : Math.max(...values);
}

function ratioOf(operations: readonly OperationRow[], name: string): Reading {
  return (
    operations.find(({ operation, bits }) => operation === name && bits === KEY_BITS)?.ratio ?? null
  );
}

function roundOf(rounds: readonly RoundRow[], name: string, on: number): RoundRow | undefined {
  return rounds.find(
    ({ mode, buyers, cores }) => mode === name && buyers === GOAL_SIZE && cores === on,
  );
}

function atLeast(what: string, goal: number, measured: Reading): GoalRow {
  return { what, goal, is: "at least", measured, met: measured === null ? null : measured >= goal };
}

function atMost(what: string, goal: number, measured: Reading): GoalRow {
  return { what, goal, is: "at most", measured, met: measured === null ? null : measured <= goal };
}

/** No goal was set. */
function said(what: string, measured: Reading): GoalRow {
  return { what, goal: null, is: "measured", measured, met: null };
}
