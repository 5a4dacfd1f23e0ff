/**
 * Approved cases, as `IdentityRegistry` logs them: what tracers ask before they open anything. The
 * chain says which presentation a court lets be opened in a case, by its hash, and nothing of who
 * asked for what.
 */
import { getBytes } from "ethers";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, ZERO_BYTES32 } from "../primitives/bytes.ts";
import type { ApprovedCases } from "./opening.ts";

/** The contract, as far as tracers need it. */
export interface CaseLog {
  /** Zero if nothing is granted in the case. */
  readonly grantedPresentation: (caseId: Bytes32) => Promise<Bytes32>;
}

const NOTHING: Bytes32 = ZERO_BYTES32;

/** Run by every tracer, over a node that it trusts. */
export function loggedCases(log: CaseLog): ApprovedCases {
  return {
    approvedPresentation: async (caseId) => {
      const granted = await log.grantedPresentation(caseId);
      return granted === NOTHING ? null : bytesToHex(getBytes(granted));
    },
  };
}
