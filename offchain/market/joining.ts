/**
 * Who may trade, without the market knowing who it is: the keys of credentials are dealt once,
 * members join for one epoch after the other, and whoever is excluded joins for no further one.
 */
import type { Market } from "../chain/market.ts";
import type { Attributes, Role } from "../core/credential/attributes.ts";
import type { Credential } from "../core/credential/holder.ts";
import { memberIdOf, type Naming } from "../core/credential/naming.ts";
import { admitMember, nameMember } from "../core/credential/registrar.ts";
import { acceptParameters, type CredentialParameters } from "../core/credential/parameters.ts";
import { dealTracers, type TracerCount } from "../core/credential/tracers.ts";
import type { Bytes32 } from "../core/messages/market.ts";
import type { Rng } from "../core/primitives/random.ts";
import { publishCredentials, type DealtCredentials } from "../parties/authority/credentials.ts";
import type { RegistrarDesk } from "../parties/authority/desk.ts";
import {
  namingOf,
  type RegisteredMember,
  type RegistrarStore,
} from "../parties/authority/store.ts";
import {
  askForEpoch,
  credentialFor,
  keepCredential,
  keepNaming,
  membershipOf,
  noMembership,
  type Joined,
  type MembershipStore,
} from "../parties/vehicle/membership.ts";
import { StepError } from "./stepError.ts";
import { type JoinLetter, signJoinLetter, requestInLetter } from "../core/credential/joinLetter.ts";
import { readableNameFault } from "../core/messages/readableName.ts";

/** What one tracer has been sent by every dealer; its alone. */
export interface DealtShares {
  /** From 1. */
  readonly index: number;
  /** 32 bytes of each dealer, in the order of the published dealings. */
  readonly shares: readonly Uint8Array[];
}

export interface FoundedCredentials extends DealtCredentials {
  readonly parameters: CredentialParameters;
  readonly tracers: readonly DealtShares[];
}

/**
 * Makes the keys of a market's credentials: the issuer's, and the tracers', each tracer dealing for
 * itself, so that fewer than the threshold open nothing. Run once a market.
 * @throws CredentialError E_FIELD for a count that is none; RandomError E_RNG_DETERMINISTIC outside
 *   tests
 */
export async function foundCredentials(
  market: Market,
  count: TracerCount,
  rng: Rng,
): Promise<FoundedCredentials> {
  const identities = await market.contracts.identities.getAddress();
  const registry = { chainId: market.chainId, identities };
  const dealt = numbers(count.members).map((dealer) => dealTracers(count, dealer, rng));
  const dealings = dealt.map(({ published }) => published);
  const keys = publishCredentials(registry, count, dealings, rng);
  const tracers = numbers(count.members).map((place) => ({
    index: place + 1,
    shares: dealt.flatMap(({ shares }) => shares.slice(place, place + 1)),
  }));
  return { ...keys, parameters: acceptParameters(keys.published), tracers };
}

/** A vehicle that joins. */
export interface JoiningVehicle {
  readonly store: MembershipStore;
  readonly rng: Rng;
}

export interface JoinedEpoch {
  readonly memberId: Bytes32;
  readonly credential: Credential;
  /** False if the vehicle had joined before, for the same. */
  readonly isNew: boolean;
}

/** What the registrar answers to a letter; the member believes none of it unchecked. */
export interface JoinAnswer {
  readonly naming: Naming;
  readonly joined: Joined;
}

/** What somebody asks for. */
export interface WantedMembership {
  /** What the registrar is to call the member. */
  readonly name: string;
  readonly attributes: Attributes;
}

/**
 * The first step, on the member's machine: keys, if it has none, and the letter to the registrar.
 * usk stays there; its commitment goes.
 */
export async function askToJoinMarket(
  parameters: CredentialParameters,
  { store, rng }: JoiningVehicle,
  { name, attributes }: WantedMembership,
): Promise<JoinLetter> {
  const membership = await membershipOf(store, rng);
  const request = askForEpoch(parameters, membership, attributes, rng);
  return signJoinLetter(parameters, membership.longTermKey, { name, request });
}

/**
 * The second step, run by the registrar, which has looked at the papers: it registers the member,
 * if it does not know it, and lets it in.
 * @throws StepError E_MEMBER_NAME for a name that somebody else has, or that is none;
 *   CredentialError of `requestInLetter` and `admitMember`: E_MEMBER for whoever is excluded, E_ROLE for a role
 *   without papers, E_IDENTIFIER for a second identifier, E_CHALLENGE for what was answered before,
 *   E_EPOCH
 */
export async function admitToMarket(
  registrar: RegistrarDesk,
  epoch: number,
  letter: JoinLetter,
): Promise<JoinAnswer> {
  const { parameters, issuerKey, store, rng } = registrar;
  const { longTermKey, attributes } = requestInLetter(parameters, letter);
  const memberId = memberIdOf(longTermKey);
  const naming = await registerMember(registrar, letter.name, memberId, attributes.role);
  const { request } = letter;
  const answer = await admitMember(parameters, issuerKey, store, { epoch }, request, rng);
  return { naming, joined: { ...attributes, answer } };
}

/**
 * The third step, on the member's machine: it keeps what it was answered, if that is its own.
 * @throws MembershipError E_MEMBERSHIP_NONE for who has not asked; CredentialError of `keepNaming`
 *   and `keepCredential`
 */
export async function keepMembership(
  parameters: CredentialParameters,
  store: MembershipStore,
  { naming, joined }: JoinAnswer,
): Promise<Omit<JoinedEpoch, "isNew">> {
  const membership = await store.membership();
  if (membership === null) throw noMembership();
  const named = await keepNaming(parameters, store, membership, naming);
  const credential = await keepCredential(parameters, store, named, joined);
  return { memberId: membership.memberId, credential };
}

/**
 * Joins for an epoch, all three steps. What was done before is not done again, so that it can be
 * called after an interruption.
 * @throws as the steps do
 */
export async function joinMarket(
  registrar: RegistrarDesk,
  vehicle: JoiningVehicle,
  wanted: WantedMembership,
): Promise<JoinedEpoch> {
  const { parameters } = registrar;
  const { attributes } = wanted;
  const membership = await membershipOf(vehicle.store, vehicle.rng);
  const { memberId, joined } = membership;
  if (joined?.epoch === attributes.epoch && joined.role === attributes.role) {
    const credential = credentialFor(parameters, membership, attributes);
    return { memberId, credential, isNew: false };
  }
  const letter = await askToJoinMarket(parameters, vehicle, wanted);
  const answer = await admitToMarket(registrar, attributes.epoch, letter);
  return { ...(await keepMembership(parameters, vehicle.store, answer)), isNew: true };
}

/**
 * Lets a member into no further epoch, or does so again; what it has joined for counts to the
 * epoch's end.
 * @throws StepError E_MEMBER_UNKNOWN
 */
export async function excludeMember(
  store: RegistrarStore,
  { name, isExcluded }: Pick<RegisteredMember, "name" | "isExcluded">,
): Promise<RegisteredMember> {
  const member = await store.memberNamed(name);
  if (member === undefined) {
    const message = `no member is called ${name}: name one that has joined`;
    throw new StepError("E_MEMBER_UNKNOWN", message, { name });
  }
  const changed = { ...member, isExcluded };
  await store.keepMember(changed);
  return changed;
}

/**
 * The registrar's look at the papers, and its word whose key it is. A car that gives energy back
 * can take it as well, and not the other way round.
 */
async function registerMember(
  { parameters, issuerKey, store, rng }: RegistrarDesk,
  name: string,
  memberId: Bytes32,
  role: Role,
): Promise<Naming> {
  const before = await store.knownMember(memberId);
  if (before !== undefined) return namingOf(before);
  const fault = readableNameFault(name);
  if (fault !== null) {
    throw new StepError(
      "E_MEMBER_NAME",
      `expected ${fault}, got another: ask for a new request`,
      {},
    );
  }
  // No word is made for a name that another has; what the later of two at once made is dropped.
  if ((await store.memberNamed(name)) !== undefined) throw nameError(name);
  const roles: readonly Role[] = role === "discharge" ? ["charge", "discharge"] : ["charge"];
  const { signature } = nameMember(parameters, issuerKey, { memberId, name }, rng);
  const member = { memberId, name, naming: signature, roles, isExcluded: false };
  if (!(await store.registerMember(member))) throw nameError(name);
  // Of two registrations of one key at once the first is kept, and its naming given to both.
  return namingOf((await store.knownMember(memberId)) ?? member);
}

function nameError(name: string): StepError {
  const message = `another member called ${name} is registered, with other keys: take another name`;
  return new StepError("E_MEMBER_NAME", message, { name });
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
