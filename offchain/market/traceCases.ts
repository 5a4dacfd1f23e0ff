/**
 * Cases in which the person behind an account is to be found. The authority or a station asks, the
 * court approves; the chain gets the case and a hash, the presentation goes to court and tracers
 * alone. Opening is in `traceOpening.ts`.
 */
import { ZeroHash, type Signer } from "ethers";
import { eventsOf } from "../chain/events.ts";
import { read, send, type Market } from "../chain/market.ts";
import { CredentialError } from "../core/credential/credentialError.ts";
import type { ShownPresentation } from "../core/credential/handshake/station.ts";
import type { CredentialParameters } from "../core/credential/parameters.ts";
import { presentationId } from "../core/credential/presentation.ts";
import { verifyPresentation } from "../core/credential/verify.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { signTraceApproval } from "../core/messages/traceApproval.ts";
import { bytesToHex } from "../core/primitives/bytes.ts";
import { StepError } from "./stepError.ts";

/** What a case is about. */
export interface TraceCase {
  readonly caseId: Bytes32;
  /** The presentation, and what the station demanded when it was shown. */
  readonly shown: ShownPresentation;
}

/** A case as the chain names it. */
export interface TracedPresentation {
  readonly caseId: Bytes32;
  readonly presentationHash: Bytes32;
}

/**
 * The station that has authorised an account, by the chain.
 * @throws StepError E_TRACE_ACCOUNT for an account that was certified or is unknown
 */
export async function stationBehind({ contracts }: Market, account: Address): Promise<Bytes32> {
  const { stationId } = await contracts.identities.authorisationOf(account);
  if (stationId !== ZeroHash) return stationId;
  const message = `${account} was certified or is unknown, and showed nothing: name a session's account`;
  throw new StepError("E_TRACE_ACCOUNT", message, { account });
}

/**
 * Asks the court for a case. Run by the authority or the station. What is asked for already, by
 * whomever, is not asked for again.
 * @throws StepError E_TRACE_SHOWN; RefusedError
 */
export async function requestTrace(
  market: Market,
  parameters: CredentialParameters,
  requester: Signer,
  traced: TraceCase,
): Promise<TracedPresentation> {
  const asked = { caseId: traced.caseId, presentationHash: hashOf(parameters, traced) };
  if (await isRequested(market, asked)) return asked;
  const { identities } = market.contracts;
  const { caseId, presentationHash } = asked;
  try {
    await send(market, identities.connect(requester).requestTrace(caseId, presentationHash));
  } catch (error) {
    // Somebody has asked for the same in between: it is on the log.
    if (!(await isRequested(market, asked))) throw error;
  }
  return asked;
}

/** Who approves, and who pays for the transaction: what counts is the signature. */
export interface CourtDesk {
  readonly court: Signer;
  readonly relay: Signer;
}

/**
 * The court's word that tracers may open a presentation. Run by the court, which has looked at what
 * the case is about.
 * @throws StepError E_TRACE_SHOWN, E_TRACE_ASKED if nobody has asked for this; RefusedError
 */
export async function approveTrace(
  market: Market,
  parameters: CredentialParameters,
  { court, relay }: CourtDesk,
  traced: TraceCase,
): Promise<TracedPresentation> {
  const { caseId } = traced;
  const presentationHash = hashOf(parameters, traced);
  const approval = { caseId, presentationHash };
  if (!(await isRequested(market, approval))) {
    const message = `nobody has asked on chain for what was handed over (${presentationHash})`;
    const facts = { caseId, presentationHash };
    throw new StepError(
      "E_TRACE_ASKED",
      `${message} under case ${caseId}: ask its requester`,
      facts,
    );
  }
  const { identities } = market.contracts;
  const registry = { chainId: market.chainId, identities: await identities.getAddress() };
  const signature = await signTraceApproval(court, registry, approval);
  await send(market, identities.connect(relay).grantTrace(caseId, presentationHash, signature));
  return approval;
}

/**
 * Nothing, for a presentation that was shown as it is said.
 * @throws StepError E_TRACE_SHOWN
 */
export function assertShown(
  parameters: CredentialParameters,
  { presentation, demand }: ShownPresentation,
): void {
  try {
    verifyPresentation(parameters, presentation, demand);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    const message = `the presentation is not what was shown (${error.message}): get it from the station`;
    throw new StepError("E_TRACE_SHOWN", message, { reason: error.code });
  }
}

/** Whether somebody has asked for this; other requests under its number do not matter. */
async function isRequested(
  market: Market,
  { caseId, presentationHash }: TracedPresentation,
): Promise<boolean> {
  const { identities } = market.contracts;
  const filter = identities.filters.TraceRequested(caseId, presentationHash);
  const requests = await read(market, eventsOf(identities, filter));
  return requests.length > 0;
}

/** By which the chain names the presentation. */
function hashOf(parameters: CredentialParameters, { shown }: TraceCase): Bytes32 {
  assertShown(parameters, shown);
  return bytesToHex(presentationId(shown.presentation));
}
