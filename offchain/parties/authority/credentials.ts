/**
 * The certification authority as registrar: it knows the people behind credentials, lets its
 * members in for one epoch after the other, and says whose an identifier is that the tracers have
 * found. It signs what it cannot read: usk stays with the member, and no presentation leads it to
 * anybody.
 */
import { CredentialError } from "../../core/credential/credentialError.ts";
import { generateIssuerKey, type IssuerKeyPair } from "../../core/credential/issuerKey.ts";
import { assertJoinRequest, joinRequestFromBytes } from "../../core/credential/joinRequest.ts";
import {
  acceptParameters,
  type CredentialParameters,
  type PublishedParameters,
  type Registry,
} from "../../core/credential/parameters.ts";
import { admitMember, nonceFor } from "../../core/credential/registrar.ts";
import type { TracerCount } from "../../core/credential/tracers.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex, type Hex } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { RegistrarDesk } from "./desk.ts";
import type { RegistrarStore } from "./store.ts";

/** What the authority publishes, and the key that it keeps. */
export interface DealtCredentials {
  readonly published: PublishedParameters;
  readonly issuerKey: IssuerKeyPair;
}

/**
 * The parameters of a market's credentials: the authority's own key beside what the tracers have
 * dealt. Run once.
 * @throws CredentialError of `acceptTracers` for dealings that are none; RandomError
 *   E_RNG_DETERMINISTIC outside tests
 */
export function publishCredentials(
  registry: Registry,
  count: TracerCount,
  dealings: readonly Uint8Array[],
  rng: Rng,
): DealtCredentials {
  const issuerKey = generateIssuerKey(rng);
  const published = { ...count, registry, issuerKey: issuerKey.publicKey, dealings };
  acceptParameters(published);
  return { published, issuerKey };
}

/** How a member asks: it gets the nonce and gives its signed request. */
export type AskWith = (nonce: Uint8Array) => Promise<Uint8Array>;

/**
 * Lets a member in for an epoch: nonce, request, answer.
 * @throws CredentialError as `admitMember`: E_MEMBER for whoever may not join, E_ROLE for a role
 *   that it has no papers for
 */
export async function admitToEpoch(
  { parameters, issuerKey, store, rng }: RegistrarDesk,
  epoch: number,
  ask: AskWith,
): Promise<Uint8Array> {
  const request = await ask(await nonceFor(store, rng));
  return admitMember(parameters, issuerKey, store, { epoch }, request, rng);
}

/**
 * Whose an identifier is, by that member's own signed request, which is checked here again.
 * @throws CredentialError E_MEMBER if nobody has joined under it, E_IDENTIFIER for a request for
 *   another one, E_SIGNATURE or E_PROOF if its member did not make it
 */
export async function memberBehind(
  parameters: CredentialParameters,
  store: Pick<RegistrarStore, "requestBehind">,
  identifier: Hex,
): Promise<{ readonly memberId: Bytes32; readonly epoch: number }> {
  const found = await store.requestBehind(identifier);
  if (found === undefined) throw refusal("E_MEMBER", "an identifier of a member");
  const request = joinRequestFromBytes(found.entry.request);
  assertJoinRequest(parameters, request, found.longTermKey);
  const { memberId, attributes } = request;
  const isTheirs = bytesToHex(request.identifier.toBytes()) === identifier;
  if (!isTheirs || memberId !== found.entry.memberId) {
    throw refusal("E_IDENTIFIER", "a request for this identifier");
  }
  return { memberId, epoch: attributes.epoch };
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `memberBehind: expected ${expected}, got another`);
}
