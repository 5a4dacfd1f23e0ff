/** Handshakes between a vehicle of a credential world and a station, step by step. */
import { id as hashOfText, Wallet } from "ethers";
import type { SessionAuthorisation } from "../../../offchain/core/credential/handshake/authorisation.ts";
import { proofFromBytes } from "../../../offchain/core/credential/handshake/handshakeMessages.ts";
import { openBox } from "../../../offchain/core/credential/handshake/sessionKeys.ts";
import {
  answerHello,
  answerProof,
  type StationAnswered,
  type StationBooks,
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
import { credentialOf, EPOCH, personIn, REGISTRY, type World, worldOf } from "./world.ts";

export const NOW = 1_728_000_000;
export const SLOT_STARTS = NOW + 600;
export const SLOT_ENDS = NOW + 1_800;
export const STATION = walletOf("station");
const AUTHORITY = walletOf("authority");
const DOMAIN = identityDomain(REGISTRY.chainId, REGISTRY.identities);

/** Who meets: a world of credentials, and one member of it. */
export interface HandshakeWorld {
  readonly world: World;
  readonly anna: Credential;
}

export async function handshakeWorld(): Promise<HandshakeWorld> {
  const world = worldOf("handshakes");
  return { world, anna: await credentialOf(world, personIn(world, "anna")) };
}

export function walletOf(name: string): Wallet {
  return new Wallet(hashOfText(`wallet of ${name}`));
}

export async function termsOf(
  name: string,
  changes: Partial<Certificate> = {},
): Promise<StationTerms> {
  const certificate: Certificate = {
    account: walletOf(name).address,
    participantId: hashOfText(name),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("pile")),
    pileKind: 1n,
    ratedPowerW: 11_000n,
    premises: hashOfText(`site of ${name}`),
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW - 86_400),
    serial: 1n,
    ...changes,
  };
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(DOMAIN, CERTIFICATE_TYPES, certificate),
    place: hashOfText("an area"),
    slotStart: SLOT_STARTS,
    slotEnd: SLOT_ENDS,
    roles: ["charge"],
    epoch: EPOCH,
    maxEnergyWh: 40_000,
  };
}

export function expectedOf(name: string, terms: StationTerms): ExpectedStation {
  const { place, slotStart, slotEnd, maxEnergyWh } = terms;
  return {
    authority: AUTHORITY.address,
    stationId: hashOfText(name),
    siteCommitment: hashOfText(`site of ${name}`),
    place,
    slotStart,
    slotEnd,
    epoch: EPOCH,
    nowSeconds: NOW,
    maxEnergyWh,
  };
}

/** A handshake, as far as M2. */
export interface Greeted {
  readonly terms: StationTerms;
  readonly expected: ExpectedStation;
  readonly vehicle: VehicleStart;
  readonly station: StationStart;
}

/** A handshake, as far as M3. */
export interface Meeting extends Greeted {
  readonly world: World;
  readonly proven: VehicleProven;
}

export async function begun(
  world: World,
  terms: StationTerms,
): Promise<[VehicleStart, StationStart]> {
  const vehicle = startHandshake(world.rng);
  return [vehicle, await answerHello(world.parameters, terms, STATION, vehicle.message, world.rng)];
}

export async function greeted(world: World, changed: Partial<StationTerms> = {}): Promise<Greeted> {
  const terms = { ...(await termsOf("station")), ...changed };
  const [vehicle, station] = await begun(world, terms);
  return { terms, expected: expectedOf("station", terms), vehicle, station };
}

/** M3 of a vehicle with this account. */
export function provenBy(
  { parameters, rng }: World,
  { vehicle, station, expected }: Greeted,
  credential: Credential,
  account: Wallet,
): Promise<VehicleProven> {
  const { message } = station;
  return proveVehicle(parameters, vehicle, message, expected, credential, account, rng);
}

export async function met(
  world: World,
  credential: Credential,
  account: Wallet,
  changed: Partial<StationTerms> = {},
): Promise<Meeting> {
  const greeting = await greeted(world, changed);
  const proven = await provenBy(world, greeting, credential, account);
  return { world, ...greeting, proven };
}

export function answered(
  { world, terms, station, proven }: Meeting,
  books: StationBooks,
  nowSeconds = NOW,
): Promise<StationAnswered> {
  const { parameters } = world;
  return answerProof(parameters, terms, STATION, books, station, proven.message, nowSeconds);
}

export function presentationIn({ station, proven: { message } }: Meeting): Uint8Array {
  return proofFromBytes(openBox(station.keys.vehicleBox, message, station.transcript)).presentation;
}

export function sampleAuthorisation(): SessionAuthorisation {
  return {
    account: walletOf("sample").address,
    role: "discharge",
    place: hashOfText("place"),
    slotStart: NOW,
    slotEnd: NOW + 60,
    nym: hashOfText("nym"),
    stationId: hashOfText("station"),
    maxEnergyWh: 1,
  };
}
