/**
 * A vehicle as a member: the key that the registrar knows it by, the secret that nobody knows, and
 * what it has joined for last. Keys are kept before the registrar hears of them: a member whose
 * keys are lost cannot join again.
 */
import type { Attributes, Role } from "../../core/credential/attributes.ts";
import {
  acceptCredential,
  askToJoin,
  generateHolderSecret,
  type Credential,
  type HolderSecret,
} from "../../core/credential/holder.ts";
import { generateSigningKey, type SigningKeyPair } from "../../core/credential/longTermKey.ts";
import { CredentialError } from "../../core/credential/credentialError.ts";
import { assertNaming, memberIdOf, type Naming } from "../../core/credential/naming.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../core/primitives/random.ts";
import { NONCE_BYTES } from "../../core/credential/joinRequest.ts";

export interface Membership {
  readonly memberId: Bytes32;
  readonly longTermKey: SigningKeyPair;
  readonly secret: HolderSecret;
  /**
   * The registrar's word whose key this is; null before its papers were looked at. Kept for good:
   * it shows that nobody else goes by this name.
   */
  readonly naming: Naming | null;
  /** What the registrar has answered, and for what; null before the first time. */
  readonly joined: Joined | null;
}

export interface Joined extends Attributes {
  readonly answer: Uint8Array;
}

export interface MembershipStore {
  /** Null for a vehicle that has no keys yet. */
  readonly membership: () => Promise<Membership | null>;
  /**
   * Keeps new keys, unless there are some already. Returns what is kept: `membership` itself if it
   * was first, else the earlier one. Of two that keep at once, one is first.
   */
  readonly keepMembership: (membership: Membership) => Promise<Membership>;
  /**
   * Keeps the registrar's word, unless there is one already. Returns what is kept: the first one.
   * @throws MembershipError for a vehicle without keys
   */
  readonly keepNaming: (naming: Naming) => Promise<Naming>;
  /** Keeps what the vehicle has joined for last; its keys stay. @throws MembershipError for none */
  readonly keepJoined: (joined: Joined) => Promise<void>;
}

export class MembershipError extends Error {
  override readonly name = "MembershipError";
  readonly code: "E_MEMBERSHIP_NONE" | "E_MEMBERSHIP_EPOCH" | "E_MEMBERSHIP_ROLE";

  constructor(code: MembershipError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The vehicle's membership; the first time with new keys, which are kept.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function membershipOf(store: MembershipStore, rng: Rng): Promise<Membership> {
  const known = await store.membership();
  if (known !== null) return known;
  const longTermKey = generateSigningKey(rng);
  return store.keepMembership({
    memberId: memberIdOf(longTermKey.publicKey),
    longTermKey,
    secret: generateHolderSecret(rng),
    naming: null,
    joined: null,
  });
}

/**
 * The membership with the registrar's word whose key it is, which is kept if it is true. A word
 * that was kept before stays, whatever the registrar says later.
 * @throws CredentialError E_MEMBER for the naming of another key, and of `assertNaming`;
 *   MembershipError E_MEMBERSHIP_NONE if the store has no keys
 */
export async function keepNaming(
  parameters: CredentialParameters,
  store: MembershipStore,
  membership: Membership,
  naming: Naming,
): Promise<Membership> {
  if (naming.memberId !== membership.memberId) {
    const message = "keepNaming: expected a naming of this member's key, got another";
    throw new CredentialError("E_MEMBER", message);
  }
  assertNaming(parameters, naming);
  return { ...membership, naming: await store.keepNaming(naming) };
}

/**
 * The signed request to join, under a nonce of its own.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function askForEpoch(
  parameters: CredentialParameters,
  { longTermKey, secret }: Membership,
  attributes: Attributes,
  rng: Rng,
): Uint8Array {
  assertProductionRng(rng);
  const nonce = randomBytesOf(rng, NONCE_BYTES);
  return askToJoin(parameters, secret, longTermKey, { nonce, attributes }, rng);
}

/**
 * The credential of the registrar's answer, kept for the epoch if it is one.
 * @throws CredentialError of `acceptCredential`, with nothing kept
 */
export async function keepCredential(
  parameters: CredentialParameters,
  store: MembershipStore,
  membership: Membership,
  joined: Joined,
): Promise<Credential> {
  const { answer, ...attributes } = joined;
  const credential = acceptCredential(parameters, membership.secret, attributes, answer);
  await store.keepJoined(joined);
  return credential;
}

/**
 * The credential to be shown in an epoch, in a role.
 * @throws MembershipError if the vehicle has not joined for it; CredentialError of
 *   `acceptCredential` for an answer that is none any more
 */
export function credentialFor(
  parameters: CredentialParameters,
  { joined, secret }: Membership,
  { epoch, role }: { readonly epoch: number; readonly role: Role },
): Credential {
  if (joined === null) throw noMembership();
  if (joined.epoch !== epoch) {
    const epochs = `the credential is of epoch ${joined.epoch}, and this is epoch ${epoch}`;
    throw new MembershipError("E_MEMBERSHIP_EPOCH", `${epochs}: join again`);
  }
  if (joined.role !== role) {
    const roles = `the credential is to ${joined.role}, and this is for who wants to ${role}`;
    throw new MembershipError("E_MEMBERSHIP_ROLE", `${roles}: join in that role`);
  }
  const { answer, ...attributes } = joined;
  return acceptCredential(parameters, secret, attributes, answer);
}

/** For who has no keys, or no credential of any epoch. */
export function noMembership(): MembershipError {
  return new MembershipError("E_MEMBERSHIP_NONE", "there is no credential yet: join first");
}

/** The store in memory; for tests and for one process. */
export function memoryMembership(): MembershipStore {
  let kept: Membership | null = null;
  return {
    membership: () => Promise.resolve(kept),
    keepMembership: (membership) => {
      kept ??= membership;
      return Promise.resolve(kept);
    },
    keepNaming: (naming) => {
      if (kept === null) return Promise.reject(noMembership());
      const first = kept.naming ?? naming;
      kept = { ...kept, naming: first };
      return Promise.resolve(first);
    },
    keepJoined: (joined) => {
      if (kept === null) return Promise.reject(noMembership());
      kept = { ...kept, joined };
      return Promise.resolve();
    },
  };
}
