/**
 * One handshake, from the first message to the last, between a vehicle and a station that one process plays: what travels
 * is bytes, and each side keeps to itself what the other must not know.
 */
import type { Signer } from "ethers";
import type { CredentialError } from "../core/credential/credentialError.ts";
import type { SignedAuthorisation } from "../core/credential/handshake/authorisation.ts";
import {
  answerHello,
  answerProof,
  confirmSession,
  type StationBooks,
  type StationTerms,
} from "../core/credential/handshake/station.ts";
import {
  finishHandshake,
  proveVehicle,
  startHandshake,
  type ExpectedStation,
} from "../core/credential/handshake/vehicle.ts";
import type { Credential } from "../core/credential/holder.ts";
import type { CredentialParameters } from "../core/credential/parameters.ts";
import type { Rng } from "../core/primitives/random.ts";

export interface StationSide {
  readonly terms: StationTerms;
  /** Of the account that the certificate names. */
  readonly signer: Signer;
  readonly books: StationBooks;
}

export interface VehicleSide {
  readonly expected: ExpectedStation;
  readonly credential: Credential;
  /** Fresh. */
  readonly account: Signer;
}

/** The station's refusal, with the reason that it notes for itself and tells nobody. */
export class RefusedHandshakeError extends Error {
  override readonly name = "RefusedHandshakeError";
  readonly code: CredentialError["code"] | null;

  constructor(code: RefusedHandshakeError["code"]) {
    super(`shakeHands: expected an authorisation, the station refuses (${code ?? "no reason"})`);
    this.code = code;
  }
}

/**
 * The authorisation that both have confirmed.
 * @throws RefusedHandshakeError; CredentialError if the vehicle does not believe the station
 */
export async function shakeHands(
  parameters: CredentialParameters,
  { expected, credential, account }: VehicleSide,
  { terms, signer, books }: StationSide,
  rng: Rng,
): Promise<SignedAuthorisation> {
  const hello = startHandshake(rng);
  const answer = await answerHello(parameters, terms, signer, hello.message, rng);
  const shown = [expected, credential, account, rng] as const;
  const proven = await proveVehicle(parameters, hello, answer.message, ...shown);
  const received = [answer, proven.message, expected.nowSeconds] as const;
  const answered = await answerProof(parameters, terms, signer, books, ...received);
  if (answered.pending === null) throw new RefusedHandshakeError(answered.reason);
  const done = finishHandshake(parameters, proven, answered.message, expected, credential);
  return confirmSession(answered.pending, done.message);
}
