/**
 * How long each stage of a round takes. Stages are told apart by what the round asks for; that
 * makes sense on one thread alone, where they do not overlap: what is asked for is done before the
 * asking returns.
 */
import type { EverybodysWork } from "../../market/work.ts";
import type { SecondsPerStage } from "./benchReport.ts";
import { watchedLines, type Lines } from "./tappedLines.ts";

export interface RoundClock {
  /** To be used instead of what it was made of. */
  readonly lines: Lines;
  readonly work: EverybodysWork;
  /** When the round is over. What no other stage accounts for is called sealing. */
  readonly read: () => SecondsPerStage;
}

/**
 * Starts the clock for one round. Admission lasts until the last proof is checked; matching lasts
 * from when the proxy says who takes part to its last exchange, what is dealt included.
 */
export function roundClock(work: EverybodysWork, nowMs: () => number, lines?: Lines): RoundClock {
  const fromMs = nowMs();
  let admittedMs = 0;
  let maskingMs = 0;
  let openingMs = 0;
  let beganMs: number | null = null;
  let endedMs = 0;
  /** Records of the next wave are masked and opened while this one is matched. */
  const withoutRecords = (): number => nowMs() - maskingMs - openingMs;
  const refusedUploads: EverybodysWork["refusedUploads"] = (...given) => {
    const refused = work.refusedUploads(...given);
    admittedMs = nowMs() - fromMs;
    return refused;
  };
  const maskRecords: EverybodysWork["maskRecords"] = (...given) => {
    const startMs = nowMs();
    const masked = work.maskRecords(...given);
    maskingMs += nowMs() - startMs;
    return masked;
  };
  const openRecords: EverybodysWork["openRecords"] = (...given) => {
    const startMs = nowMs();
    const opened = work.openRecords(...given);
    openingMs += nowMs() - startMs;
    return opened;
  };
  const watch = {
    begins: () => {
      beganMs ??= withoutRecords();
    },
    ends: () => {
      endedMs = withoutRecords();
    },
  };
  return {
    lines: watchedLines(watch, lines),
    work: { ...work, refusedUploads, maskRecords, openRecords },
    read: () => {
      const matchingMs = beganMs === null ? 0 : Math.max(0, endedMs - beganMs);
      const othersMs = admittedMs + maskingMs + openingMs + matchingMs;
      return {
        admission: admittedMs / 1_000,
        masking: maskingMs / 1_000,
        opening: openingMs / 1_000,
        matching: matchingMs / 1_000,
        sealing: (nowMs() - fromMs - othersMs) / 1_000,
      };
    },
  };
}
