/**
 * The vehicle's side of a handshake. It shows nothing before it knows that it talks to the
 * certified station it expects, at the scope that it computed itself; it believes an authorisation
 * only if that station signed it for its own account, and confirms only then.
 */
import { getBytes, type Signer } from "ethers";
import {
  type Address,
  type Bytes32,
  type Certificate,
  PARTICIPANT_KINDS,
} from "../../messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../messages/typedData.ts";
import { concatBytes } from "../../primitives/bytes.ts";
import { withHidden } from "../../primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../primitives/random.ts";
import { CredentialError } from "../credentialError.ts";
import type { Credential } from "../holder.ts";
import type { CredentialParameters } from "../parameters.ts";
import { pseudonymBase, type StationScope, stationScopeId } from "../scope.ts";
import { showCredential } from "../show.ts";
import { sameBytes } from "../wire.ts";
import {
  authorisationSigner,
  nymDigest,
  recovered,
  type SessionAuthorisation,
  signAuthorisation,
  type SignedAuthorisation,
} from "./authorisation.ts";
import {
  answerFromBytes,
  helloSigner,
  helloToBytes,
  NONCE_BYTES,
  proofToBytes,
  showMessage,
  type SignedStationHello,
  signedHelloFromBytes,
  transcriptAfter,
  transcriptStart,
} from "./handshakeMessages.ts";
import {
  assertConfirmation,
  assertElement,
  confirmation,
  ephemeralKey,
  type EphemeralKey,
  openBox,
  sealBox,
  type SessionKeys,
  sessionKeys,
} from "./sessionKeys.ts";

/**
 * Whom the vehicle expects, from where it stands and what it was told by the match. Times in unix
 * seconds.
 */
export interface ExpectedStation extends StationScope {
  /** The account whose signature makes a certificate. */
  readonly authority: Address;
  /** Of the place it stands at; null where the place does not count. */
  readonly siteCommitment: Bytes32 | null;
  readonly epoch: number;
  readonly nowSeconds: number;
  /** `maxEnergyWh` of every authorisation here: another number would tell the vehicle apart. */
  readonly maxEnergyWh: number;
}

/** What the vehicle keeps between M1 and M2. */
export interface VehicleStart {
  readonly message: Uint8Array;
  readonly nonce: Uint8Array;
  /** Hidden from logs and JSON. */
  readonly ephemeral: EphemeralKey;
}

/** What the vehicle keeps between M3 and M4. */
export interface VehicleProven {
  readonly message: Uint8Array;
  /** tr_3. */
  readonly transcript: Uint8Array;
  readonly stationAccount: Address;
  /** What the account has consented to, and nothing else. */
  readonly agreed: SessionAuthorisation;
  readonly consent: string;
  /** Hidden from logs and JSON. */
  readonly keys: SessionKeys;
}

export interface VehicleDone {
  /** M5. */
  readonly message: Uint8Array;
  readonly signed: SignedAuthorisation;
}

/** M1. @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function startHandshake(rng: Rng): VehicleStart {
  assertProductionRng(rng);
  const ephemeral = ephemeralKey(rng);
  const nonce = randomBytesOf(rng, NONCE_BYTES);
  const message = helloToBytes({ nonce, element: ephemeral.element });
  return withHidden({ message, nonce }, { ephemeral });
}

/**
 * M3, in answer to M2. `account` is fresh: it has signed nothing before.
 * @throws CredentialError E_LENGTH, E_FIELD, E_POINT for an M2 that is none; E_CERTIFICATE, E_TIME,
 *   E_SIGNATURE for another station than expected; E_SCOPE, E_EPOCH, E_ROLE for a policy that the
 *   credential must not or cannot meet
 */
export async function proveVehicle(
  parameters: CredentialParameters,
  start: VehicleStart,
  received: Uint8Array,
  expected: ExpectedStation,
  credential: Credential,
  account: Signer,
  rng: Rng,
): Promise<VehicleProven> {
  const first = transcriptAfter(transcriptStart(parameters), start.message);
  const hello = signedHelloFromBytes(received);
  assertElement(hello.element);
  assertStation(parameters, hello.certificate, hello.certificateSignature, expected);
  const signer = helloSigner(parameters.registry, first, hello);
  if (signer !== hello.certificate.account) throw refusal("E_SIGNATURE", "the station's signature");
  const scope = assertPolicy(hello, expected, credential);

  const second = transcriptAfter(first, received);
  const salt = concatBytes(start.nonce, hello.nonce);
  const keys = sessionKeys(start.ephemeral, hello.element, salt, second);
  const address = await account.getAddress();
  const agreed = authorisationOf(expected, credential, scope, address);
  const consent = await signAuthorisation(parameters.registry, account, agreed);
  const occasion = { scope, message: showMessage(second, address) };
  const presentation = showCredential(parameters, credential, occasion, rng);
  const proof = proofToBytes({ presentation, account: address, consent });
  const message = sealBox(keys.vehicleBox, proof, second);
  const transcript = transcriptAfter(second, message);
  return withHidden({ message, transcript, stationAccount: signer, agreed, consent }, { keys });
}

/**
 * M5 and the authorisation, from M4.
 * @throws CredentialError E_AEAD, E_LENGTH, E_FIELD, E_CONFIRMATION; E_REFUSED for status 0;
 *   E_SIGNATURE, E_SCOPE, E_ROLE, E_TIME or E_ENERGY for an authorisation that is not what was
 *   agreed
 */
export function finishHandshake(
  { registry }: CredentialParameters,
  { keys, transcript, stationAccount, agreed, consent }: VehicleProven,
  received: Uint8Array,
): VehicleDone {
  const { granted, mac } = answerFromBytes(openBox(keys.stationBox, received, transcript));
  assertConfirmation(keys.stationMac, transcript, mac);
  if (granted === null) throw refusal("E_REFUSED", "status 1");
  if (authorisationSigner(registry, granted) !== stationAccount) {
    throw refusal("E_SIGNATURE", "the station's authorisation");
  }
  assertAgreed(granted.authorisation, agreed);
  const last = transcriptAfter(transcript, received);
  return { signed: { ...granted, consent }, message: confirmation(keys.vehicleMac, last) };
}

/** What the vehicle asks for: everything in it is known before the station answers. */
function authorisationOf(
  { stationId, place, slotStart, slotEnd, maxEnergyWh }: ExpectedStation,
  { usk, attributes }: Credential,
  scope: Uint8Array,
  account: Address,
): SessionAuthorisation {
  const nym = nymDigest(pseudonymBase(scope).multiply(usk).toBytes());
  const { role } = attributes;
  return { account, role, place, slotStart, slotEnd, nym, stationId, maxEnergyWh };
}

/** The certificate is the authority's, counts now, and is the expected station's. */
function assertStation(
  { registry }: CredentialParameters,
  certificate: Certificate,
  signature: string,
  expected: ExpectedStation,
): void {
  const { participantId, kind, siteCommitment, validUntil } = certificate;
  const kindName = PARTICIPANT_KINDS[Number(kind)] ?? "none";
  const elsewhere = (expected.siteCommitment ?? siteCommitment) !== siteCommitment;
  const stranger = participantId !== expected.stationId || elsewhere;
  if (stranger || !["pile", "matcher"].includes(kindName)) {
    throw refusal("E_CERTIFICATE", "the expected station");
  }
  if (expected.nowSeconds >= expected.slotEnd) throw refusal("E_TIME", "a slot that is not over");
  if (BigInt(expected.slotEnd) > validUntil) {
    throw refusal("E_TIME", "a certificate that runs until the slot ends");
  }
  const domain = identityDomain(registry.chainId, registry.identities);
  const signed = { domain, types: CERTIFICATE_TYPES, value: { ...certificate } };
  const signer = recovered(signed, signature);
  if (signer !== expected.authority) throw refusal("E_CERTIFICATE", "the authority's signature");
}

/** The scope is computed here and not taken from the station. */
function assertPolicy(
  { policy }: SignedStationHello,
  expected: ExpectedStation,
  { attributes }: Credential,
): Uint8Array {
  const scope = getBytes(stationScopeId(expected));
  if (!sameBytes(policy.scope, scope)) throw refusal("E_SCOPE", "the scope of here and now");
  const current = policy.epoch === expected.epoch && policy.epoch === attributes.epoch;
  if (!current) throw refusal("E_EPOCH", "the current epoch");
  if (!policy.roles.includes(attributes.role)) throw refusal("E_ROLE", "the credential's role");
  return scope;
}

function assertAgreed(granted: SessionAuthorisation, agreed: SessionAuthorisation): void {
  const differs = (...fields: readonly (keyof SessionAuthorisation)[]): boolean =>
    fields.some((field) => granted[field] !== agreed[field]);
  if (differs("account", "nym", "place", "stationId")) {
    throw refusal("E_SCOPE", "what was agreed");
  }
  if (differs("role")) throw refusal("E_ROLE", "the credential's role");
  if (differs("maxEnergyWh")) throw refusal("E_ENERGY", "everybody's energy");
  if (differs("slotStart", "slotEnd")) throw refusal("E_TIME", "the slot that was agreed");
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `handshake: expected ${expected}, got another`);
}
