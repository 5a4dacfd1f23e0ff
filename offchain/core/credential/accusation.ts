/**
 * Everything that it takes to say in public who made a presentation: the tracers' opening, the
 * member's own signed request for what was found, and the registrar's word whose key it is signed
 * with. Each is checked against published keys alone, without the registrar's books. [ours]
 */
import { bytesToHex } from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";
import { assertJoinRequest, joinRequestFromBytes } from "./joinRequest.ts";
import { assertNaming, memberIdOf, type Naming } from "./naming.ts";
import { type Opening, type TraceRequest, verifyOpening } from "./openingProof.ts";
import type { CredentialParameters } from "./parameters.ts";

export interface Accusation {
  readonly opening: Opening;
  /** By which the member has joined under the identifier that was found, whole. */
  readonly request: Uint8Array;
  readonly naming: Naming;
}

/** Whom it names, and in which epoch the request was made. */
export interface Accused extends Omit<Naming, "signature"> {
  readonly epoch: number;
}

/**
 * Whom an accusation names, if it is true as far as published keys tell. Run by the accused first,
 * who then compares the naming with its own (`contradict`), and by anyone who is to believe it.
 * @throws CredentialError of `verifyOpening`, `assertJoinRequest` and `assertNaming`; E_IDENTIFIER
 *   for a request under another identifier; E_MEMBER for a naming of another key
 */
export function verifyAccusation(
  parameters: CredentialParameters,
  traced: TraceRequest,
  { opening, request: bytes, naming }: Accusation,
): Accused {
  verifyOpening(parameters, traced, opening);
  const request = joinRequestFromBytes(bytes);
  assertJoinRequest(parameters, request);
  if (bytesToHex(request.identifier.toBytes()) !== opening.identifier) {
    throw refusal("E_IDENTIFIER", "a request under the identifier that was found");
  }
  assertNaming(parameters, naming);
  const { name, memberId } = naming;
  if (memberIdOf(request.longTermKey) !== memberId) throw refusal("E_MEMBER", "that key's naming");
  return { name, memberId, epoch: request.attributes.epoch };
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `verifyAccusation: expected ${expected}, got another`);
}
