/** The handshake: every check of the vehicle. */
import { expect } from "chai";
import { id as hashOfText } from "ethers";
import {
  signAuthorisation,
  type SessionAuthorisation,
} from "../../../../offchain/core/credential/handshake/authorisation.ts";
import {
  answerToBytes,
  handshakeDomain,
  HELLO_TYPES,
  helloHash,
  M2_BYTES,
  proofFromBytes,
  signedHelloFromBytes,
  signedHelloToBytes,
  type SignedStationHello,
  transcriptAfter,
  transcriptStart,
} from "../../../../offchain/core/credential/handshake/handshakeMessages.ts";
import {
  confirmation,
  ephemeralKey,
  openBox,
  sealBox,
  sessionKeys,
} from "../../../../offchain/core/credential/handshake/sessionKeys.ts";
import {
  memoryStationBooks,
  type StationTerms,
} from "../../../../offchain/core/credential/handshake/station.ts";
import {
  type ExpectedStation,
  finishHandshake,
  proveVehicle,
  type VehicleProven,
  type VehicleStart,
} from "../../../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { presentationFromBytes } from "../../../../offchain/core/credential/presentation.ts";
import type { Certificate } from "../../../../offchain/core/messages/market.ts";
import { concatBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  asyncCodeOf,
  codeOf,
  EPOCH,
  flipped,
  REGISTRY,
  type World,
} from "../../../support/credential/world.ts";
import {
  answered,
  begun,
  expectedOf,
  met,
  NOW,
  sampleAuthorisation,
  SLOT_ENDS,
  SLOT_STARTS,
  termsOf,
  walletOf,
  type Meeting,
  handshakeWorld,
} from "../../../support/credential/meeting.ts";

describe("a handshake, from the vehicle", function () {
  this.timeout(60_000);

  let world: World;
  let anna: Credential;

  before(async () => {
    ({ world, anna } = await handshakeWorld());
  });

  it("goes on with the expected, certified station alone", async () => {
    const refused = async (
      changes: Partial<Certificate>,
      expectations: Partial<ExpectedStation> = {},
    ): Promise<string> => {
      const terms = await termsOf("station", changes);
      const expected = { ...expectedOf("station", terms), ...expectations };
      return tried(world, terms, expected, anna);
    };
    expect(await refused({})).to.equal("accepted");
    expect(await refused({ kind: 3n })).to.equal("accepted");
    expect(await refused({ kind: 1n })).to.equal("E_CERTIFICATE");
    expect(await refused({ kind: 9n })).to.equal("E_CERTIFICATE");
    expect(await refused({ participantId: hashOfText("x") })).to.equal("E_CERTIFICATE");
    expect(await refused({ premises: hashOfText("x") })).to.equal("E_CERTIFICATE");
    const anywhere = { siteCommitment: null };
    expect(await refused({ premises: hashOfText("x") }, anywhere)).to.equal("accepted");
    expect(await refused({}, { nowSeconds: SLOT_ENDS })).to.equal("E_TIME");
    expect(await refused({ validUntil: BigInt(NOW) })).to.equal("E_TIME");
    expect(await refused({ validUntil: BigInt(SLOT_ENDS - 1) })).to.equal("E_TIME");
    expect(await refused({ validUntil: BigInt(SLOT_ENDS) })).to.equal("accepted");
    expect(await refused({ account: walletOf("x").address })).to.equal("E_SIGNATURE");
    expect(await refused({}, { authority: walletOf("x").address })).to.equal("E_CERTIFICATE");
  });

  it("computes scope, epoch and role for itself", async () => {
    const terms = await termsOf("station");
    const expected = expectedOf("station", terms);
    const asked = (changed: Partial<StationTerms>): Promise<string> =>
      tried(world, { ...terms, ...changed }, expected, anna);
    expect(await asked({ place: hashOfText("x") })).to.equal("E_SCOPE");
    expect(await asked({ slotStart: terms.slotStart - 1 })).to.equal("E_SCOPE");
    expect(await asked({ slotEnd: terms.slotEnd + 1 })).to.equal("E_SCOPE");
    expect(await asked({ epoch: EPOCH - 1 })).to.equal("E_EPOCH");
    expect(await asked({ roles: ["discharge"] })).to.equal("E_ROLE");
    expect(await asked({ roles: [] })).to.equal("E_FIELD");
    expect(await asked({ roles: ["charge", "discharge"] })).to.equal("accepted");
  });

  it("refuses M2 with any part altered, of whatever length", async () => {
    const terms = await termsOf("station");
    const [vehicle, station] = await begun(world, terms);
    const receive = (bytes: Uint8Array): Promise<string> =>
      asyncCodeOf(() => proven(world, vehicle, bytes, expectedOf("station", terms), anna));
    for (let at = 0; at < M2_BYTES; at += 13) {
      const code = await receive(flipped(station.message, at));
      expect(code, `byte ${at}`).to.match(
        /^E_(SIGNATURE|POINT|FIELD|CERTIFICATE|SCOPE|EPOCH|TIME|ROLE)$/,
      );
    }
    expect(await receive(station.message.subarray(1))).to.equal("E_LENGTH");
    expect(await receive(new Uint8Array())).to.equal("E_LENGTH");
  });

  it("shows nothing to who stands in between; a vehicle that skips the signature shows it all", async () => {
    const terms = await termsOf("station");
    const [vehicle, station] = await begun(world, terms);
    const own = ephemeralKey(world.rng);
    const hello = signedHelloFromBytes(station.message);
    const swapped = signedHelloToBytes({ ...hello, element: own.element });
    const expected = expectedOf("station", terms);
    const receive = (bytes: Uint8Array): Promise<string> =>
      asyncCodeOf(() => proven(world, vehicle, bytes, expected, anna));
    expect(await receive(swapped)).to.equal("E_SIGNATURE");
    const identity = signedHelloToBytes({ ...hello, element: new Uint8Array(32) });
    expect(await receive(identity)).to.equal("E_POINT");
    const resigned = await signedBy("mallory", world, vehicle, {
      ...hello,
      element: own.element,
    });
    expect(await receive(resigned)).to.equal("E_SIGNATURE");
    // The careless one takes whatever key comes.
    const careless = await carelessProof(world, vehicle, swapped, anna);
    const transcript = transcriptOf(world, vehicle, swapped);
    const salt = concatBytes(vehicle.nonce, hello.nonce);
    const keys = sessionKeys(own, vehicle.message.subarray(33), salt, transcript);
    const { presentation } = proofFromBytes(openBox(keys.vehicleBox, careless, transcript));
    expect(presentationFromBytes(presentation).attributes.role).to.equal("charge");
  });

  it("refuses an answer that is another session's, altered, or a refusal", async () => {
    const meeting = await met(world, anna, walletOf("one"));
    const other = await met(world, anna, walletOf("two"));
    const mine = await answered(meeting, memoryStationBooks());
    const theirs = await answered(other, memoryStationBooks());
    const finish = (bytes: Uint8Array): string =>
      codeOf(() => finishHandshake(world.parameters, meeting.proven, bytes));
    expect(finish(mine.message)).to.equal("accepted");
    expect(finish(theirs.message)).to.equal("E_AEAD");
    for (const at of [0, 1, 200, 381]) expect(finish(flipped(mine.message, at))).to.equal("E_AEAD");
    expect(finish(mine.message.subarray(1))).to.equal("E_AEAD");
    expect(finish(new Uint8Array())).to.equal("E_AEAD");
    const refusal = await answered(
      { ...meeting, terms: { ...meeting.terms, epoch: 1 } },
      memoryStationBooks(),
    );
    expect([refusal.reason, refusal.pending]).to.deep.equal(["E_EPOCH", null]);
    expect(refusal.message.length).to.equal(mine.message.length);
    expect(finish(refusal.message)).to.equal("E_REFUSED");
  });

  it("refuses an authorisation that its station made for something else", async () => {
    const meeting = await met(world, anna, walletOf("agreed"));
    const { pending } = await answered(meeting, memoryStationBooks());
    const granted = pending?.signed.authorisation ?? sampleAuthorisation();
    const finish = async (
      changes: Partial<SessionAuthorisation>,
      signer = "station",
    ): Promise<string> => {
      const lie = await lyingAnswer(meeting, { ...granted, ...changes }, signer);
      return codeOf(() => finishHandshake(world.parameters, meeting.proven, lie));
    };
    expect(await finish({})).to.equal("accepted");
    expect(await finish({}, "mallory")).to.equal("E_SIGNATURE");
    expect(await finish({ account: walletOf("x").address })).to.equal("E_SCOPE");
    expect(await finish({ nym: hashOfText("x") })).to.equal("E_SCOPE");
    expect(await finish({ place: hashOfText("x") })).to.equal("E_SCOPE");
    expect(await finish({ stationId: hashOfText("x") })).to.equal("E_SCOPE");
    expect(await finish({ role: "discharge" })).to.equal("E_ROLE");
    expect(await finish({ maxEnergyWh: 40_001 })).to.equal("E_ENERGY");
    expect(await finish({ maxEnergyWh: 39_999 })).to.equal("E_ENERGY");
    expect(await finish({ slotEnd: SLOT_ENDS - 1 })).to.equal("E_TIME");
    expect(await finish({ slotEnd: SLOT_ENDS + 1 })).to.equal("E_TIME");
    expect(await finish({ slotStart: SLOT_STARTS + 1 })).to.equal("E_TIME");
    const unconfirmed = await lyingAnswer(meeting, granted, "station", new Uint8Array(32));
    expect(codeOf(() => finishHandshake(world.parameters, meeting.proven, unconfirmed))).to.equal(
      "E_CONFIRMATION",
    );
  });
});

function tried(
  world: World,
  terms: StationTerms,
  expected: ExpectedStation,
  credential: Credential,
): Promise<string> {
  return asyncCodeOf(async () => {
    const [vehicle, station] = await begun(world, terms);
    await proven(world, vehicle, station.message, expected, credential);
  });
}

function proven(
  { parameters, rng }: World,
  vehicle: VehicleStart,
  received: Uint8Array,
  expected: ExpectedStation,
  credential: Credential,
): Promise<VehicleProven> {
  const account = walletOf("a fresh account");
  return proveVehicle(parameters, vehicle, received, expected, credential, account, rng);
}

function transcriptOf(
  { parameters }: World,
  { message }: VehicleStart,
  second: Uint8Array,
): Uint8Array {
  return transcriptAfter(transcriptAfter(transcriptStart(parameters), message), second);
}

/** M2 with another's signature on it. */
async function signedBy(
  name: string,
  { parameters }: World,
  { message }: VehicleStart,
  hello: SignedStationHello,
): Promise<Uint8Array> {
  const first = transcriptAfter(transcriptStart(parameters), message);
  const value = { transcript: helloHash(first, hello) };
  const domain = handshakeDomain(parameters.registry);
  const signature = await walletOf(name).signTypedData(domain, HELLO_TYPES, value);
  return signedHelloToBytes({ ...hello, signature });
}

/** The straw man's M3: it asks M2 for nothing but a key. */
async function carelessProof(
  world: World,
  vehicle: VehicleStart,
  received: Uint8Array,
  credential: Credential,
): Promise<Uint8Array> {
  const hello = signedHelloFromBytes(received);
  const transcript = transcriptOf(world, vehicle, received);
  const salt = concatBytes(vehicle.nonce, hello.nonce);
  const keys = sessionKeys(vehicle.ephemeral, hello.element, salt, transcript);
  const honest = await met(world, credential, walletOf("careless"));
  const box = openBox(
    honest.station.keys.vehicleBox,
    honest.proven.message,
    honest.station.transcript,
  );
  return sealBox(keys.vehicleBox, box, transcript);
}

/** M4 of a station that signs what it likes. */
async function lyingAnswer(
  { station, proven: { message, transcript } }: Meeting,
  authorisation: SessionAuthorisation,
  signer: string,
  mac = confirmation(station.keys.stationMac, transcript),
): Promise<Uint8Array> {
  expect(transcriptAfter(station.transcript, message)).to.deep.equal(transcript);
  const signature = await signAuthorisation(REGISTRY, walletOf(signer), authorisation);
  const bytes = answerToBytes({ granted: { authorisation, signature }, mac });
  return sealBox(station.keys.stationBox, bytes, transcript);
}
