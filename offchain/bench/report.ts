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
  /** Of all messages between the servers, masked records included; of the paper, ciphertexts. */
  readonly bytes: number;
  /** Resident memory of the process at its highest, worker threads included. */
  readonly peakMiB: number;
}

/** How the time of a mode grows: seconds ~ pairs^exponent, over the sizes that were measured. */
export interface GrowthRow {
  readonly mode: string;
  readonly cores: number;
  readonly exponent: number;
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
  readonly growth: readonly GrowthRow[];
}

/** The text of `bench.json`: nothing of the report is left out. */
export function benchJson(report: BenchReport): string {
  const { machine, quick, operations, rounds, growth } = report;
  return `${JSON.stringify({ machine, quick, operations, rounds, growth }, null, 2)}\n`;
}
