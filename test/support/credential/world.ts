/**
 * A small world of credentials: an authority, its tracers, and members who join as people would.
 */
import { id as hashOfText } from "ethers";
import type { Attributes } from "../../../offchain/core/credential/attributes.ts";
import { CredentialError } from "../../../offchain/core/credential/credentialError.ts";
import {
  acceptCredential,
  askToJoin,
  type Credential,
  generateHolderSecret,
  type HolderSecret,
} from "../../../offchain/core/credential/holder.ts";
import {
  generateIssuerKey,
  type IssuerKeyPair,
} from "../../../offchain/core/credential/issuerKey.ts";
import {
  generateSigningKey,
  type SigningKeyPair,
} from "../../../offchain/core/credential/longTermKey.ts";
import type { ApprovedCases } from "../../../offchain/core/credential/opening.ts";
import type { TraceRequest } from "../../../offchain/core/credential/openingProof.ts";
import {
  acceptParameters,
  type CredentialParameters,
  type PublishedParameters,
} from "../../../offchain/core/credential/parameters.ts";
import { memberIdOf, type Naming } from "../../../offchain/core/credential/naming.ts";
import { presentationId } from "../../../offchain/core/credential/presentation.ts";
import {
  admitMember,
  type Member,
  memoryRegister,
  nameMember,
  type Register,
  type RegisterEntry,
} from "../../../offchain/core/credential/registrar.ts";
import { scopeId } from "../../../offchain/core/credential/scope.ts";
import {
  acceptShare,
  dealTracers,
  type TracerCount,
  type TracerShare,
} from "../../../offchain/core/credential/tracers.ts";
import type { Demand } from "../../../offchain/core/credential/verify.ts";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { bytesToHex } from "../../../offchain/core/primitives/bytes.ts";
import { randomBytesOf, type Rng } from "../../../offchain/core/primitives/random.ts";
import { counterRng } from "../primitives/draws.ts";
import { NONCE_BYTES } from "../../../offchain/core/credential/joinRequest.ts";

export const EPOCH = 20_000;
export const REGISTRY = {
  chainId: 31_337n,
  identities: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
} as const;
/** As with epochs of a day. */
export const REST_EPOCHS = 2;
export const CHARGE: Attributes = { role: "charge", epoch: EPOCH };

export interface World {
  readonly rng: Rng;
  readonly issuerKey: IssuerKeyPair;
  readonly shares: readonly TracerShare[];
  readonly published: PublishedParameters;
  readonly parameters: CredentialParameters;
  readonly register: Register;
  readonly entries: readonly RegisterEntry[];
  readonly members: Map<Bytes32, Member>;
}

export interface Person {
  readonly memberId: Bytes32;
  readonly longTermKey: SigningKeyPair;
  /** The registrar's word for its name. */
  readonly naming: Naming;
  readonly holder: HolderSecret;
}

/** One dealer unless more are asked for. */
export function worldOf(
  name: string,
  count: TracerCount = { threshold: 1, members: 1 },
  dealers = 1,
): World {
  const rng = counterRng(name);
  const issuerKey = generateIssuerKey(rng);
  const dealings = Array.from({ length: dealers }, (_, dealer) => dealTracers(count, dealer, rng));
  const shares = Array.from({ length: count.members }, (_, i) =>
    acceptShare(
      count,
      i + 1,
      dealings.map(({ published, shares }) => ({
        dealing: published,
        share: shares[i] ?? new Uint8Array(),
      })),
    ),
  );
  const published = {
    ...count,
    registry: REGISTRY,
    issuerKey: issuerKey.publicKey,
    dealings: dealings.map((dealing) => dealing.published),
  };
  const members = new Map<Bytes32, Member>();
  const { register, entries } = remembering(memoryRegister(members, REST_EPOCHS));
  const parameters = acceptParameters(published);
  return { rng, issuerKey, shares, published, parameters, register, entries, members };
}

/** Somebody who may join in either role. */
export function personIn(world: World, name: string): Person {
  const longTermKey = generateSigningKey(world.rng);
  const memberId = memberIdOf(longTermKey.publicKey);
  const naming = nameMember(world.parameters, world.issuerKey, { memberId, name }, world.rng);
  world.members.set(memberId, { roles: ["charge", "discharge"] });
  return { memberId, longTermKey, naming, holder: generateHolderSecret(world.rng) };
}

export function joinRequestOf(
  world: World,
  person: Person,
  attributes = CHARGE,
): Promise<Uint8Array> {
  const nonce = randomBytesOf(world.rng, NONCE_BYTES);
  const terms = { nonce, attributes };
  const { parameters, rng } = world;
  return Promise.resolve(askToJoin(parameters, person.holder, person.longTermKey, terms, rng));
}

export function admitted(world: World, request: Uint8Array, epoch = EPOCH): Promise<Uint8Array> {
  const { parameters, issuerKey, register, rng } = world;
  return admitMember(parameters, issuerKey, register, { epoch }, request, rng);
}

/** A credential, joined for. */
export async function credentialOf(
  world: World,
  person: Person,
  attributes = CHARGE,
): Promise<Credential> {
  const request = await joinRequestOf(world, person, attributes);
  const answer = await admitted(world, request, attributes.epoch);
  return acceptCredential(world.parameters, person.holder, attributes, answer);
}

/** Credentials of new people, one after the other. */
export async function credentialsOf(
  world: World,
  names: readonly string[],
): Promise<readonly Credential[]> {
  const credentials: Credential[] = [];
  for (const name of names) credentials.push(await credentialOf(world, personIn(world, name)));
  return credentials;
}

/** What a verifier asks for at a place. */
export function demandAt(world: World, place: string, message = "hello"): Demand {
  const scope = scopeId(world.parameters, { service: "test", place: hashOfText(place), slot: 7 });
  const roles = ["charge", "discharge"] as const;
  return { scope, message: new TextEncoder().encode(message), epoch: EPOCH, roles };
}

/** Approves the presentations of these requests. */
export function approving(...requests: readonly TraceRequest[]): ApprovedCases {
  const approved = new Map(
    requests.map(({ caseId, presentation }) => [caseId, bytesToHex(presentationId(presentation))]),
  );
  return { approvedPresentation: (caseId) => Promise.resolve(approved.get(caseId) ?? null) };
}

/**
 * The code of what an action throws, or "accepted". Whatever is no error of credentials goes on.
 */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CredentialError) return error.code;
    throw error;
  }
  return "accepted";
}

export async function asyncCodeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof CredentialError) return error.code;
    throw error;
  }
  return "accepted";
}

/** The bytes with one bit changed. */
export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
}

function remembering(register: Register): {
  readonly register: Register;
  readonly entries: readonly RegisterEntry[];
} {
  const entries: RegisterEntry[] = [];
  const record = async (entry: RegisterEntry): Promise<boolean> => {
    const isRecorded = await register.record(entry);
    if (isRecorded) entries.push(entry);
    return isRecorded;
  };
  return { register: { ...register, record }, entries };
}
