/**
 * A join request on its way to a registrar that is elsewhere: with the name that the registrar is
 * asked to call the member, signed by the key of the request. Nobody on the way changes either.
 */
import { utf8 } from "../primitives/bytes.ts";
import { type JoinRequest, joinRequestFromBytes } from "./joinRequest.ts";
import { assertSignature, signHash, type SigningKeyPair } from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledHash } from "./wire.ts";

export interface JoinLetter {
  readonly name: string;
  /** The signed request, whole. */
  readonly request: Uint8Array;
  /** The member's long-term key's. */
  readonly signature: Uint8Array;
}

/** Run by the holder. */
export function signJoinLetter(
  parameters: CredentialParameters,
  longTermKey: SigningKeyPair,
  said: Omit<JoinLetter, "signature">,
): JoinLetter {
  return { ...said, signature: signHash(letterHash(parameters, said), longTermKey) };
}

/**
 * The request of a letter, whose own signature and proof are not checked here. Run by the
 * registrar.
 * @throws CredentialError of `joinRequestFromBytes`; E_SIGNATURE if another key has signed, or for
 *   the credentials of another market
 */
export function requestInLetter(parameters: CredentialParameters, letter: JoinLetter): JoinRequest {
  const request = joinRequestFromBytes(letter.request);
  const hash = letterHash(parameters, letter);
  assertSignature("join letter", hash, letter.signature, request.longTermKey);
  return request;
}

function letterHash(
  { id }: CredentialParameters,
  { name, request }: Omit<JoinLetter, "signature">,
): Uint8Array {
  return labelledHash("EVCRED-v1/join-letter", id, utf8(name), request);
}
