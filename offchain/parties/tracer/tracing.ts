/**
 * The tracers. Each holds a share of the key that leads from a presentation to its maker, and uses
 * it in a case that the chain says is granted, for the presentation that it was granted for, and
 * never else: this file asks the chain itself, and no other part of the product imports what opens.
 * An opening is put together and checked by anybody.
 */
import { loggedCases } from "../../core/credential/loggedCases.ts";
import { type ApprovedCases, openShare } from "../../core/credential/opening.ts";
import {
  combineOpening,
  type CombinedOpening,
  type TraceRequest,
  verifyOpening,
} from "../../core/credential/openingProof.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import type { TracerShare } from "../../core/credential/tracers.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { read, type Market } from "../../chain/market.ts";

export type { TraceRequest };

/** The cases that the court has granted, as `IdentityRegistry` has logged them. */
export function approvedCases(market: Market): ApprovedCases {
  return loggedCases({
    grantedPresentation: (caseId) =>
      read(market, market.contracts.identities.grantedPresentation(caseId)),
  });
}

/**
 * One tracer's part of an opening. Run by the tracer.
 * @throws CredentialError as `openShare`: E_CASE unless the chain has granted this very
 *   presentation in this case
 */
export function partOfTracer(
  market: Market,
  parameters: CredentialParameters,
  share: TracerShare,
  request: TraceRequest,
  rng: Rng,
): Promise<Uint8Array> {
  return openShare(parameters, share, request, approvedCases(market), rng);
}

/**
 * Who it was, from t parts or more, as the register's identifier, and checked as whoever is asked
 * to believe it would.
 * @throws CredentialError of `combineOpening`: E_THRESHOLD for too few parts that are true
 */
export function openingFrom(
  parameters: CredentialParameters,
  request: TraceRequest,
  parts: readonly Uint8Array[],
): CombinedOpening {
  const opening = combineOpening(parameters, request, parts);
  verifyOpening(parameters, request, opening);
  return opening;
}
