/**
 * The authority's office of a day, which lets every vehicle in for the day's epoch, and the
 * credential of each.
 */
import { epochAt } from "../../core/credential/attributes.ts";
import { restEpochs } from "../../core/credential/registrar.ts";
import { EPOCH_SECONDS } from "../../core/messages/lifetimes.ts";
import { AUCTION_ROLE } from "../../market/authorising.ts";
import { foundCredentials, joinMarket } from "../../market/joining.ts";
import { memoryRegistrarStore } from "../../parties/authority/store.ts";
import { memoryMembership, membershipOf } from "../../parties/vehicle/membership.ts";
import { memoryPurse } from "../../parties/vehicle/purse.ts";
import type { CredentialOffice, MemberVehicle } from "./actors.ts";
import type { DayContext } from "./context.ts";

/** Two of three tracers open a presentation. */
const TRACERS = { threshold: 2, members: 3 } as const;

/** Deals the keys of the issuer and of the tracers. */
export async function openCredentialOffice(day: DayContext): Promise<CredentialOffice> {
  const { market, rng, midnight } = day;
  const { parameters, issuerKey } = await foundCredentials(market, TRACERS, rng);
  return {
    parameters,
    epoch: epochAt(midnight, EPOCH_SECONDS),
    registrar: {
      parameters,
      issuerKey,
      store: memoryRegistrarStore(restEpochs(EPOCH_SECONDS)),
      rng,
    },
  };
}

/** The registrar admits a vehicle to the day's epoch. It has nothing in its purse yet. */
export async function joinDay(
  { rng }: DayContext,
  { registrar, epoch }: CredentialOffice,
  name: string,
): Promise<MemberVehicle> {
  const store = memoryMembership();
  const attributes = { role: AUCTION_ROLE, epoch };
  const joined = await joinMarket(registrar, { store, rng }, { name, attributes });
  const { memberId, longTermKey } = await membershipOf(store, rng);
  return { name, memberId, longTermKey, credential: joined.credential, purse: memoryPurse() };
}
