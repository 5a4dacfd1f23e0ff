/** A handshake between a vehicle and a station that one person plays, and in words why a station refuses. */
import type { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import type { SignedAuthorisation } from "../../offchain/core/credential/handshake/authorisation.ts";
import type { CredentialParameters } from "../../offchain/core/credential/parameters.ts";
import {
  RefusedHandshakeError,
  shakeHands,
  type StationSide,
  type VehicleSide,
} from "../../offchain/market/handshake.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { InputError } from "./outcome.ts";

/** A side under the name that the state folder knows it by. */
export type Named<Side> = Side & { readonly name: string };

/**
 * The authorisation that both have confirmed.
 * @throws InputError if the station refuses, with what it notes in its log and tells nobody else; CredentialError if the
 *   vehicle does not believe it
 */
export async function authorisedBetween(
  parameters: CredentialParameters,
  vehicle: Named<VehicleSide>,
  station: Named<StationSide>,
): Promise<SignedAuthorisation> {
  try {
    return await shakeHands(parameters, vehicle, station, systemRng);
  } catch (error) {
    if (!(error instanceof RefusedHandshakeError)) throw error;
    throw refusal(vehicle.name, station.name, error.code);
  }
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
