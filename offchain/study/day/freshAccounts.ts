/**
 * The account that a vehicle trades from, in one slot and never again. Vehicle and matcher shake hands: the vehicle knows
 * that it talks to the certified matcher, the matcher that somebody with a credential is there, once in this slot. The
 * matcher relays the authorisation; the vehicle's own accounts, if it has any, appear nowhere.
 */
import { Wallet } from "ethers";
import type { StationTerms } from "../../core/credential/handshake/station.ts";
import type { ExpectedStation } from "../../core/credential/handshake/vehicle.ts";
import type { Scope } from "../../core/credential/scope.ts";
import { shakeHands } from "../../market/handshake.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { generateSealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { DayContext } from "./context.ts";
import type { CredentialOffice, MemberVehicle, SessionActor, StationActor } from "./actors.ts";

/** What is agreed on for a slot; unix seconds. */
export interface SlotTerms {
  readonly scope: Scope;
  readonly nowSeconds: number;
  readonly slotEnds: number;
}

/** More than any battery takes in a slot: what a session may cost is limited by its deposit. */
const MAX_ENERGY_WH = 150_000;
/** The auction before the slot, and the slot. */
const LONGEST_SECONDS = 2 * 86_400;

/** A fresh account, and the handshake that it is authorised by. */
export async function openSession(
  day: DayContext,
  office: CredentialOffice,
  station: StationActor,
  member: MemberVehicle,
  { scope, nowSeconds, slotEnds }: SlotTerms,
): Promise<SessionActor> {
  const { rng, market } = day;
  const { parameters, epoch } = office;
  const wallet = new Wallet(bytesToHex(rng.bytes(32)), market.provider);
  const expected: ExpectedStation = {
    authority: await day.authority.getAddress(),
    stationId: station.participantId,
    siteCommitment: null,
    scope,
    epoch,
    nowSeconds,
    longestSeconds: LONGEST_SECONDS,
  };
  const terms: StationTerms = {
    certificate: station.certified.certificate,
    certificateSignature: station.certified.signature,
    scope,
    roles: ["charge"],
    epoch,
    slotEnds,
    maxEnergyWh: MAX_ENERGY_WH,
  };
  const { wallet: signer, books } = station;
  const vehicle = { expected, credential: member.credential, account: wallet };
  const authorised = await shakeHands(parameters, vehicle, { terms, signer, books }, rng);
  return {
    kind: "vehicle",
    name: member.name,
    wallet,
    participantId: authorised.authorisation.nymHash,
    sealKeys: await generateSealKeyPair(rng),
    authorised,
  };
}
