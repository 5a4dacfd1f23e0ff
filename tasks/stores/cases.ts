/**
 * Cases in which a presentation is to be traced. The chain has hashes; what they are of is handed from the station to the
 * court and to the tracers, here in `cases/<id>/`:
 *
 *   request.json       the presentation, and what the station demanded when it was shown
 *   parts/<a>.json     what tracer a has opened
 *   opening.json       who it was, and the parts that prove it
 */
import { id, ZeroHash } from "ethers";
import { z } from "zod";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import { presentationId } from "../../offchain/core/credential/presentation.ts";
import { verifyPresentation } from "../../offchain/core/credential/verify.ts";
import { hexForm } from "../../offchain/core/messages/forms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { TraceRequest } from "../../offchain/parties/tracer/tracing.ts";
import type { Connected } from "../support/connection.ts";
import { stationBooksOf, type MarketCredentials } from "./credentials.ts";
import { InputError } from "../support/outcome.ts";
import { StateError } from "./state.ts";
import { shownFromJson, shownSchema, shownToJson, type ShownPresentation } from "./stationBooks.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

/** A case and what the chain says of it. */
export interface KnownCase {
  readonly caseId: Bytes32;
  /** What it is about on chain; null if nobody has asked yet. */
  readonly requested: Bytes32 | null;
  readonly isGranted: boolean;
}

const partSchema = z.strictObject({ part: hexForm });

/** A number of the court's as the chain knows it: its hash, or itself if it is one. @throws InputError for none */
export function caseIdOf(text: string): Bytes32 {
  if (text === "") throw new InputError("--case: expected the court's number of the case");
  return /^0x[0-9a-f]{64}$/.test(text) ? text : id(`ChargeVeil case/${text}`);
}

export async function caseOnChain({ market }: Connected, caseId: Bytes32): Promise<KnownCase> {
  const { identities } = market.contracts;
  const [asked] = await eventsOf(identities, identities.filters.TraceRequested(caseId));
  const granted = await identities.grantedPresentation(caseId);
  const requested = asked?.args.presentationHash ?? null;
  return { caseId, requested, isGranted: granted !== ZeroHash };
}

/** What the account was authorised on, by the station that the chain names. @throws InputError if no station did */
export async function shownBy(
  connected: Connected,
  credentials: MarketCredentials,
  account: Address,
): Promise<ShownPresentation> {
  const { stationId } = await connected.market.contracts.identities.authorisationOf(account);
  if (stationId === ZeroHash) {
    throw new InputError(`--session: ${account} was certified or is unknown, and showed nothing`);
  }
  const shown = stationBooksOf(connected, stationId).shownBy(account);
  if (shown === undefined) {
    throw new StateError(`${connected.state.folder} holds no books of station ${stationId}`);
  }
  assertShown(credentials, shown, `what the station keeps of ${account}`);
  return shown;
}

export async function keepRequest(
  { state }: Connected,
  caseId: Bytes32,
  shown: ShownPresentation,
): Promise<void> {
  await state.writeSecret(requestPath(caseId), shownToJson(shown));
}

/** What a case is about, checked. @throws StateError if it is not there, or not a presentation that was shown */
export async function requestIn(
  { state }: Connected,
  credentials: MarketCredentials,
  caseId: Bytes32,
): Promise<TraceRequest> {
  const path = requestPath(caseId);
  if (!(await state.has(path))) {
    const first = "run `npx hardhat identity trace request` first";
    throw new StateError(`${state.folder} holds no case ${caseId}: ${first}`);
  }
  const shown = shownFromJson(await state.read(path, shownSchema));
  assertShown(credentials, shown, `${state.folder}/${path}`);
  return { caseId, ...shown };
}

/** By which the chain names a presentation. */
export function hashOf({ presentation }: Pick<ShownPresentation, "presentation">): Bytes32 {
  return bytesToHex(presentationId(presentation));
}

export async function keepPart(
  { state }: Connected,
  caseId: Bytes32,
  tracer: number,
  part: Uint8Array,
): Promise<void> {
  await state.writeSecret(`cases/${caseId}/parts/${tracer}.json`, { part: bytesToHex(part) });
}

/** What the tracers have opened so far. */
export async function partsIn(
  { state }: Connected,
  caseId: Bytes32,
): Promise<readonly Uint8Array[]> {
  const folder = `cases/${caseId}/parts`;
  const files = (await state.list(folder)).filter((file) => file.endsWith(".json"));
  const parts = files.map((file) => state.read(`${folder}/${file}`, partSchema));
  return (await Promise.all(parts)).map(({ part }) => hexToBytes(part));
}

function assertShown(
  { parameters }: MarketCredentials,
  { presentation, demand }: ShownPresentation,
  where: string,
): void {
  try {
    verifyPresentation(parameters, presentation, demand);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new StateError(`${where} is not what was shown: ${error.message}`);
  }
}

function requestPath(caseId: Bytes32): string {
  return `cases/${caseId}/request.json`;
}
