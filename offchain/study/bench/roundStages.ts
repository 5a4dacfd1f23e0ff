/**
 * How long each stage of a round takes. Stages are told apart by what the round asks for; that makes sense on one thread
 * alone, where they do not overlap: what is asked for is done before the asking returns.
 */
import type { MatchingSide } from "../../core/matching/matching.ts";
import { joinStrict, type Join } from "../../market/matching.ts";
import type { HeavyWork } from "../../market/workers/heavyWork.ts";
import type { SecondsPerStage } from "./benchReport.ts";

export interface StageClock {
  /** To be used instead of what it was made of. */
  readonly join: Join;
  readonly work: HeavyWork;
  /** When the round is over. What no other stage accounts for is called sealing. */
  readonly read: () => SecondsPerStage;
}

/** Starts the clock for one round. */
export function stageClock(
  work: HeavyWork,
  nowMs: () => number,
  join: Join = joinStrict,
): StageClock {
  const fromMs = nowMs();
  let admittedMs: number | null = null;
  let maskingMs = 0;
  let openingMs = 0;
  let matchingMs = 0;
  const maskRecords: HeavyWork["maskRecords"] = (...given) => {
    const startMs = nowMs();
    admittedMs ??= startMs - fromMs;
    const masked = work.maskRecords(...given);
    maskingMs += nowMs() - startMs;
    return masked;
  };
  const openRecords: HeavyWork["openRecords"] = (...given) => {
    const startMs = nowMs();
    const opened = work.openRecords(...given);
    openingMs += nowMs() - startMs;
    return opened;
  };
  /** Records of the next wave are masked and opened while this one is matched. */
  const timed =
    (side: MatchingSide): MatchingSide =>
    async (...given) => {
      const startMs = nowMs() - maskingMs - openingMs;
      const matching = await side(...given);
      matchingMs += nowMs() - maskingMs - openingMs - startMs;
      return matching;
    };
  return {
    join: (...given) => {
      const { proxy, cloud } = join(...given);
      return { proxy: timed(proxy), cloud };
    },
    work: { ...work, maskRecords, openRecords },
    read: () => {
      const admissionMs = admittedMs ?? 0;
      const othersMs = admissionMs + maskingMs + openingMs + matchingMs;
      return {
        admission: admissionMs / 1_000,
        masking: maskingMs / 1_000,
        opening: openingMs / 1_000,
        matching: matchingMs / 1_000,
        sealing: (nowMs() - fromMs - othersMs) / 1_000,
      };
    },
  };
}
