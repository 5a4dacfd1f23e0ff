/** What tracers hand to each other of a case: the parts that each has opened. */
import type { Bytes32 } from "../../core/messages/market.ts";

export interface OpenedParts {
  /** Keeps what a tracer has opened of a case, in place of what it opened of it before. */
  readonly keepPart: (caseId: Bytes32, tracer: number, part: Uint8Array) => Promise<void>;
  /** What all tracers have opened of a case so far. */
  readonly partsOf: (caseId: Bytes32) => Promise<readonly Uint8Array[]>;
}
