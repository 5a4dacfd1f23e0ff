/** The records of meters in a report, as a file that anybody can check. */
import type { MarketReport, Trade } from "./report.ts";

/** A record that was settled on. */
export interface MeterCase {
  readonly session: Trade["session"];
  readonly pile: Trade["pile"];
  readonly record: Trade["meterRecord"];
  readonly public_key: Trade["meterKey"];
}

/** What the meters have signed, with their keys: `meter verify` reads it. */
export function meterCases({ trades }: Pick<MarketReport, "trades">): {
  readonly cases: readonly MeterCase[];
} {
  const cases = trades
    .filter(({ meterRecord }) => meterRecord !== null)
    .map(({ session, pile, meterRecord: record, meterKey }) => ({
      session,
      pile,
      record,
      public_key: meterKey,
    }));
  return { cases };
}
