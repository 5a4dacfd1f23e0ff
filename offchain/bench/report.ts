/**
 * What a benchmark ends with. `bench.json` is this object; its field names are an interface for machines. Times of
 * operations are milliseconds of wall clock, medians; a ratio says how many times the peer's time is ours.
 */

/** One operation at one size of key. */
export interface OperationRow {
  readonly operation: string;
  /** Bits of n. */
  readonly bits: number;
  readonly oursMs: number;
  /** By the package `paillier-bigint`, doing the same work; null for what it does not have. */
  readonly peerMs: number | null;
  /** peerMs / oursMs */
  readonly ratio: number | null;
  /** What `unavoidable` alone took in the same run; null where OpenSSL does not compute. */
  readonly limitMs: number | null;
  /** In words, the exponentiations or multiplications behind `limitMs`. */
  readonly unavoidable: string;
  /** In words, what was measured. */
  readonly how: string;
  /** How many samples the median of ours is of. */
  readonly samples: number;
}

/** One full round of matching in one mode. */
export interface RoundRow {
  readonly mode: string;
  readonly buyers: number;
  readonly sellers: number;
  readonly pairs: number;
  /** That work was shared among. */
  readonly cores: number;
  readonly seconds: number;
  readonly pairsPerSecond: number;
  /** Pairs per second, as a multiple of the faithful implementation on the peer. */
  readonly ratioToPeer: number;
  /** Of all messages. */
  readonly bytes: number;
  readonly peakMiB: number;
}

/** What it was measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly openssl: string;
  /** Name and version of the peer. */
  readonly peer: string;
}

export interface BenchReport {
  readonly machine: Machine;
  /** Whether it was measured in a hurry. */
  readonly quick: boolean;
  readonly operations: readonly OperationRow[];
  readonly rounds: readonly RoundRow[];
}

/** The text of `bench.json`: nothing of the report is left out. */
export function benchJson({ machine, quick, operations, rounds }: BenchReport): string {
  return `${JSON.stringify({ machine, quick, operations, rounds }, null, 2)}\n`;
}
