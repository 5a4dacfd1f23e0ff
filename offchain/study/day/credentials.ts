/**
 * Who may trade, without the market knowing who it is: the authority's keys for credentials, the tracers who together can
 * open one in an approved case, and every vehicle's credential for the day.
 */
import { id } from "ethers";
import { epochAt } from "../../core/credential/attributes.ts";
import { acceptCredential, askToJoin, generateHolderSecret } from "../../core/credential/holder.ts";
import { generateSigningKey } from "../../core/credential/longTermKey.ts";
import { acceptParameters } from "../../core/credential/parameters.ts";
import { memoryRegister, type Member } from "../../core/credential/registrar.ts";
import { dealTracers } from "../../core/credential/tracers.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { admitToEpoch, publishCredentials } from "../../parties/authority/credentials.ts";
import type { DayContext } from "./context.ts";
import type { CredentialOffice, MemberVehicle } from "./actors.ts";

/** Two of three tracers open a presentation. */
const TRACERS = { threshold: 2, members: 3 } as const;
const EPOCH_SECONDS = 86_400;

/** Deals the keys of the issuer and of the tracers. */
export async function openCredentialOffice(day: DayContext): Promise<CredentialOffice> {
  const { market, rng, midnight } = day;
  const { published: dealing } = dealTracers(TRACERS, 0, rng);
  const identities = await market.contracts.identities.getAddress();
  const registry = { chainId: market.chainId, identities };
  const { published, issuerKey } = publishCredentials(registry, TRACERS, [dealing], rng);
  const members = new Map<Bytes32, Member>();
  return {
    parameters: acceptParameters(published),
    epoch: epochAt(midnight, EPOCH_SECONDS),
    issuerKey,
    register: memoryRegister(members),
    members,
  };
}

/** The registrar admits a vehicle to the day's epoch, and the vehicle checks what it was given. */
export function joinMarket(day: DayContext, office: CredentialOffice, name: string): MemberVehicle {
  const { rng } = day;
  const { parameters, issuerKey, register, members, epoch } = office;
  const memberId = id(`ChargeVeil simulated participant/${day.world.seed}/vehicle/${name}`);
  const longTermKey = generateSigningKey(rng);
  members.set(memberId, { longTermKey: longTermKey.publicKey, roles: ["charge"] });

  const holder = generateHolderSecret(rng);
  const attributes = { role: "charge", epoch } as const;
  const ask = (nonce: Uint8Array): Uint8Array =>
    askToJoin(parameters, holder, longTermKey, { memberId, nonce, attributes }, rng);
  const answer = admitToEpoch(parameters, issuerKey, register, epoch, ask, rng);
  const credential = acceptCredential(parameters, holder, attributes, answer);
  return { name, memberId, longTermKey, credential };
}
