/**
 * The five messages between a vehicle and a station, byte for byte, and what both hash of them.
 * Every message has one length, whatever it says: who watches the line sees random bytes, public
 * facts of the station, and boxes.
 *
 *   M1 vehicle → station   version(1) ‖ n_e(32) ‖ xP(32)                                                     65
 *   M2 station → vehicle   n_a(32) ‖ yP(32) ‖ certificate(288) ‖ its signature(65) ‖ policy(37) ‖ signature(65)   519
 *   M3 vehicle → station   box of presentation(405) ‖ account(20) ‖ the account's consent(65)                 518
 *   M4 station → vehicle   box of status(1) ‖ authorisation(256) ‖ its signature(65) ‖ MAC(32)                 382
 *   M5 vehicle → station   MAC(32)                                                                           32
 *
 *   tr_0 = H("AMA-v1/start", parameters),  tr_k = H("AMA-v1/tr", tr_{k−1}, M_k)
 *
 * Source: our own construction, in the order of SIGMA (Krawczyk 2003) and TLS 1.3.
 */
import { AbiCoder, getAddress, getBytes, type TypedDataDomain } from "ethers";
import type { Registry, Address, Bytes32, Certificate } from "../../messages/market.ts";
import { CERTIFICATE_TYPES } from "../../messages/typedData.ts";
import { bytesToHex, concatBytes, u32 } from "../../primitives/bytes.ts";
import { type Role, ROLES } from "../attributes.ts";
import { CredentialError } from "../credentialError.ts";
import type { CredentialParameters } from "../parameters.ts";
import { PRESENTATION_BYTES } from "../presentation.ts";
import { ID_BYTES, labelledHash, labelledId, readerOf } from "../wire.ts";
import {
  ACCOUNT_SIGNATURE_BYTES,
  AUTHORISATION_BYTES,
  authorisationFromBytes,
  authorisationToBytes,
  decodedWords,
  type GrantedAuthorisation,
  recovered,
} from "./authorisation.ts";
import { BOX_OVERHEAD_BYTES, ELEMENT_BYTES, MAC_BYTES } from "./sessionKeys.ts";

export const NONCE_BYTES = 32;
const VERSION = 1;
const ACCOUNT_BYTES = 20;
const CERTIFICATE_FIELDS = CERTIFICATE_TYPES.Certificate ?? [];
const CERTIFICATE_BYTES = 32 * CERTIFICATE_FIELDS.length;
const POLICY_BYTES = ID_BYTES + 1 + 4;
const OFFER_BYTES =
  NONCE_BYTES + ELEMENT_BYTES + CERTIFICATE_BYTES + ACCOUNT_SIGNATURE_BYTES + POLICY_BYTES;

export const M1_BYTES = 1 + NONCE_BYTES + ELEMENT_BYTES;
export const M2_BYTES = OFFER_BYTES + ACCOUNT_SIGNATURE_BYTES;
const PROOF_BYTES = PRESENTATION_BYTES + ACCOUNT_BYTES + ACCOUNT_SIGNATURE_BYTES;
export const M3_BYTES = PROOF_BYTES + BOX_OVERHEAD_BYTES;
const ANSWER_BYTES = 1 + AUTHORISATION_BYTES + ACCOUNT_SIGNATURE_BYTES + MAC_BYTES;
export const M4_BYTES = ANSWER_BYTES + BOX_OVERHEAD_BYTES;
export const M5_BYTES = MAC_BYTES;

export interface Hello {
  readonly nonce: Uint8Array;
  /** xP. */
  readonly element: Uint8Array;
}

/** What a station asks for. */
export interface Policy {
  readonly scope: Uint8Array;
  readonly roles: readonly Role[];
  readonly epoch: number;
}

/** What a station signs in M2. */
export interface StationHello extends Hello {
  /** Of the authority, as the registry knows it. */
  readonly certificate: Certificate;
  readonly certificateSignature: string;
  readonly policy: Policy;
}

export interface SignedStationHello extends StationHello {
  readonly signature: string;
}

/** Inside M3. */
export interface VehicleProof {
  readonly presentation: Uint8Array;
  readonly account: Address;
  /** The account's signature of the authorisation that it asks for. */
  readonly consent: string;
}

/** Inside M4. */
export interface StationAnswer {
  /** Null for status 0. */
  readonly granted: GrantedAuthorisation | null;
  readonly mac: Uint8Array;
}

export const HELLO_TYPES = { Hello: [{ name: "transcript", type: "bytes32" }] };

/** Domain of what is signed during a handshake; no contract reads it. */
export function handshakeDomain({ chainId, identities }: Registry): TypedDataDomain {
  return { name: "ChargeVeil Handshake", version: "1", chainId, verifyingContract: identities };
}

export function transcriptStart({ id }: CredentialParameters): Uint8Array {
  return labelledHash("AMA-v1/start", id);
}

export function transcriptAfter(transcript: Uint8Array, message: Uint8Array): Uint8Array {
  return labelledHash("AMA-v1/tr", transcript, message);
}

/** What the station signs in M2: tr_1 and all of M2 before the signature. */
export function helloHash(transcript: Uint8Array, hello: StationHello): Bytes32 {
  return bytesToHex(labelledId("AMA-v1/M2", transcript, stationHelloToBytes(hello)));
}

/** What the presentation in M3 signs. */
export function showMessage(transcript: Uint8Array, account: Address): Uint8Array {
  return labelledHash("AMA-v1/M3", transcript, getBytes(account));
}

/** @throws CredentialError E_SIGNATURE */
export function helloSigner(
  registry: Registry,
  transcript: Uint8Array,
  hello: SignedStationHello,
): Address {
  const value = { transcript: helloHash(transcript, hello) };
  const signed = { domain: handshakeDomain(registry), types: HELLO_TYPES, value };
  return recovered(signed, hello.signature);
}

export function helloToBytes({ nonce, element }: Hello): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), nonce, element);
}

/** @throws CredentialError E_LENGTH, E_FIELD for another version */
export function helloFromBytes(bytes: Uint8Array): Hello {
  const { take, takeNumber } = readerOf("M1", bytes, M1_BYTES);
  if (takeNumber(1) !== VERSION) throw fieldError("M1", `version ${VERSION}`);
  return { nonce: take(NONCE_BYTES), element: take(ELEMENT_BYTES) };
}

export function signedHelloToBytes(hello: SignedStationHello): Uint8Array {
  return concatBytes(stationHelloToBytes(hello), getBytes(hello.signature));
}

/** @throws CredentialError E_LENGTH, E_FIELD */
export function signedHelloFromBytes(bytes: Uint8Array): SignedStationHello {
  const { take, takeNumber } = readerOf("M2", bytes, M2_BYTES);
  return {
    nonce: take(NONCE_BYTES),
    element: take(ELEMENT_BYTES),
    certificate: certificateFromBytes(take(CERTIFICATE_BYTES)),
    certificateSignature: bytesToHex(take(ACCOUNT_SIGNATURE_BYTES)),
    policy: { scope: take(ID_BYTES), roles: rolesOf(takeNumber(1)), epoch: takeNumber(4) },
    signature: bytesToHex(take(ACCOUNT_SIGNATURE_BYTES)),
  };
}

export function proofToBytes({ presentation, account, consent }: VehicleProof): Uint8Array {
  return concatBytes(presentation, getBytes(account), getBytes(consent));
}

/** @throws CredentialError E_LENGTH */
export function proofFromBytes(bytes: Uint8Array): VehicleProof {
  const { take } = readerOf("M3", bytes, PROOF_BYTES);
  return {
    presentation: take(PRESENTATION_BYTES),
    account: addressOf(take(ACCOUNT_BYTES)),
    consent: bytesToHex(take(ACCOUNT_SIGNATURE_BYTES)),
  };
}

/** Status 0 is as long as status 1. */
export function answerToBytes({ granted, mac }: StationAnswer): Uint8Array {
  const status = Uint8Array.of(granted === null ? 0 : 1);
  return concatBytes(status, granted === null ? NO_AUTHORISATION : grantedToBytes(granted), mac);
}

/** @throws CredentialError E_LENGTH, E_FIELD */
export function answerFromBytes(bytes: Uint8Array): StationAnswer {
  const { take, takeNumber } = readerOf("M4", bytes, ANSWER_BYTES);
  const status = takeNumber(1);
  if (status > 1) throw fieldError("M4", "status 0 or 1");
  const [authorisation, signature] = [take(AUTHORISATION_BYTES), take(ACCOUNT_SIGNATURE_BYTES)];
  const mac = take(MAC_BYTES);
  if (status === 0) return { granted: null, mac };
  const decoded = authorisationFromBytes(authorisation);
  return { granted: { authorisation: decoded, signature: bytesToHex(signature) }, mac };
}

const NO_AUTHORISATION = new Uint8Array(AUTHORISATION_BYTES + ACCOUNT_SIGNATURE_BYTES);

function grantedToBytes({ authorisation, signature }: GrantedAuthorisation): Uint8Array {
  return concatBytes(authorisationToBytes(authorisation), getBytes(signature));
}

function stationHelloToBytes(hello: StationHello): Uint8Array {
  const { scope, roles, epoch } = hello.policy;
  return concatBytes(
    hello.nonce,
    hello.element,
    certificateToBytes(hello.certificate),
    getBytes(hello.certificateSignature),
    concatBytes(scope, Uint8Array.of(rolesNumber(roles)), u32(epoch)),
  );
}

/** One bit a role, the first the lowest. */
function rolesNumber(roles: readonly Role[]): number {
  return ROLES.reduce((bits, role, i) => bits + (roles.includes(role) ? 2 ** i : 0), 0);
}

function rolesOf(bits: number): readonly Role[] {
  if (bits < 1 || bits >= 2 ** ROLES.length) throw fieldError("M2", "a set of roles");
  return ROLES.filter((_, i) => Math.floor(bits / 2 ** i) % 2 === 1);
}

function certificateToBytes(certificate: Certificate): Uint8Array {
  const types = CERTIFICATE_FIELDS.map(({ type }) => type);
  const words: Readonly<Record<string, unknown>> = { ...certificate };
  const values = CERTIFICATE_FIELDS.map(({ name }) => words[name]);
  return getBytes(AbiCoder.defaultAbiCoder().encode(types, values));
}

function certificateFromBytes(bytes: Uint8Array): Certificate {
  const values = decodedWords(CERTIFICATE_FIELDS, bytes);
  const text = (name: string): string => String(values[name]);
  const number = (name: string): bigint => BigInt(text(name));
  return {
    account: text("account"),
    participantId: text("participantId"),
    kind: number("kind"),
    pileKind: number("pileKind"),
    ratedPowerW: number("ratedPowerW"),
    siteCommitment: text("siteCommitment"),
    validUntil: number("validUntil"),
    relayBy: number("relayBy"),
    serial: number("serial"),
  };
}

function addressOf(bytes: Uint8Array): Address {
  return getAddress(bytesToHex(bytes));
}

function fieldError(what: string, expected: string): CredentialError {
  return new CredentialError("E_FIELD", `${what}: expected ${expected}, got another`);
}
