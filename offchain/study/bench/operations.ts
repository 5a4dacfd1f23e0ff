/**
 * The operations of the engine, timed beside the package `paillier-bigint` and beside what neither
 * can avoid. Run by anybody who wants to know what their machine makes of them; nothing is
 * concluded from the times here.
 */
import { powerImplementation } from "../../core/primitives/modexp.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { arithmeticOperations } from "./arithmeticOperations.ts";
import { decryptionOperations } from "./decryptionOperations.ts";
import { encryptionOperations } from "./encryptionOperations.ts";
import { type Effort, measureSideBySide, type Watch } from "./measure.ts";
import type { Operation } from "./operation.ts";
import { proofOperations } from "./proofOperations.ts";
import type { OperationRow } from "./benchReport.ts";
import { dealSubject, type DealKeys } from "./subject.ts";

/** How thoroughly to measure. */
export interface OperationsPlan {
  readonly keyBits: readonly number[];
  /** For an operation of weight 1. */
  readonly effort: Effort;
  /** How many proofs are verified together. */
  readonly proofs: number;
}

/** Some 25 seconds where nothing else runs. */
export const QUICK_OPERATIONS: OperationsPlan = {
  keyBits: [2048],
  effort: { rounds: 3, milliseconds: 300 },
  proofs: 50,
};

/** Some 140 seconds where nothing else runs. */
export const FULL_OPERATIONS: OperationsPlan = {
  keyBits: [2048, 3072],
  effort: { rounds: 3, milliseconds: 1_500 },
  proofs: 50,
};

/** What a benchmark works with; all of it is handed in. */
export interface Bench extends Watch {
  readonly rng: Rng;
  readonly deal: DealKeys;
  readonly progress: BenchProgress;
}

/** Where a benchmark reports how far it is. */
export interface BenchProgress {
  readonly say: (line: string) => void;
  readonly update: (stage: string, done: number, total: number) => void;
}

/** The two sides came to different results: to compare their times would mean nothing. */
export class DisagreementError extends Error {
  override readonly name = "DisagreementError";
  readonly code = "E_BENCH_DISAGREEMENT";
}

/**
 * A row for every operation and size of key, sizes in the order of the plan.
 * @throws DisagreementError; the reason of the signal.
 */
export async function measureOperations(
  { keyBits, effort, proofs }: OperationsPlan,
  bench: Bench,
): Promise<readonly OperationRow[]> {
  const rows: OperationRow[] = [];
  for (const bits of keyBits) {
    bench.progress.say(`operations with keys of ${bits} bits`);
    const operations = await operationsAt(bits, proofs, bench);
    for (const [done, operation] of operations.entries()) {
      bench.progress.update(`${bits} bits: ${operation.name}`, done, operations.length);
      rows.push(await measureOperation(operation, bits, effort, bench));
    }
    bench.progress.update(`${bits} bits`, operations.length, operations.length);
  }
  return rows;
}

async function operationsAt(
  bits: number,
  proofs: number,
  bench: Bench,
): Promise<readonly Operation[]> {
  bench.progress.update(`${bits} bits: keys, tables, proofs`, 0, 1);
  const subject = await dealSubject(bits, bench.deal, bench.rng);
  return [
    ...encryptionOperations(subject),
    ...decryptionOperations(subject),
    ...arithmeticOperations(subject),
    ...(await proofOperations(subject, proofs, bench.signal)),
  ];
}

/** @throws DisagreementError */
export async function measureOperation(
  operation: Operation,
  bits: number,
  { rounds, milliseconds }: Effort,
  watch: Watch,
): Promise<OperationRow> {
  const { name, how, unavoidable, ours, peer, weight } = operation;
  if (!(await operation.agrees())) {
    const expected = `expected the same results on both sides of "${name}" at ${bits} bits`;
    throw new DisagreementError(`measureOperation: ${expected}, got others`);
  }
  const parts = powerImplementation() === "openssl" ? operation.limit() : [];
  const sides = [ours, ...(peer === null ? [] : [peer]), ...parts.map(({ side }) => side)];
  const effort = { rounds, milliseconds: weight * milliseconds };
  const measured = await measureSideBySide(sides, effort, watch);
  const { medianMs: oursMs, samples } = measured(ours);
  const peerMs = peer === null ? null : measured(peer).medianMs;
  const limitMs = parts.reduce((sum, part) => sum + part.times * measured(part.side).medianMs, 0);
  return {
    operation: name,
    bits,
    oursMs,
    peerMs,
    ratio: peerMs === null ? null : peerMs / oursMs,
    limitMs: parts.length === 0 ? null : limitMs,
    unavoidable,
    how,
    samples,
  };
}
