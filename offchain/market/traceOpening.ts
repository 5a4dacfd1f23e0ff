/**
 * Tracers open a granted case, each its part. The part that makes the threshold tells who it was:
 * the register says whose the identifier is, and everything that names the member is checked as the
 * accused and anybody else can check it.
 */
import type { Market } from "../chain/market.ts";
import { verifyAccusation, type Accusation } from "../core/credential/accusation.ts";
import type { CredentialParameters } from "../core/credential/parameters.ts";
import type { Bytes32 } from "../core/messages/market.ts";
import type { Hex } from "../core/primitives/bytes.ts";
import { memberBehind } from "../parties/authority/credentials.ts";
import type { RegistrarStore } from "../parties/authority/store.ts";
import type { TracerDesk } from "../parties/tracer/desk.ts";
import { openingFrom, partOfTracer } from "../parties/tracer/tracing.ts";
import type { TraceCase } from "./traceCases.ts";

export interface OpenedCase {
  /** How many tracers have opened so far. */
  readonly parts: number;
  /** How many more have to open. */
  readonly missing: number;
  /** Null as long as some are missing. */
  readonly found: TracedMember | null;
}

export interface TracedMember {
  /** By which the register knows the member. */
  readonly identifier: Hex;
  /** The parts that prove it. */
  readonly proof: readonly Uint8Array[];
  /** How many parts were not believed. */
  readonly refusedParts: number;
  readonly memberId: Bytes32;
  /** What the registrar calls the member. */
  readonly name: string;
  /** Of the member's signed request, which was checked. */
  readonly epoch: number;
  /** All of it, to be shown to the accused and to whoever is to believe it. */
  readonly accusation: Accusation;
}

/**
 * Opens a tracer's part, keeps it beside the others', and says who it was if they are enough. The
 * same again does no harm.
 * @throws CredentialError E_CASE unless the chain has granted this presentation in this case; of
 *   `openingFrom`, `memberBehind` and `verifyAccusation`
 */
export async function openTrace(
  market: Market,
  parameters: CredentialParameters,
  { share, store, rng }: TracerDesk,
  register: RegistrarStore,
  { caseId, shown }: TraceCase,
): Promise<OpenedCase> {
  const request = { caseId, ...shown };
  const part = await partOfTracer(market, parameters, share, request, rng);
  await store.keepPart(caseId, share.index, part);
  const parts = await store.partsOf(caseId);
  const missing = Math.max(0, parameters.tracers.threshold - parts.length);
  if (missing > 0) return { parts: parts.length, missing, found: null };

  const { identifier, parts: proof, refused } = openingFrom(parameters, request, parts);
  const opening = { identifier, parts: proof };
  const accusation = { opening, ...(await memberBehind(register, identifier)) };
  const accused = verifyAccusation(parameters, request, accusation);
  const found = { identifier, proof, refusedParts: refused.length, ...accused, accusation };
  return { parts: parts.length, missing, found };
}
