/** A vehicle and a station that shake hands, message by message, for attacks on what they say. */
import { id, Wallet } from "ethers";
import {
  answerHello,
  type StationStart,
  type StationTerms,
} from "../../../offchain/core/credential/handshake/station.ts";
import {
  type ExpectedStation,
  proveVehicle,
  startHandshake,
  type VehicleProven,
  type VehicleStart,
} from "../../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../../offchain/core/credential/holder.ts";
import { PARTICIPANT_KINDS, type Certificate } from "../../../offchain/core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../offchain/core/messages/typedData.ts";
import { EPOCH, REGISTRY, type World } from "./world.ts";

export const NOW = 1_728_000_000;
export const SLOT_ENDS = NOW + 1_800;
export const STATION = new Wallet(id("wallet of the station"));
const AUTHORITY = new Wallet(id("wallet of the authority"));

/** A certified station, and what it grants in a slot. */
async function stationTerms(): Promise<StationTerms> {
  const certificate: Certificate = {
    account: STATION.address,
    participantId: id("station"),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("pile")),
    pileKind: 1n,
    ratedPowerW: 11_000n,
    siteCommitment: id("site"),
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW - 86_400),
    serial: 1n,
  };
  const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(domain, CERTIFICATE_TYPES, certificate),
    scope: { service: "session", place: id("an area"), slot: NOW / 1_800 },
    roles: ["charge"],
    epoch: EPOCH,
    slotEnds: SLOT_ENDS,
    maxEnergyWh: 40_000,
  };
}

function expectedStation(terms: StationTerms): ExpectedStation {
  const { certificate, scope, epoch, slotEnds, maxEnergyWh } = terms;
  return {
    authority: AUTHORITY.address,
    stationId: certificate.participantId,
    siteCommitment: certificate.siteCommitment,
    scope,
    epoch,
    nowSeconds: NOW,
    neededUntil: slotEnds,
    longestSeconds: 3_600,
    maxEnergyWh,
  };
}

/** As far as M2. */
export interface Greeted {
  readonly terms: StationTerms;
  readonly vehicle: VehicleStart;
  readonly station: StationStart;
}

export async function greeted({ parameters, rng }: World): Promise<Greeted> {
  const terms = await stationTerms();
  const vehicle = startHandshake(rng);
  const station = await answerHello(parameters, terms, STATION, vehicle.message, rng);
  return { terms, vehicle, station };
}

/** M3 of a vehicle with this account. */
export function provenBy(
  { parameters, rng }: World,
  { terms, vehicle, station }: Greeted,
  credential: Credential,
  account: Wallet,
): Promise<VehicleProven> {
  const expected = expectedStation(terms);
  const { message } = station;
  return proveVehicle(parameters, vehicle, message, expected, credential, account, rng);
}
