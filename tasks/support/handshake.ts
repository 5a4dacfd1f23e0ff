/** The five messages of a handshake, back and forth between a vehicle and a station that one person plays. */
import type { Signer } from "ethers";
import type { SignedAuthorisation } from "../../offchain/credential/handshake/authorisation.ts";
import {
  answerHello,
  answerProof,
  confirmSession,
  type StationBooks,
  type StationTerms,
} from "../../offchain/credential/handshake/station.ts";
import {
  type ExpectedStation,
  finishHandshake,
  proveVehicle,
  startHandshake,
} from "../../offchain/credential/handshake/vehicle.ts";
import type { CredentialError } from "../../offchain/credential/credentialError.ts";
import type { Credential } from "../../offchain/credential/holder.ts";
import type { CredentialParameters } from "../../offchain/credential/parameters.ts";
import { systemRng } from "../../offchain/primitives/random.ts";
import { InputError } from "./outcome.ts";

export interface StationSide {
  readonly name: string;
  readonly terms: StationTerms;
  readonly signer: Signer;
  readonly books: StationBooks;
}

export interface VehicleSide {
  readonly name: string;
  readonly expected: ExpectedStation;
  readonly credential: Credential;
  /** Fresh. */
  readonly account: Signer;
}

/**
 * The authorisation that both have confirmed.
 * @throws InputError if the station refuses, with what it notes in its log and tells nobody else; CredentialError if the
 *   vehicle does not believe it
 */
export async function shakeHands(
  parameters: CredentialParameters,
  vehicle: VehicleSide,
  station: StationSide,
): Promise<SignedAuthorisation> {
  const { expected, credential, account } = vehicle;
  const { terms, signer, books } = station;
  const first = startHandshake(systemRng);
  const second = await answerHello(parameters, terms, signer, first.message, systemRng);
  const third = await proveVehicle(
    parameters,
    first,
    second.message,
    expected,
    credential,
    account,
    systemRng,
  );
  const now = expected.nowSeconds;
  const fourth = await answerProof(parameters, terms, signer, books, second, third.message, now);
  if (fourth.pending === null) throw refusal(vehicle.name, station.name, fourth.reason);
  const last = finishHandshake(parameters, third, fourth.message, expected, credential);
  return confirmSession(fourth.pending, last.message);
}

function refusal(
  vehicle: string,
  station: string,
  code: CredentialError["code"] | null,
): InputError {
  const reasons: Partial<Record<CredentialError["code"], string>> = {
    E_NYM_USED: `${vehicle} has a live authorisation in this scope, and there is one a scope`,
    E_MEMBER: "the account has been used before",
    E_TIME: "the slot is over, or its certificate",
  };
  const reason = (code === null ? undefined : reasons[code]) ?? "the credential does not hold";
  return new InputError(`${station} refuses: ${reason} (${code ?? "no reason"})`);
}
