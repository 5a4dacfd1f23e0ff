/**
 * What a matcher prepares for the auction of a slot: a round key for the features of today's
 * records, and a plan whose scope is that of its station, area and slot.
 */
import { auctionScope, stationScopeId } from "../../core/credential/scope.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import { areaHash } from "../../core/messages/area.ts";
import { FEATURES } from "../../core/messages/features.ts";
import { ANY_SCOPE, type Bytes32 } from "../../core/messages/market.ts";
import type { RoundKeyNumbers } from "../../core/messages/roundKey.ts";
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

/** Who lets vehicles in: a station, to whoever has credentials of these parameters. */
export interface LetsIn {
  readonly parameters: CredentialParameters;
  /** The station's id as a participant. */
  readonly stationId: Bytes32;
}

/**
 * The plan for vehicles that a station has let in for its area and slot.
 * @param letsIn null to let all in that are in standing
 */
export function planAuction(letsIn: LetsIn | null, plan: SlotPlan): AuctionPlan {
  return { ...plan, scope: letsIn === null ? ANY_SCOPE : scopeOf(letsIn, plan) };
}

function scopeOf({ parameters, stationId }: LetsIn, plan: SlotPlan): Bytes32 {
  const [slotStart, slotEnd] = [BigInt(plan.slotStart), BigInt(plan.slotEnd)];
  const terms = { areaHash: areaHash(plan.area), slotStart, slotEnd };
  return stationScopeId(auctionScope(parameters, stationId, terms));
}
