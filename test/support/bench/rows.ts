/** A report of few rows, for the tests of what becomes of one. */
import type {
  CredentialRow,
  BenchReport,
  KeyLengthRow,
  OperationRow,
  RoundRow,
} from "../../../offchain/study/bench/benchReport.ts";

export function operationRow(
  operation: string,
  bits: number,
  oursMs: number,
  peerMs: number | null,
  limitMs: number | null,
): OperationRow {
  return {
    operation,
    bits,
    oursMs,
    peerMs,
    ratio: peerMs === null ? null : peerMs / oursMs,
    limitMs,
    unavoidable: "an exponentiation",
    how: `${operation} as we do`,
    samples: 7,
  };
}

export const OPERATION_ROWS: readonly OperationRow[] = [
  operationRow("encrypt", 2048, 2, 84, 1),
  operationRow("add", 2048, 0.0125, 0.0125, 0.0125),
  operationRow("prove", 2048, 32, null, 16),
  operationRow("encrypt", 3072, 5, 1_234, null),
];

const ROUND_ROW: RoundRow = {
  mode: "paper",
  buyers: 100,
  sellers: 100,
  pairs: 10_000,
  cores: 1,
  seconds: 0.5,
  samples: 3,
  pairsPerSecond: 20_000,
  ratioToPeer: 3_000,
  bytes: 1_000_000,
  peakMiB: 90,
};

/** Two ways at two lengths. */
export const KEY_LENGTH_ROWS: readonly KeyLengthRow[] = [
  { operation: "encrypt", variant: "plain", bits: 1024, ms: 1 },
  { operation: "encrypt", variant: "plain", bits: 2048, ms: 8 },
  { operation: "decrypt", variant: "paillier-bigint, CRT", bits: 1024, ms: 6 },
  { operation: "decrypt", variant: "paillier-bigint, CRT", bits: 2048, ms: 36.5 },
];

/** What the peer was measured at. */
export const PEER_ROW: RoundRow = {
  ...ROUND_ROW,
  mode: "paillier-bigint",
  buyers: 1,
  sellers: 5,
  pairs: 5,
  seconds: 1,
  pairsPerSecond: 5,
  ratioToPeer: 1,
};

/** A series at three sizes whose time grows as the square root of the pairs. */
export const ROUND_ROWS: readonly RoundRow[] = [100, 400, 1_600].map((pairs) => {
  const seconds = Math.sqrt(pairs) / 100;
  return {
    ...ROUND_ROW,
    mode: "strict",
    cores: 2,
    buyers: Math.sqrt(pairs),
    sellers: Math.sqrt(pairs),
    pairs,
    seconds,
    pairsPerSecond: pairs / seconds,
  };
});

export const CREDENTIAL_ROWS: readonly CredentialRow[] = [
  {
    operation: "show",
    oursMs: 40,
    limitMs: 32,
    bytes: 405,
    unavoidable: "multiplications",
    how: "shown as we do",
    samples: 9,
  },
  {
    operation: "verify",
    oursMs: 60,
    limitMs: null,
    bytes: null,
    unavoidable: "pairings",
    how: "verified as we do",
    samples: 9,
  },
];

export const BENCH_REPORT: BenchReport = {
  machine: { processor: "A processor", cores: 2, node: "24.0.0", openssl: "3.5.0", peer: "peer 1" },
  quick: true,
  operations: OPERATION_ROWS,
  rounds: [ROUND_ROW],
  growth: [{ mode: "paper", cores: 1, exponent: 1.01, memoryExponent: 0.01 }],
  keyLengths: KEY_LENGTH_ROWS,
  credentials: CREDENTIAL_ROWS,
};
