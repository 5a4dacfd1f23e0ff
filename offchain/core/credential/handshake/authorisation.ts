/**
 * What a handshake ends in: a station's word that an account stands for somebody who may trade, in
 * a role, at a place, in a slot, and the account's own consent to it. It names nobody. `nymHashOf`
 * is the same for all authorisations of one vehicle in one scope, and for no other two: by it a
 * contract grants one a scope without knowing whose. The scope has its station in it, so that no
 * other station can take the pseudonym. Both sign the same, with EIP-712 in the domain of
 * `IdentityRegistry`: the account that the registry knows under `stationId`, and `account`.
 */
import { AbiCoder, getBytes, id, keccak256 } from "ethers";
import type { Signer } from "ethers";
import type { TypedDataField } from "ethers";
import type { Registry, Address, Bytes32 } from "../../messages/market.ts";
import { signerOf, type TypedMessage } from "../../messages/signatureForm.ts";
import { identityDomain } from "../../messages/typedData.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import { roleNumber, roleOf, type Role } from "../attributes.ts";
import { CredentialError } from "../credentialError.ts";
import { type StationScope, stationScopeId } from "../scope.ts";

/** It ends with its slot. */
export interface SessionAuthorisation extends StationScope {
  /** Fresh: used in this slot and no other. */
  readonly account: Address;
  readonly role: Role;
  /** Of `nymDigest`. */
  readonly nym: Bytes32;
  readonly maxEnergyWh: number;
}

/** What a station answers. */
export interface GrantedAuthorisation {
  readonly authorisation: SessionAuthorisation;
  /** Of the station; 65 bytes as hexadecimal. */
  readonly signature: string;
}

/** What the registry accepts. */
export interface SignedAuthorisation extends GrantedAuthorisation {
  /** The same of the account. */
  readonly consent: string;
}

/**
 * `maxEnergyWh` of every authorisation: more than any car's battery, so that what a session may
 * cost is limited by its deposit, and the same for all, so that it tells no program from another.
 */
export const AUTHORISED_ENERGY_WH = 200_000;

const FIELDS: readonly TypedDataField[] = [
  { name: "account", type: "address" },
  { name: "role", type: "uint8" },
  { name: "place", type: "bytes32" },
  { name: "slotStart", type: "uint40" },
  { name: "slotEnd", type: "uint40" },
  { name: "nym", type: "bytes32" },
  { name: "stationId", type: "bytes32" },
  { name: "maxEnergyWh", type: "uint64" },
];
export const SESSION_AUTHORISATION_TYPES = { SessionAuthorisation: [...FIELDS] };

/** abi.encode of the struct. */
export const AUTHORISATION_BYTES = 32 * FIELDS.length;
export const ACCOUNT_SIGNATURE_BYTES = 65;

const PSEUDONYM_TYPEHASH = id("ChargeVeil.Pseudonym.v1");

/** Of a pseudonym's bytes. */
export function nymDigest(nym: Uint8Array): Bytes32 {
  return keccak256(nym);
}

/** The id of an account that is authorised: `IdentityRegistry.nymHashOf`. */
export function nymHashOf(of: StationScope & Pick<SessionAuthorisation, "nym">): Bytes32 {
  const values = [PSEUDONYM_TYPEHASH, stationScopeId(of), of.nym];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], values));
}

/** By the station, or by the account as its consent. */
export function signAuthorisation(
  { chainId, identities }: Registry,
  signer: Signer,
  authorisation: SessionAuthorisation,
): Promise<string> {
  const domain = identityDomain(chainId, identities);
  const message = authorisationMessage(authorisation);
  return signer.signTypedData(domain, SESSION_AUTHORISATION_TYPES, message);
}

/** What is signed, as ethers and the contract take it. */
export function authorisationMessage(
  authorisation: SessionAuthorisation,
): Omit<SessionAuthorisation, "role"> & { readonly role: number } {
  return { ...authorisation, role: roleNumber(authorisation.role) };
}

export function authorisationToBytes(authorisation: SessionAuthorisation): Uint8Array {
  const message: Readonly<Record<string, unknown>> = { ...authorisationMessage(authorisation) };
  const values = FIELDS.map(({ name }) => message[name]);
  const types = FIELDS.map(({ type }) => type);
  return getBytes(AbiCoder.defaultAbiCoder().encode(types, values));
}

/** @throws CredentialError E_LENGTH, E_FIELD for anything but the one encoding */
export function authorisationFromBytes(bytes: Uint8Array): SessionAuthorisation {
  const values = decodedWords(FIELDS, bytes);
  const text = (name: string): string => String(values[name]);
  const number = (name: string): number => safeNumber(values[name]);
  return {
    account: text("account"),
    role: roleOf(number("role")),
    place: text("place"),
    slotStart: number("slotStart"),
    slotEnd: number("slotEnd"),
    nym: text("nym"),
    stationId: text("stationId"),
    maxEnergyWh: number("maxEnergyWh"),
  };
}

/** Who signed it for this registry. @throws CredentialError E_SIGNATURE */
export function authorisationSigner(
  registry: Registry,
  { authorisation, signature }: GrantedAuthorisation,
): Address {
  const domain = identityDomain(registry.chainId, registry.identities);
  const value = { ...authorisationMessage(authorisation) };
  return recovered({ domain, types: SESSION_AUTHORISATION_TYPES, value }, signature);
}

function safeNumber(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new CredentialError(
    "E_FIELD",
    "authorisation: expected numbers below 2^53, got a larger one",
  );
}

/**
 * Fields of static types as abi.encode writes them, by name.
 * @throws CredentialError E_LENGTH, E_FIELD
 */
export function decodedWords(
  fields: readonly TypedDataField[],
  bytes: Uint8Array,
): Readonly<Record<string, unknown>> {
  if (bytes.length !== 32 * fields.length) {
    const sizes = `expected ${32 * fields.length} bytes, got ${bytes.length}`;
    throw new CredentialError("E_LENGTH", `decodedWords: ${sizes}`);
  }
  try {
    const coder = AbiCoder.defaultAbiCoder();
    const types = fields.map(({ type }) => type);
    const values: readonly unknown[] = [...coder.decode(types, bytes)];
    if (coder.encode(types, values) === bytesToHex(bytes)) {
      return Object.fromEntries(fields.map(({ name }, i) => [name, values[i]]));
    }
  } catch {
    // Whatever ethers did not like is refused below.
  }
  throw new CredentialError("E_FIELD", "decodedWords: expected words of their types, got others");
}

/** Whose key has signed it. @throws CredentialError E_SIGNATURE for another form of a signature */
export function recovered(signed: TypedMessage, signature: string): Address {
  const signer = signerOf(signed, signature);
  if (signer !== null) return signer;
  throw new CredentialError("E_SIGNATURE", "recovered: expected a signature, got another form");
}
