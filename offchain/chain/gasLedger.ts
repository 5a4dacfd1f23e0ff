/**
 * Gas that transactions really used, by contract and function. Filled as a run goes, never
 * estimated.
 */
export interface GasRow {
  readonly contract: string;
  readonly function: string;
  readonly calls: number;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}

export interface GasLedger {
  readonly record: (contract: string, functionName: string, gasUsed: bigint) => void;
  /** Sorted by contract and function; `avg` is rounded to whole gas. */
  readonly rows: () => readonly GasRow[];
}

/** An empty ledger. */
export function gasLedger(): GasLedger {
  const used = new Map<string, number[]>();
  return {
    record: (contract, functionName, gasUsed) => {
      const key = `${contract}.${functionName}`;
      used.set(key, [...(used.get(key) ?? []), Number(gasUsed)]);
    },
    rows: () => [...used].map(([key, gas]) => rowOf(key, gas)).sort(byName),
  };
}

function rowOf(key: string, gas: readonly number[]): GasRow {
  const [contract = "", name = ""] = key.split(".");
  const sum = gas.reduce((total, one) => total + one, 0);
  return {
    contract,
    function: name,
    calls: gas.length,
    min: Math.min(...gas),
    avg: Math.round(sum / gas.length),
    max: Math.max(...gas),
  };
}

/** The order in which rows are shown: by contract, then by function. */
export function byName(a: GasRow, b: GasRow): number {
  const [left, right] = [`${a.contract}.${a.function}`, `${b.contract}.${b.function}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
