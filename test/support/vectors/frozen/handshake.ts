/** A frozen handshake: five messages, what both sides keep, and what is in the boxes. */
import { id as hashOfText, Wallet } from "ethers";
import {
  nymHashOf,
  type SignedAuthorisation,
} from "../../../../offchain/core/credential/handshake/authorisation.ts";
import {
  transcriptAfter,
  transcriptStart,
} from "../../../../offchain/core/credential/handshake/handshakeMessages.ts";
import { openBox } from "../../../../offchain/core/credential/handshake/sessionKeys.ts";
import {
  answerHello,
  answerProof,
  memoryStationBooks,
  type StationTerms,
} from "../../../../offchain/core/credential/handshake/station.ts";
import {
  finishHandshake,
  proveVehicle,
  startHandshake,
} from "../../../../offchain/core/credential/handshake/vehicle.ts";
import {
  PARTICIPANT_KINDS,
  type Bytes32,
  type Certificate,
} from "../../../../offchain/core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../../offchain/core/messages/typedData.ts";
import { bigintToBytes, concatBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { EPOCH, REGISTRY } from "../../credential/world.ts";
import { digits, DRAWS, drawsOf, type FrozenFile, hex, hexed, type Json } from "./form.ts";
import { frozenMember } from "./member.ts";
import { placeId, stationScopeId } from "../../../../offchain/core/credential/scope.ts";

const NOW = 1_728_000_000;
const SLOT_SECONDS = 1_800;
const AUTHORITY = walletOf("authority");
const STATION = walletOf("station");
const ACCOUNT = walletOf("account");

function walletOf(name: string): Wallet {
  return new Wallet(hashOfText(`frozen wallet of the ${name}`));
}

async function stationTerms(place: Bytes32): Promise<StationTerms> {
  const certificate: Certificate = {
    account: STATION.address,
    participantId: hashOfText("a station"),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("pile")),
    pileKind: 1n,
    ratedPowerW: 11_000n,
    premises: hashOfText("a site"),
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW + 3_600),
    serial: 7n,
  };
  const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(domain, CERTIFICATE_TYPES, certificate),
    place,
    slotStart: NOW,
    slotEnd: NOW + SLOT_SECONDS,
    roles: ["charge"],
    epoch: EPOCH,
    maxEnergyWh: 200_000,
  };
}

export async function handshakeVectors(): Promise<FrozenFile> {
  const { parameters, credential, joining } = await frozenMember();
  const terms = await stationTerms(placeId(parameters, "session", hashOfText("an area")));
  const vehicle = startHandshake(drawsOf("M1"));
  const m1 = vehicle.message;
  const station = await answerHello(parameters, terms, STATION, m1, drawsOf("M2"));
  const expected = {
    authority: AUTHORITY.address,
    stationId: terms.certificate.participantId,
    siteCommitment: terms.certificate.premises,
    place: terms.place,
    slotStart: terms.slotStart,
    slotEnd: terms.slotEnd,
    epoch: EPOCH,
    nowSeconds: NOW,
    maxEnergyWh: terms.maxEnergyWh,
  };
  const m2 = station.message;
  const draws = drawsOf("M3");
  const proven = await proveVehicle(parameters, vehicle, m2, expected, credential, ACCOUNT, draws);
  const m3 = proven.message;
  const books = memoryStationBooks();
  const answer = await answerProof(parameters, terms, STATION, books, station, m3, NOW);
  const m4 = answer.message;
  const { message: m5, signed } = finishHandshake(parameters, proven, m4);

  const transcripts = [m1, m2, m3, m4].reduce<readonly Uint8Array[]>(
    (all, message) => [...all, transcriptAfter(all.at(-1) ?? concatBytes(), message)],
    [transcriptStart(parameters)],
  );
  const { keys } = station;
  return {
    what: "A handshake of the member of presentation.json with a station: M1 to M5, transcripts tr_0 to tr_4, the keys of both sides, and the plaintexts of the boxes in M3 and M4.",
    draws: `${DRAWS} Labels: those of presentation.json up to the join answer, then frozen/M1, M2, M3. Signatures of accounts are RFC 6979.`,
    parametersId: joining.parametersId ?? null,
    now: NOW,
    wallets: {
      authority: AUTHORITY.privateKey,
      station: STATION.privateKey,
      account: ACCOUNT.privateKey,
    },
    terms: termsJson(terms),
    vehicleSecret: hex(bigintToBytes(vehicle.ephemeral.secret, 32)),
    messages: [m1, m2, m3, m4, m5].map(hex),
    transcripts: transcripts.map(hex),
    keys: hexed({
      vehicleBox: keys.vehicleBox,
      stationBox: keys.stationBox,
      stationMac: keys.stationMac,
      vehicleMac: keys.vehicleMac,
    }),
    plaintexts: hexed({
      m3: openBox(keys.vehicleBox, m3, station.transcript),
      m4: openBox(keys.stationBox, m4, proven.transcript),
    }),
    signed: signedJson(signed),
  };
}

function termsJson({ certificate, ...terms }: StationTerms): Json {
  const { certificateSignature, place, slotStart, slotEnd, roles, epoch, maxEnergyWh } = terms;
  return {
    certificate: digits({ ...certificate }),
    certificateSignature,
    place,
    slotStart,
    slotEnd,
    roles,
    epoch,
    maxEnergyWh,
  };
}

function signedJson({ authorisation, signature, consent }: SignedAuthorisation): Json {
  return {
    authorisation: { ...authorisation },
    scope: stationScopeId(authorisation),
    nymHash: nymHashOf(authorisation),
    signature,
    consent,
  };
}
