/**
 * Tracing: one tracer's part of an opening, in an approved case. Whoever made a presentation is
 * found from t of the m parts (`openingProof.ts`), and the register says whose V that is, by that
 * member's own signature.
 *
 * A presentation is verified before it is opened: without its proof, E1 and E2 can be anybody's,
 * made into others.
 */
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, type Hex } from "../primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";
import { proveEquality } from "./equality.ts";
import { partStatement, partToBytes, type TraceRequest } from "./openingProof.ts";
import type { CredentialParameters } from "./parameters.ts";
import { presentationId } from "./presentation.ts";
import type { TracerShare } from "./tracers.ts";
import { verifyPresentation } from "./verify.ts";

/** Where approvals are logged, on a chain or elsewhere; handed in. */
export interface ApprovedCases {
  /**
   * `presentationId` of the presentation that may be traced in a case; null if the case is not
   * approved.
   */
  readonly approvedPresentation: (caseId: Bytes32) => Promise<Hex | null>;
}

/**
 * One tracer's part. Run by a tracer, who looks for the approval itself and verifies what it opens.
 * @throws CredentialError E_CASE without an approval of this very presentation; those of
 *   `verifyPresentation`; RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function openShare(
  parameters: CredentialParameters,
  share: TracerShare,
  request: TraceRequest,
  cases: ApprovedCases,
  rng: Rng,
): Promise<Uint8Array> {
  assertProductionRng(rng);
  const { caseId, presentation, demand } = request;
  const approved = await cases.approvedPresentation(caseId);
  if (approved !== bytesToHex(presentationId(presentation))) {
    throw new CredentialError("E_CASE", "openShare: expected an approved case, got none");
  }
  const { e1 } = verifyPresentation(parameters, presentation, demand);
  const point = e1.multiply(share.secret);
  const statement = partStatement(parameters, request, e1, share.index, point);
  const proof = proveEquality(statement, share.secret, rng);
  return partToBytes({ index: share.index, point, proof });
}
