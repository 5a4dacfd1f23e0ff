/**
 * The certification authority as registrar: it knows the people behind credentials, lets its
 * members in for one epoch after the other, and says whose an identifier is that the tracers have
 * found. It signs what it cannot read: usk stays with the member, and no presentation leads it to
 * anybody.
 */
import type { Registry } from "../../core/messages/market.ts";
import { CredentialError } from "../../core/credential/credentialError.ts";
import { generateIssuerKey, type IssuerKeyPair } from "../../core/credential/issuerKey.ts";
import type { Naming } from "../../core/credential/naming.ts";
import { acceptParameters, type PublishedParameters } from "../../core/credential/parameters.ts";
import type { TracerCount } from "../../core/credential/tracers.ts";
import type { Hex } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { namingOf, type RegistrarStore } from "./store.ts";

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

/** What the register says of an identifier; `verifyAccusation` believes none of it unchecked. */
export interface MemberBehind {
  /** By which the member has joined under it, whole. */
  readonly request: Uint8Array;
  readonly naming: Naming;
}

/**
 * What the register holds behind an identifier that tracers have found.
 * @throws CredentialError E_MEMBER if nobody has joined under it
 */
export async function memberBehind(
  store: Pick<RegistrarStore, "requestBehind" | "knownMember">,
  identifier: Hex,
): Promise<MemberBehind> {
  const entry = await store.requestBehind(identifier);
  const member = entry && (await store.knownMember(entry.memberId));
  if (entry === undefined || member === undefined) {
    const message = "memberBehind: expected an identifier of a member, got another";
    throw new CredentialError("E_MEMBER", message);
  }
  return { request: entry.request, naming: namingOf(member) };
}
