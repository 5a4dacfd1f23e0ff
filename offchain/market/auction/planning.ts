/**
 * What a matcher prepares for the auction of a slot: a round key for the features of today's
 * records, and a plan whose scope is that of its area and slot.
 */
import { scopeId, scopeOfTerms } from "../../core/credential/scope.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import { areaHash } from "../../core/messages/area.ts";
import { FEATURES } from "../../core/messages/features.ts";
import { ANY_SCOPE, type Bytes32 } from "../../core/messages/market.ts";
import type { RoundKeyNumbers } from "../../core/messages/roundKey.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { AuctionParties } from "../auctionParties.ts";
import type { AuctionPlan, DealtRoundKey } from "./openAuction.ts";

/** What is chosen of a round key. */
export interface WantedKey extends Pick<RoundKeyNumbers, "commitmentModulus" | "mode"> {
  readonly keyBits: number;
}

/** A plan before it is known whom it lets in. */
export type SlotPlan = Omit<AuctionPlan, "scope">;

/** The authority deals the key of a round. Throws as `dealRoundKey` does. */
export function dealForAuction(
  { dealRoundKey }: Pick<AuctionParties, "dealRoundKey">,
  { keyBits, commitmentModulus, mode }: WantedKey,
): Promise<DealtRoundKey> {
  return dealRoundKey(keyBits, { commitmentModulus, features: FEATURES.length, mode });
}

/**
 * The plan for vehicles with credentials of these parameters, in the scope of its area and slot.
 * @param parameters null to let all in that are in standing
 */
export function planAuction(parameters: CredentialParameters | null, plan: SlotPlan): AuctionPlan {
  return { ...plan, scope: parameters === null ? ANY_SCOPE : scopeOf(parameters, plan) };
}

function scopeOf(
  parameters: CredentialParameters,
  { area, slotStart, slotEnd }: SlotPlan,
): Bytes32 {
  const slot = { slotStart: BigInt(slotStart), slotEnd: BigInt(slotEnd) };
  const scope = scopeOfTerms({ areaHash: areaHash(area), ...slot });
  return bytesToHex(scopeId(parameters, scope));
}
