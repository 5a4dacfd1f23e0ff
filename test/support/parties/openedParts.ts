import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import type { OpenedParts } from "../../../offchain/parties/tracer/store.ts";

/** What tracers hand to each other, in memory. */
export function memoryOpenedParts(): OpenedParts {
  const cases = new Map<Bytes32, Map<number, Uint8Array>>();
  return {
    keepPart: (caseId, tracer, part) => {
      const parts = cases.get(caseId) ?? new Map<number, Uint8Array>();
      cases.set(caseId, parts.set(tracer, part));
      return Promise.resolve();
    },
    partsOf: (caseId) => Promise.resolve([...(cases.get(caseId)?.values() ?? [])]),
  };
}
