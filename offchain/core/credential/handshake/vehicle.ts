/**
 * The vehicle's side of a handshake. It shows nothing before it knows that it talks to the
 * certified station it expects, at the scope that it computed itself; it believes an authorisation
 * only if that station signed it for its own account, and confirms only then.
 */
import { type Signer, verifyTypedData } from "ethers";
import {
  type Address,
  type Bytes32,
  type Certificate,
  PARTICIPANT_KINDS,
} from "../../messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../messages/typedData.ts";
import { bytesToHex, concatBytes } from "../../primitives/bytes.ts";
import { withHidden } from "../../primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../primitives/random.ts";
import { CredentialError } from "../credentialError.ts";
import type { Credential } from "../holder.ts";
import type { CredentialParameters } from "../parameters.ts";
import { pseudonymBase, type Scope, scopeId } from "../scope.ts";
import { showCredential } from "../show.ts";
import { sameBytes } from "../wire.ts";
import {
  authorisationSigner,
  nymHashOf,
  recovered,
  type SignedAuthorisation,
} from "./authorisation.ts";
import {
  answerFromBytes,
  handshakeDomain,
  helloSigner,
  helloToBytes,
  NONCE_BYTES,
  POSSESSION_TYPES,
  possessionHash,
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
export interface ExpectedStation {
  /** The account whose signature makes a certificate. */
  readonly authority: Address;
  /** The station's id as a participant. */
  readonly stationId: Bytes32;
  /** Of the place it stands at; null where the place does not count. */
  readonly siteCommitment: Bytes32 | null;
  readonly scope: Scope;
  readonly epoch: number;
  readonly nowSeconds: number;
  /** Until then at least an authorisation has to count. */
  readonly neededUntil: number;
  /** It is not going to be bound for longer. */
  readonly longestSeconds: number;
  /** `maxEnergyWh` of every authorisation here: another number would tell the vehicle apart. */
  readonly maxEnergyWh: number;
}

/** How far two clocks may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;

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
  readonly account: Address;
  readonly stationAccount: Address;
  /** Hidden from logs and JSON. */
  readonly keys: SessionKeys;
  readonly scope: Bytes32;
  readonly nymHash: Bytes32;
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
  const scope = assertPolicy(parameters, hello, expected, credential);

  const second = transcriptAfter(first, received);
  const salt = concatBytes(start.nonce, hello.nonce);
  const keys = sessionKeys(start.ephemeral, hello.element, salt, second);
  const address = await account.getAddress();
  const message = sealBox(
    keys.vehicleBox,
    await proofFor(parameters, credential, { scope, transcript: second }, account, rng),
    second,
  );
  const nym = pseudonymBase(scope).multiply(credential.usk).toBytes();
  const known = {
    message,
    transcript: transcriptAfter(second, message),
    account: address,
    stationAccount: signer,
    scope: bytesToHex(scope),
    nymHash: nymHashOf(scope, nym),
  };
  return withHidden(known, { keys });
}

/**
 * M5 and the authorisation, from M4.
 * @throws CredentialError E_AEAD, E_LENGTH, E_FIELD, E_CONFIRMATION; E_REFUSED for status 0;
 *   E_SIGNATURE, E_SCOPE, E_ROLE, E_TIME or E_ENERGY for an authorisation that is not what was
 *   agreed
 */
export function finishHandshake(
  { registry }: CredentialParameters,
  proven: VehicleProven,
  received: Uint8Array,
  expected: ExpectedStation,
  credential: Credential,
): VehicleDone {
  const { keys, transcript } = proven;
  const { signed, mac } = answerFromBytes(openBox(keys.stationBox, received, transcript));
  assertConfirmation(keys.stationMac, transcript, mac);
  if (signed === null) throw refusal("E_REFUSED", "status 1");
  if (authorisationSigner(registry, signed) !== proven.stationAccount) {
    throw refusal("E_SIGNATURE", "the station's authorisation");
  }
  assertAgreed(signed, proven, expected, credential);
  const last = transcriptAfter(transcript, received);
  return { signed, message: confirmation(keys.vehicleMac, last) };
}

async function proofFor(
  parameters: CredentialParameters,
  credential: Credential,
  { scope, transcript }: { readonly scope: Uint8Array; readonly transcript: Uint8Array },
  account: Signer,
  rng: Rng,
): Promise<Uint8Array> {
  const address = await account.getAddress();
  const occasion = { scope, message: showMessage(transcript, address) };
  const domain = handshakeDomain(parameters.registry);
  const value = { transcript: possessionHash(transcript) };
  return proofToBytes({
    presentation: showCredential(parameters, credential, occasion, rng),
    account: address,
    possession: await account.signTypedData(domain, POSSESSION_TYPES, value),
  });
}

/** The certificate is the authority's, counts now, and is the expected station's. */
function assertStation(
  { registry }: CredentialParameters,
  certificate: Certificate,
  signature: string,
  expected: ExpectedStation,
): void {
  const { participantId, kind, premises, validUntil } = certificate;
  const kindName = PARTICIPANT_KINDS[Number(kind)] ?? "none";
  const elsewhere = (expected.siteCommitment ?? premises) !== premises;
  const stranger = participantId !== expected.stationId || elsewhere;
  if (stranger || !["pile", "matcher"].includes(kindName)) {
    throw refusal("E_CERTIFICATE", "the expected station");
  }
  if (BigInt(expected.nowSeconds) >= validUntil) throw refusal("E_TIME", "a running certificate");
  if (BigInt(expected.neededUntil) > validUntil) {
    throw refusal("E_TIME", "a certificate that runs as long as the authorisation has to");
  }
  const domain = identityDomain(registry.chainId, registry.identities);
  const signer = recovered(signature, () =>
    verifyTypedData(domain, CERTIFICATE_TYPES, certificate, signature),
  );
  if (signer !== expected.authority) throw refusal("E_CERTIFICATE", "the authority's signature");
}

/** The scope is computed here and not taken from the station. */
function assertPolicy(
  parameters: CredentialParameters,
  { policy }: SignedStationHello,
  expected: ExpectedStation,
  { attributes }: Credential,
): Uint8Array {
  const scope = scopeId(parameters, expected.scope);
  if (!sameBytes(policy.scope, scope)) throw refusal("E_SCOPE", "the scope of here and now");
  const current = policy.epoch === expected.epoch && policy.epoch === attributes.epoch;
  if (!current) throw refusal("E_EPOCH", "the current epoch");
  if (!policy.roles.includes(attributes.role)) throw refusal("E_ROLE", "the credential's role");
  return scope;
}

function assertAgreed(
  { authorisation }: SignedAuthorisation,
  { account, scope, nymHash }: VehicleProven,
  { stationId, nowSeconds, neededUntil, longestSeconds, maxEnergyWh }: ExpectedStation,
  { attributes }: Credential,
): void {
  const { notBefore, notAfter } = authorisation;
  const mine = authorisation.account === account && authorisation.nymHash === nymHash;
  const here = authorisation.scope === scope && authorisation.stationId === stationId;
  if (!mine || !here) throw refusal("E_SCOPE", "what was agreed");
  if (authorisation.role !== attributes.role) throw refusal("E_ROLE", "the credential's role");
  if (authorisation.maxEnergyWh !== maxEnergyWh) throw refusal("E_ENERGY", "everybody's energy");
  const begun = notBefore <= nowSeconds + CLOCK_TOLERANCE_SECONDS && notBefore < notAfter;
  const lasts = nowSeconds < notAfter && neededUntil <= notAfter;
  if (!begun || !lasts || notAfter - notBefore > longestSeconds) {
    throw refusal("E_TIME", "a time that was agreed");
  }
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `handshake: expected ${expected}, got another`);
}
