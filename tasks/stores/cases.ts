/**
 * Cases in which a presentation is to be traced. The chain has hashes; what they are of is handed
 * from the station to the court and to the tracers, here in `cases/<id>/`:
 *
 *   request.json       the presentation, and what the station demanded when it was shown
 *   parts/<a>.json     what tracer a has opened
 *   opening.json       who it was, and all that proves it: parts, signed request, registrar's word
 */
import { id } from "ethers";
import { z } from "zod";
import type { ShownPresentation } from "../../offchain/core/credential/handshake/station.ts";
import { hexForm } from "../../offchain/core/messages/forms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { StepError } from "../../offchain/market/stepError.ts";
import { assertShown, stationBehind, type TraceCase } from "../../offchain/market/traceCases.ts";
import type { TracedMember } from "../../offchain/market/traceOpening.ts";
import type { OpenedParts } from "../../offchain/parties/tracer/store.ts";
import type { Connected } from "../support/connection.ts";
import { stationBooksOf, type MarketCredentials } from "./credentials.ts";
import { isId } from "../support/naming.ts";
import { InputError } from "../support/outcome.ts";
import { StateError } from "./state.ts";
import { shownFromJson, shownSchema, shownToJson } from "./stationBooks.ts";
import { pasteable } from "../support/hints.ts";

const partSchema = z.strictObject({ part: hexForm });

/**
 * A number of the court's as the chain knows it: its hash, or itself if it is one.
 * @throws InputError for none
 */
export function caseIdOf(text: string): Bytes32 {
  if (text === "") throw new InputError("--case: expected the court's number of the case");
  return isId(text) ? text : id(`ChargeVeil case/${text}`);
}

/**
 * What the account was authorised on, as its station keeps it.
 * @throws StateError if the folder has nothing of it
 */
export async function shownBy(
  connected: Connected,
  credentials: MarketCredentials,
  account: Address,
): Promise<ShownPresentation> {
  const stationId = await stationBehind(connected.market, account);
  const shown = await stationBooksOf(connected, stationId).shownBy(account);
  if (shown === undefined) {
    const remedy = "name the folder in which the station keeps them with --state";
    const missing = `${connected.state.folder} holds no books of station ${stationId}`;
    throw new StateError(`${missing}: ${remedy}`);
  }
  assertUndamaged(credentials, shown, `what the station keeps of ${account}`);
  return shown;
}

export async function keepRequest(
  { state }: Connected,
  caseId: Bytes32,
  shown: ShownPresentation,
): Promise<void> {
  await state.writeSecret(requestPath(caseId), shownToJson(shown));
}

/**
 * What a case is about, checked.
 * @throws StateError if it is not there, or not a presentation that was shown
 */
export async function requestIn(
  { state }: Connected,
  credentials: MarketCredentials,
  caseId: Bytes32,
): Promise<TraceCase> {
  const path = requestPath(caseId);
  const known = await state.readIfThere(path, shownSchema);
  if (known === undefined) {
    const request = `identity trace request --case ${caseId} --session SESSION`;
    const first = `run \`${pasteable(state, request)}\` first`;
    throw new StateError(`${state.folder} holds no case ${caseId}: ${first}`);
  }
  const shown = shownFromJson(known);
  assertUndamaged(credentials, shown, `${state.folder}/${path}`);
  return { caseId, shown };
}

/** What the tracers have opened. */
export function openedPartsIn({ state }: Connected): OpenedParts {
  return {
    keepPart: (caseId, tracer, part) =>
      state.writeSecret(`${partsFolder(caseId)}/${tracer}.json`, { part: bytesToHex(part) }),
    partsOf: async (caseId) => {
      const folder = partsFolder(caseId);
      const files = (await state.list(folder)).filter((file) => file.endsWith(".json"));
      const parts = files.map((file) => state.read(`${folder}/${file}`, partSchema));
      return (await Promise.all(parts)).map(({ part }) => hexToBytes(part));
    },
  };
}

/** Who it was, and all that proves it to the accused and to anybody else. */
export async function keepOpening(
  { state }: Connected,
  caseId: Bytes32,
  { accusation: { opening: found, request, naming } }: TracedMember,
): Promise<void> {
  const { memberId, name, signature } = naming;
  const opening = {
    identifier: found.identifier,
    parts: found.parts.map(bytesToHex),
    request: bytesToHex(request),
    naming: { memberId, name, signature: bytesToHex(signature) },
  };
  await state.writeSecret(`cases/${caseId}/opening.json`, opening);
}

function assertUndamaged(
  { parameters }: MarketCredentials,
  shown: ShownPresentation,
  where: string,
): void {
  try {
    assertShown(parameters, shown);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new StateError(`${where} is not what was shown: ${error.message}`);
  }
}

function partsFolder(caseId: Bytes32): string {
  return `cases/${caseId}/parts`;
}

function requestPath(caseId: Bytes32): string {
  return `cases/${caseId}/request.json`;
}
