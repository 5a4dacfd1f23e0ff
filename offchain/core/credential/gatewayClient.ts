/** The vehicle's side of a short-lived certificate; bytes are in `certificateRequest.ts`. */
import { concatBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { gatewayOccasion, type GatewaySlot } from "./certificateRequest.ts";
import type { Credential } from "./holder.ts";
import type { CredentialParameters } from "./parameters.ts";
import { showCredential } from "./show.ts";

/**
 * The request to be sent, for a key that is used nowhere else. Run by the vehicle.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function requestCertificate(
  parameters: CredentialParameters,
  credential: Credential,
  slot: GatewaySlot,
  challenge: Uint8Array,
  key: Uint8Array,
  rng: Rng,
): Uint8Array {
  const occasion = gatewayOccasion(parameters, slot, challenge, key);
  return concatBytes(key, showCredential(parameters, credential, occasion, rng));
}
