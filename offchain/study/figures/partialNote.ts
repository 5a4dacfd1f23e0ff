/** What tables and figures of an interrupted day say of it, so that nobody takes it for a whole. */
import type { MarketReport } from "../reports/report.ts";

/** Nothing for a whole day. */
export function partialNotes({ partial }: Pick<MarketReport, "partial">): readonly string[] {
  if (partial === null) return [];
  const { slotsDone, slots } = partial;
  return [`PARTIAL: interrupted, ${slotsDone} of ${slots} slots`];
}
