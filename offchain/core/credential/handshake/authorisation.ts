/**
 * What a handshake ends in: a station's word that an account stands for somebody who may trade, in
 * a role, in a scope, until then. It names nobody. `nymHash` is the same for all authorisations of
 * one vehicle in one scope, and for no other two: by it a contract grants one live authorisation a
 * scope without knowing whose. Signed with EIP-712 in the domain of `IdentityRegistry`, by the
 * account that the registry knows under `stationId`.
 */
import { AbiCoder, getBytes, id, keccak256, Signature, verifyTypedData } from "ethers";
import type { TypedDataField } from "ethers";
import type { Registry, Address, Bytes32 } from "../../messages/market.ts";
import { identityDomain } from "../../messages/typedData.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import { roleNumber, roleOf, type Role } from "../attributes.ts";
import { CredentialError } from "../credentialError.ts";

/** Times in unix seconds. */
export interface SessionAuthorisation {
  /** Fresh: used for this session and no other. */
  readonly account: Address;
  readonly role: Role;
  /** Of `scopeId`. */
  readonly scope: Bytes32;
  readonly nymHash: Bytes32;
  /** The station's id as a participant. */
  readonly stationId: Bytes32;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly maxEnergyWh: number;
}

export interface SignedAuthorisation {
  readonly authorisation: SessionAuthorisation;
  /** 65 bytes as hexadecimal. */
  readonly signature: string;
}

/**
 * `maxEnergyWh` of every authorisation: more than any car's battery, so that what a session may
 * cost is limited by its deposit, and the same for all, so that it tells no program from another.
 */
export const AUTHORISED_ENERGY_WH = 200_000;

const FIELDS: readonly TypedDataField[] = [
  { name: "account", type: "address" },
  { name: "role", type: "uint8" },
  { name: "scope", type: "bytes32" },
  { name: "nymHash", type: "bytes32" },
  { name: "stationId", type: "bytes32" },
  { name: "notBefore", type: "uint40" },
  { name: "notAfter", type: "uint40" },
  { name: "maxEnergyWh", type: "uint64" },
];
export const SESSION_AUTHORISATION_TYPES = { SessionAuthorisation: [...FIELDS] };

/** abi.encode of the struct. */
export const AUTHORISATION_BYTES = 32 * FIELDS.length;
export const ACCOUNT_SIGNATURE_BYTES = 65;

const PSEUDONYM_TYPEHASH = id("ChargeVeil.Pseudonym.v1");

/** keccak256(abi.encode(keccak256("ChargeVeil.Pseudonym.v1"), scope, keccak256(nym))). */
export function nymHashOf(scope: Uint8Array, nym: Uint8Array): Bytes32 {
  const values = [PSEUDONYM_TYPEHASH, scope, keccak256(nym)];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], values));
}

/** What is signed, as ethers takes it. */
export function authorisationMessage(
  authorisation: SessionAuthorisation,
): Record<string, string | number> {
  return { ...authorisation, role: roleNumber(authorisation.role) };
}

export function authorisationToBytes(authorisation: SessionAuthorisation): Uint8Array {
  const message = authorisationMessage(authorisation);
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
    scope: text("scope"),
    nymHash: text("nymHash"),
    stationId: text("stationId"),
    notBefore: number("notBefore"),
    notAfter: number("notAfter"),
    maxEnergyWh: number("maxEnergyWh"),
  };
}

/** Who signed it for this registry. @throws CredentialError E_SIGNATURE */
export function authorisationSigner(registry: Registry, signed: SignedAuthorisation): Address {
  const domain = identityDomain(registry.chainId, registry.identities);
  const message = authorisationMessage(signed.authorisation);
  return recovered(signed.signature, () =>
    verifyTypedData(domain, SESSION_AUTHORISATION_TYPES, message, signed.signature),
  );
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

/**
 * The signer that `recover` finds, of a signature in its one form.
 * @throws CredentialError E_SIGNATURE
 */
export function recovered(signature: string, recover: () => Address): Address {
  try {
    if (Signature.from(signature).serialized === signature) return recover();
  } catch {
    // As for another form.
  }
  throw new CredentialError("E_SIGNATURE", "recovered: expected a signature, got another form");
}
