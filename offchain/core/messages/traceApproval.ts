/**
 * What the court says so that tracers may open a presentation: this one, in this case. It names
 * nobody, and the chain keeps nothing else of a case. A court of several signs as `ArbiterQuorum`
 * does (`quorumSignature`).
 */
import type { Signer } from "ethers";
import type { Address, Bytes32 } from "./market.ts";
import { identityDomain, TRACE_APPROVAL_TYPES } from "./typedData.ts";

export interface TraceApproval {
  readonly caseId: Bytes32;
  /** `presentationId` of what is to be opened. */
  readonly presentationHash: Bytes32;
}

/** Run by the court, or by each member of it. */
export function signTraceApproval(
  signer: Signer,
  registry: { readonly chainId: bigint; readonly identities: Address },
  approval: TraceApproval,
): Promise<string> {
  const domain = identityDomain(registry.chainId, registry.identities);
  return signer.signTypedData(domain, TRACE_APPROVAL_TYPES, approval);
}
