/**
 * How a vehicle gets a short-lived certificate. The gateway says a challenge, the vehicle shows its
 * credential in the gateway's scope of the slot, for a one-time key and that challenge; the gateway
 * signs, once a pseudonym, and keeps the presentation beside the serial, so that a case can name
 * it. It learns a role and a pseudonym of this slot.
 */
import { bytesToHex, type Hex } from "../primitives/bytes.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../primitives/random.ts";
import type { Role } from "./attributes.ts";
import {
  CHALLENGE_BYTES,
  GATEWAY_REQUEST_BYTES,
  gatewayOccasion,
  type GatewaySlot,
} from "./certificateRequest.ts";
import { CredentialError } from "./credentialError.ts";
import { SIGNING_KEY_BYTES, type SigningKeyPair } from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import { PRESENTATION_BYTES } from "./presentation.ts";
import {
  escrowHash,
  LONGEST_SECONDS,
  SERIAL_BYTES,
  signShortCertificate,
} from "./shortCertificate.ts";
import { type Demand, verifyPresentation } from "./verify.ts";
import { readerOf } from "./wire.ts";

/** A gateway, when, and who is let in. */
export interface GatewayTerms extends GatewaySlot {
  readonly epoch: number;
  readonly roles: readonly Role[];
}

/** The gateway's books; handed in. */
export interface GatewayBooks {
  readonly giveChallenge: (challenge: Hex) => void;
  /** Whether the challenge was given out and has not come back; it is spent afterwards. */
  readonly spendChallenge: (challenge: Hex) => boolean;
  /** Takes a pseudonym; false if it was taken before in this scope. */
  readonly takeNym: (scope: Hex, nym: Hex) => boolean;
  /** Keeps what can be traced by the serial. */
  readonly record: (serial: Hex, presentation: Uint8Array, demand: Demand) => void;
}

/** Run by the gateway. @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function challengeOf(books: GatewayBooks, rng: Rng): Uint8Array {
  assertProductionRng(rng);
  const challenge = randomBytesOf(rng, CHALLENGE_BYTES);
  books.giveChallenge(bytesToHex(challenge));
  return challenge;
}

/**
 * A certificate for whoever may have one. Run by the gateway.
 * @throws CredentialError E_LENGTH, E_CHALLENGE, E_NYM_USED; those of `verifyPresentation`
 */
export function issueCertificate(
  parameters: CredentialParameters,
  terms: GatewayTerms,
  gatewayKey: SigningKeyPair,
  books: GatewayBooks,
  request: { readonly bytes: Uint8Array; readonly challenge: Uint8Array },
  nowSeconds: number,
  rng: Rng,
): Uint8Array {
  assertProductionRng(rng);
  const { take } = readerOf("request for a certificate", request.bytes, GATEWAY_REQUEST_BYTES);
  const [key, shown] = [take(SIGNING_KEY_BYTES), take(PRESENTATION_BYTES)];
  if (!books.spendChallenge(bytesToHex(request.challenge))) {
    throw refusal("E_CHALLENGE", "an open challenge");
  }
  const occasion = gatewayOccasion(parameters, terms, request.challenge, key);
  const demand = { ...occasion, epoch: terms.epoch, roles: terms.roles };
  const presentation = verifyPresentation(parameters, shown, demand);
  if (!books.takeNym(bytesToHex(demand.scope), bytesToHex(presentation.nym.toBytes()))) {
    throw refusal("E_NYM_USED", "a pseudonym that is new in this slot");
  }
  const serial = randomBytesOf(rng, SERIAL_BYTES);
  books.record(bytesToHex(serial), shown, demand);
  const times = { notBefore: nowSeconds, notAfter: nowSeconds + LONGEST_SECONDS };
  const { gatewayId } = terms;
  const certificate = { serial, key, ...times, gatewayId, escrowHash: escrowHash(presentation) };
  return signShortCertificate(parameters, certificate, gatewayKey);
}

/** What has been shown, by serial. */
export interface Kept {
  readonly presentation: Uint8Array;
  readonly demand: Demand;
}

/** The books in memory, for tests and for one process; `kept` is filled. */
export function memoryGatewayBooks(kept: Map<Hex, Kept>): GatewayBooks {
  const challenges = new Set<Hex>();
  const nyms = new Set<string>();
  return {
    giveChallenge: (challenge) => challenges.add(challenge),
    spendChallenge: (challenge) => challenges.delete(challenge),
    takeNym: (scope, nym) => {
      const name = `${scope}/${nym}`;
      const isNew = !nyms.has(name);
      nyms.add(name);
      return isNew;
    },
    record: (serial, presentation, demand) => kept.set(serial, { presentation, demand }),
  };
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `issueCertificate: expected ${expected}, got another`);
}
