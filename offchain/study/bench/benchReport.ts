/**
 * What a benchmark ends with. `bench.json` is this object; its field names are an interface for
 * machines. Times of operations are milliseconds of wall clock, medians; a ratio says how many
 * times the peer's time is ours.
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

/** One operation of credentials, on BLS12-381, or of coins, on ristretto255. */
export interface CredentialRow extends Pick<
  OperationRow,
  "operation" | "oursMs" | "limitMs" | "unavoidable" | "how" | "samples"
> {
  /** Of what is sent to somebody else; null where nothing is. */
  readonly bytes: number | null;
}

/** Seconds of a round on one core. What belongs to no other stage counts as sealing. */
export interface SecondsPerStage {
  readonly admission: number;
  readonly masking: number;
  readonly opening: number;
  readonly matching: number;
  readonly sealing: number;
}

/** What a round costs beside time, of the market's mode. */
export interface RoundCosts {
  /** From the dealer to the cloud. */
  readonly dealtBytes: number;
  /** Exchanges between the servers for each buyer: one frame of each. */
  readonly exchangesPerBuyer: number;
  /** Of a sealed upload. */
  readonly uploadBytes: number;
  /** In use while it is matched, above what was before, garbage collected. */
  readonly liveMiB: number;
}

/** One full round of matching in one mode. */
export interface RoundRow extends Partial<RoundCosts> {
  readonly mode: string;
  readonly buyers: number;
  readonly sellers: number;
  /** That were compared: sellers that have left are not. */
  readonly pairs: number;
  /** That work was shared among. */
  readonly cores: number;
  /** The median of so many rounds. */
  readonly seconds: number;
  readonly samples: number;
  readonly pairsPerSecond: number;
  /** Pairs per second, as a multiple of the faithful implementation on the peer. */
  readonly ratioToPeer: number;
  /** Of all messages between the servers, masked records included; of the paper, ciphertexts. */
  readonly bytes: number;
  /** Resident memory of the process at its highest, worker threads included. */
  readonly peakMiB: number;
  /** On one core. */
  readonly secondsPerStage?: SecondsPerStage;
  /** On more cores than one: how many times as fast as on one. */
  readonly gain?: number;
  /** Of the paper field by field: milliseconds that one user encrypts. */
  readonly uploadMs?: number;
}

/** How a mode grows over the sizes that were measured: seconds ~ pairs^exponent. */
export interface GrowthRow {
  readonly mode: string;
  readonly cores: number;
  readonly exponent: number;
  /** The same of `peakMiB`. */
  readonly memoryExponent: number;
}

/** One way to encrypt or decrypt at one length of key: the figure of the paper. */
export interface KeyLengthRow {
  readonly operation: "encrypt" | "decrypt";
  readonly variant: string;
  /** Bits of n. */
  readonly bits: number;
  readonly ms: number;
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
  readonly keyLengths: readonly KeyLengthRow[];
  readonly credentials: readonly CredentialRow[];
}

/** The text of `bench.json`: nothing of the report is left out. */
export function benchJson(report: BenchReport): string {
  const { machine, quick, operations, rounds, growth, keyLengths, credentials } = report;
  const content = { machine, quick, operations, rounds, growth, keyLengths, credentials };
  return `${JSON.stringify(content, null, 2)}\n`;
}
