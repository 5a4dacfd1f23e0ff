/**
 * One handshake, from the first message to the last, between a vehicle and a station that one
 * process plays: what travels is bytes, and each side keeps to itself what the other must not know.
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
import type { StationDesk } from "../parties/station/desk.ts";

export interface StationSide extends Pick<StationDesk, "wallet" | "rng"> {
  readonly terms: StationTerms;
  readonly store: StationBooks;
}

export interface VehicleSide {
  readonly expected: ExpectedStation;
  readonly credential: Credential;
  /** Fresh. */
  readonly account: Signer;
  readonly rng: Rng;
}

const REASONS: Partial<Record<CredentialError["code"], string>> = {
  E_NYM_USED: "the vehicle has an authorisation in this scope, and there is one a scope",
  E_MEMBER: "the account has been used before",
  E_TIME: "the slot is over, or the station's certificate ends before it",
};

/** The station's refusal, with the reason that it notes for itself and tells nobody. */
export class RefusedHandshakeError extends Error {
  override readonly name = "RefusedHandshakeError";
  readonly code = "E_HANDSHAKE_REFUSED";
  /** Null if it has noted none. */
  readonly reason: CredentialError["code"] | null;

  constructor(reason: RefusedHandshakeError["reason"]) {
    const words = (reason === null ? undefined : REASONS[reason]) ?? "the credential does not hold";
    super(`the station refuses: ${words} (${reason ?? "no reason"})`);
    this.reason = reason;
  }
}

/**
 * The authorisation that both have confirmed.
 * @throws RefusedHandshakeError; CredentialError if the vehicle does not believe the station
 */
export async function shakeHands(
  parameters: CredentialParameters,
  { expected, credential, account, rng }: VehicleSide,
  station: StationSide,
): Promise<SignedAuthorisation> {
  const { terms, wallet, store } = station;
  const hello = startHandshake(rng);
  const answer = await answerHello(parameters, terms, wallet, hello.message, station.rng);
  const shown = [expected, credential, account, rng] as const;
  const proven = await proveVehicle(parameters, hello, answer.message, ...shown);
  const received = [answer, proven.message, expected.nowSeconds] as const;
  const answered = await answerProof(parameters, terms, wallet, store, ...received);
  if (answered.pending === null) throw new RefusedHandshakeError(answered.reason);
  const done = finishHandshake(parameters, proven, answered.message);
  return confirmSession(answered.pending, done.message);
}
