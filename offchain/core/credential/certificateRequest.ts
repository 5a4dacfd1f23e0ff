/**
 * What a vehicle sends for a short-lived certificate, and what it shows its credential for: a
 * one-time key, at this gateway, in answer to this challenge, in the gateway's scope of the slot.
 *
 *   request   key(32) ‖ presentation(405), its message = H("EVCRED-v1/gateway", gatewayId, challenge, key)
 */
import { getBytes } from "ethers";
import type { Bytes32 } from "../messages/market.ts";
import { SIGNING_KEY_BYTES } from "./longTermKey.ts";
import type { CredentialParameters } from "./parameters.ts";
import { type Occasion, PRESENTATION_BYTES } from "./presentation.ts";
import { scopeId } from "./scope.ts";
import { labelledHash } from "./wire.ts";

export const CHALLENGE_BYTES = 32;
export const GATEWAY_REQUEST_BYTES = SIGNING_KEY_BYTES + PRESENTATION_BYTES;

/** Which gateway, and when. */
export interface GatewaySlot {
  readonly gatewayId: Bytes32;
  /** Of `slotAt`. */
  readonly slot: number;
}

/** Computed by both sides. */
export function gatewayOccasion(
  parameters: CredentialParameters,
  { gatewayId, slot }: GatewaySlot,
  challenge: Uint8Array,
  key: Uint8Array,
): Occasion {
  return {
    scope: scopeId(parameters, { service: "gateway", place: gatewayId, slot }),
    message: labelledHash("EVCRED-v1/gateway", getBytes(gatewayId), challenge, key),
  };
}
