/**
 * Short-lived certificates of a gateway, and the messages under them: after one presentation a
 * vehicle signs as many messages as it likes with a one-time Ed25519 key, and receivers check two
 * ordinary signatures instead of a proof. The certificate names nobody; the gateway keeps the
 * presentation behind its serial for as long as it can be traced.
 *
 *   certificate   serial(16) ‖ key(32) ‖ notBefore(8) ‖ notAfter(8) ‖ gatewayId(32) ‖ H(E1, E2)(32) ‖ signature(64)
 *   message       certificate ‖ sentMs(8) ‖ signature(64) ‖ body
 *
 * Source: the structure of ECPP (Lu et al. 2008); what it is built from is our own.
 */
import { getBytes } from "ethers";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, concatBytes } from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";
import {
  assertSignature,
  signHash,
  SIGNATURE_BYTES,
  SIGNING_KEY_BYTES,
  type SigningKeyPair,
} from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import type { PresentedPoints } from "./presentation.ts";
import { ID_BYTES, labelledHash, labelledId, readerOf, u64 } from "./wire.ts";

export const SERIAL_BYTES = 16;
const BODY_BYTES = SERIAL_BYTES + SIGNING_KEY_BYTES + 16 + 2 * ID_BYTES;
export const SHORT_CERTIFICATE_BYTES = BODY_BYTES + SIGNATURE_BYTES;
const HEAD_BYTES = SHORT_CERTIFICATE_BYTES + 8 + SIGNATURE_BYTES;

/** Nobody gets a certificate for longer. */
export const LONGEST_SECONDS = 15 * 60;
/** How far two clocks may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Times in unix seconds. */
export interface ShortCertificate {
  readonly serial: Uint8Array;
  readonly key: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly gatewayId: Bytes32;
  readonly escrowHash: Uint8Array;
}

/** A gateway as receivers know it. */
export interface GatewayIdentity {
  readonly id: Bytes32;
  /** Ed25519. */
  readonly key: Uint8Array;
}

/** A message that holds. */
export interface ReceivedMessage {
  readonly certificate: ShortCertificate;
  readonly sentMs: number;
  readonly body: Uint8Array;
}

/** Remembers signatures for as long as their messages are fresh: true for one that it has seen. */
export type SeenBefore = (signature: Uint8Array, forgetAtMs: number) => boolean;

/** Run by the gateway. */
export function signShortCertificate(
  { id }: CredentialParameters,
  certificate: ShortCertificate,
  gatewayKey: SigningKeyPair,
): Uint8Array {
  const body = bodyOf(certificate);
  return concatBytes(body, signHash(labelledHash("EVCRED-v1/certificate", id, body), gatewayKey));
}

/**
 * A certificate of this gateway that counts now. Run by receivers, once a certificate, and by its
 * owner.
 * @throws CredentialError E_LENGTH, E_FIELD, E_CERTIFICATE for another gateway's, E_SIGNATURE,
 *   E_TIME
 */
export function acceptShortCertificate(
  { id }: CredentialParameters,
  bytes: Uint8Array,
  gateway: GatewayIdentity,
  nowSeconds: number,
): ShortCertificate {
  const certificate = certificateFromBytes(bytes);
  if (certificate.gatewayId !== gateway.id) throw refusal("E_CERTIFICATE", "this gateway's");
  const hash = labelledHash("EVCRED-v1/certificate", id, bytes.subarray(0, BODY_BYTES));
  assertSignature("short certificate", hash, bytes.subarray(BODY_BYTES), gateway.key);
  const { notBefore, notAfter } = certificate;
  const begun = nowSeconds >= notBefore - CLOCK_TOLERANCE_SECONDS;
  const running = nowSeconds < notAfter && notAfter - notBefore <= LONGEST_SECONDS;
  if (!begun || !running) throw refusal("E_TIME", "one that counts now");
  return certificate;
}

/** A message under a certificate. Run by the vehicle. */
export function signMessage(
  certificate: Uint8Array,
  key: SigningKeyPair,
  sentMs: number,
  body: Uint8Array,
): Uint8Array {
  const signature = signHash(messageHash(certificate, sentMs, body), key);
  return concatBytes(certificate, u64(sentMs), signature, body);
}

/**
 * A message that is fresh, new and its certificate's. Run by receivers.
 * @throws CredentialError as `acceptShortCertificate`; E_TIME for a stale one, E_CHALLENGE for one
 *   that came before
 */
export function receiveMessage(
  parameters: CredentialParameters,
  bytes: Uint8Array,
  gateway: GatewayIdentity,
  nowMs: number,
  seenBefore: SeenBefore,
): ReceivedMessage {
  const { take, takeNumber } = readerOf("message", bytes, Math.max(bytes.length, HEAD_BYTES));
  const certificateBytes = take(SHORT_CERTIFICATE_BYTES);
  const sentMs = takeNumber(8);
  const signature = take(SIGNATURE_BYTES);
  const body = take(bytes.length - HEAD_BYTES);
  const now = Math.floor(nowMs / 1_000);
  const certificate = acceptShortCertificate(parameters, certificateBytes, gateway, now);
  const hash = messageHash(certificateBytes, sentMs, body);
  assertSignature("message", hash, signature, certificate.key);
  const toleranceMs = 1_000 * CLOCK_TOLERANCE_SECONDS;
  if (Math.abs(nowMs - sentMs) > toleranceMs) throw refusal("E_TIME", "a fresh message");
  if (seenBefore(signature, sentMs + toleranceMs)) throw refusal("E_CHALLENGE", "a new message");
  return { certificate, sentMs, body };
}

/** H(E1, E2): the certificate's link to what can be traced, without saying it. */
export function escrowHash({ e1, e2 }: PresentedPoints): Uint8Array {
  return labelledId("EVCRED-v1/escrow", e1.toBytes(), e2.toBytes());
}

/** What a gateway's receivers have seen, in memory. */
export function memorySeen(nowMs: () => number): SeenBefore {
  const until = new Map<string, number>();
  return (signature, forgetAtMs) => {
    for (const [known, end] of until) if (end < nowMs()) until.delete(known);
    const name = bytesToHex(signature);
    const seen = until.has(name);
    until.set(name, forgetAtMs);
    return seen;
  };
}

function messageHash(certificate: Uint8Array, sentMs: number, body: Uint8Array): Uint8Array {
  return labelledHash("EVCRED-v1/message", certificate, u64(sentMs), body);
}

function bodyOf(certificate: ShortCertificate): Uint8Array {
  const { serial, key, notBefore, notAfter, gatewayId, escrowHash: escrow } = certificate;
  return concatBytes(serial, key, u64(notBefore), u64(notAfter), getBytes(gatewayId), escrow);
}

function certificateFromBytes(bytes: Uint8Array): ShortCertificate {
  const { take, takeNumber } = readerOf("short certificate", bytes, SHORT_CERTIFICATE_BYTES);
  return {
    serial: take(SERIAL_BYTES),
    key: take(SIGNING_KEY_BYTES),
    notBefore: takeNumber(8),
    notAfter: takeNumber(8),
    gatewayId: bytesToHex(take(ID_BYTES)),
    escrowHash: take(ID_BYTES),
  };
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `short certificate: expected ${expected}, got another`);
}
