/** The handshake: every check of both sides, and what a session leaves behind. */
import { expect } from "chai";
import { id as hashOfText, TypedDataEncoder, Wallet } from "ethers";
import {
  authorisationFromBytes,
  authorisationMessage,
  authorisationSigner,
  authorisationToBytes,
  nymHashOf,
  SESSION_AUTHORISATION_TYPES,
  type SessionAuthorisation,
} from "../../../../offchain/core/credential/handshake/authorisation.ts";
import {
  answerToBytes,
  handshakeDomain,
  HELLO_TYPES,
  helloHash,
  M1_BYTES,
  M2_BYTES,
  M3_BYTES,
  M4_BYTES,
  M5_BYTES,
  proofFromBytes,
  proofToBytes,
  POSSESSION_TYPES,
  possessionHash,
  showMessage,
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
  answerHello,
  answerProof,
  confirmSession,
  memoryStationBooks,
  type StationAnswered,
  type StationBooks,
  type StationStart,
  type StationTerms,
} from "../../../../offchain/core/credential/handshake/station.ts";
import {
  type ExpectedStation,
  finishHandshake,
  proveVehicle,
  startHandshake,
  type VehicleProven,
  type VehicleStart,
} from "../../../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { presentationFromBytes } from "../../../../offchain/core/credential/presentation.ts";
import { scopeId } from "../../../../offchain/core/credential/scope.ts";
import { verifyPresentation } from "../../../../offchain/core/credential/verify.ts";
import { PARTICIPANT_KINDS, type Certificate } from "../../../../offchain/core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../../offchain/core/messages/typedData.ts";
import { bytesToHex, concatBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  asyncCodeOf,
  codeOf,
  credentialOf,
  EPOCH,
  flipped,
  personIn,
  REGISTRY,
  type World,
  worldOf,
} from "../../../support/credential/world.ts";

const NOW = 1_728_000_000;
const SLOT_ENDS = NOW + 1_800;
const AUTHORITY = walletOf("authority");
const DOMAIN = identityDomain(REGISTRY.chainId, REGISTRY.identities);

function walletOf(name: string): Wallet {
  return new Wallet(hashOfText(`wallet of ${name}`));
}

async function termsOf(name: string, changes: Partial<Certificate> = {}): Promise<StationTerms> {
  const certificate: Certificate = {
    account: walletOf(name).address,
    participantId: hashOfText(name),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("pile")),
    pileKind: 1n,
    ratedPowerW: 11_000n,
    siteCommitment: hashOfText(`site of ${name}`),
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW - 86_400),
    serial: 1n,
    ...changes,
  };
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(DOMAIN, CERTIFICATE_TYPES, certificate),
    scope: { service: "session", place: hashOfText("an area"), slot: NOW / 1_800 },
    roles: ["charge"],
    epoch: EPOCH,
    slotEnds: SLOT_ENDS,
    maxEnergyWh: 40_000,
  };
}

function expectedOf(name: string, terms: StationTerms): ExpectedStation {
  return {
    authority: AUTHORITY.address,
    stationId: hashOfText(name),
    siteCommitment: hashOfText(`site of ${name}`),
    scope: terms.scope,
    epoch: EPOCH,
    nowSeconds: NOW,
    neededUntil: terms.slotEnds,
    longestSeconds: 3_600,
    maxEnergyWh: terms.maxEnergyWh,
  };
}

/** A handshake, as far as M3. */
interface Meeting {
  readonly world: World;
  readonly terms: StationTerms;
  readonly expected: ExpectedStation;
  readonly vehicle: VehicleStart;
  readonly station: StationStart;
  readonly proven: VehicleProven;
}

async function begun(world: World, terms: StationTerms): Promise<[VehicleStart, StationStart]> {
  const vehicle = startHandshake(world.rng);
  const signer = walletOf("station");
  return [vehicle, await answerHello(world.parameters, terms, signer, vehicle.message, world.rng)];
}

async function met(
  world: World,
  credential: Credential,
  account: Wallet,
  changed: Partial<StationTerms> = {},
): Promise<Meeting> {
  const terms = { ...(await termsOf("station")), ...changed };
  const expected = expectedOf("station", terms);
  const [vehicle, station] = await begun(world, terms);
  const proven = await proveVehicle(
    world.parameters,
    vehicle,
    station.message,
    expected,
    credential,
    account,
    world.rng,
  );
  return { world, terms, expected, vehicle, station, proven };
}

function answered(
  { world, terms, station, proven }: Meeting,
  books: StationBooks,
  nowSeconds = NOW,
): Promise<StationAnswered> {
  const signer = walletOf("station");
  const { parameters } = world;
  return answerProof(parameters, terms, signer, books, station, proven.message, nowSeconds);
}

describe("a handshake", function () {
  this.timeout(60_000);

  let world: World;
  let anna: Credential;

  before(async () => {
    world = worldOf("handshakes");
    anna = await credentialOf(world, personIn(world, "anna"));
  });

  it("ends in an authorisation for a fresh account, confirmed by both", async () => {
    const meeting = await met(world, anna, walletOf("fresh"));
    const { message, pending, reason } = await answered(meeting, memoryStationBooks());
    expect(reason).to.equal(null);
    if (pending === null) throw new RangeError("expected a session");
    const { parameters } = world;
    const done = finishHandshake(parameters, meeting.proven, message, meeting.expected, anna);
    const signed = confirmSession(pending, done.message);
    expect(signed).to.deep.equal(done.signed);
    const scope = scopeId(parameters, meeting.terms.scope);
    const nym = presentationFromBytes(presentationIn(meeting)).nym.toBytes();
    expect(signed.authorisation).to.deep.equal({
      account: walletOf("fresh").address,
      role: "charge",
      scope: bytesToHex(scope),
      nymHash: nymHashOf(scope, nym),
      stationId: hashOfText("station"),
      notBefore: NOW,
      notAfter: SLOT_ENDS,
      maxEnergyWh: 40_000,
    });
    expect(authorisationSigner(REGISTRY, signed)).to.equal(walletOf("station").address);
    const lengths = [meeting.vehicle, meeting.station, meeting.proven, { message }, done];
    expect(lengths.map((one) => one.message.length)).to.deep.equal([65, 519, 518, 382, 32]);
    expect([M1_BYTES, M2_BYTES, M3_BYTES, M4_BYTES, M5_BYTES]).to.deep.equal([
      65, 519, 518, 382, 32,
    ]);
  });

  it("signs what a contract can hash", () => {
    const type =
      "SessionAuthorisation(address account,uint8 role,bytes32 scope,bytes32 nymHash,bytes32 stationId,uint40 notBefore,uint40 notAfter,uint64 maxEnergyWh)";
    expect(
      TypedDataEncoder.from(SESSION_AUTHORISATION_TYPES).encodeType("SessionAuthorisation"),
    ).to.equal(type);
    const authorisation = sampleAuthorisation();
    const bytes = authorisationToBytes(authorisation);
    expect(authorisationFromBytes(bytes)).to.deep.equal(authorisation);
    expect(bytes.length).to.equal(256);
    for (const at of [0, 32, 63, 160, 186, 192, 224]) {
      expect(
        codeOf(() => authorisationFromBytes(flipped(bytes, at, 0x80))),
        `byte ${at}`,
      ).to.equal("E_FIELD");
    }
    expect(codeOf(() => authorisationFromBytes(bytes.subarray(1)))).to.equal("E_LENGTH");
  });

  it("links no session to another scope's, though the stations put everything together", async () => {
    const sessions = [];
    for (const slot of [1, 2]) {
      const scope = { service: "session", place: hashOfText("an area"), slot };
      const meeting = await met(world, anna, walletOf(`fresh ${slot}`), { scope });
      const { pending } = await answered(meeting, memoryStationBooks());
      if (pending === null) throw new RangeError("expected a session");
      sessions.push({ ...meeting, authorisation: pending.signed.authorisation });
    }
    const fields = sessions.map(({ proven, vehicle, authorisation }) => [
      bytesToHex(vehicle.nonce),
      bytesToHex(vehicle.message.subarray(33)),
      bytesToHex(proven.message),
      authorisation.account,
      authorisation.nymHash,
      authorisation.scope,
    ]);
    expect(new Set(fields.flat()).size).to.equal(12);
  });

  describe("from the vehicle", () => {
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
      expect(await refused({ siteCommitment: hashOfText("x") })).to.equal("E_CERTIFICATE");
      const anywhere = { siteCommitment: null };
      expect(await refused({ siteCommitment: hashOfText("x") }, anywhere)).to.equal("accepted");
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
      expect(await asked({ scope: { ...terms.scope, slot: 1 } })).to.equal("E_SCOPE");
      expect(await asked({ scope: { ...terms.scope, place: hashOfText("x") } })).to.equal(
        "E_SCOPE",
      );
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
        codeOf(() =>
          finishHandshake(world.parameters, meeting.proven, bytes, meeting.expected, anna),
        );
      expect(finish(mine.message)).to.equal("accepted");
      expect(finish(theirs.message)).to.equal("E_AEAD");
      for (const at of [0, 1, 200, 381])
        expect(finish(flipped(mine.message, at))).to.equal("E_AEAD");
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
        return codeOf(() =>
          finishHandshake(world.parameters, meeting.proven, lie, meeting.expected, anna),
        );
      };
      expect(await finish({})).to.equal("accepted");
      expect(await finish({}, "mallory")).to.equal("E_SIGNATURE");
      expect(await finish({ account: walletOf("x").address })).to.equal("E_SCOPE");
      expect(await finish({ nymHash: hashOfText("x") })).to.equal("E_SCOPE");
      expect(await finish({ scope: hashOfText("x") })).to.equal("E_SCOPE");
      expect(await finish({ stationId: hashOfText("x") })).to.equal("E_SCOPE");
      expect(await finish({ role: "discharge" })).to.equal("E_ROLE");
      expect(await finish({ maxEnergyWh: 40_001 })).to.equal("E_ENERGY");
      expect(await finish({ maxEnergyWh: 39_999 })).to.equal("E_ENERGY");
      expect(await finish({ notAfter: SLOT_ENDS - 1 })).to.equal("E_TIME");
      expect(await finish({ notBefore: NOW + 31 })).to.equal("E_TIME");
      expect(await finish({ notBefore: NOW + 30 })).to.equal("accepted");
      expect(await finish({ notAfter: NOW + 3_601 })).to.equal("E_TIME");
      expect(await finish({ notAfter: NOW, notBefore: NOW - 10 })).to.equal("E_TIME");
      const unconfirmed = await lyingAnswer(meeting, granted, "station", new Uint8Array(32));
      expect(
        codeOf(() =>
          finishHandshake(world.parameters, meeting.proven, unconfirmed, meeting.expected, anna),
        ),
      ).to.equal("E_CONFIRMATION");
    });
  });

  describe("from the station", () => {
    it("refuses an M1 that is none", async () => {
      const terms = await termsOf("station");
      const { message } = startHandshake(world.rng);
      const receive = (bytes: Uint8Array): Promise<string> =>
        asyncCodeOf(() =>
          answerHello(world.parameters, terms, walletOf("station"), bytes, world.rng),
        );
      expect(await receive(message)).to.equal("accepted");
      expect(await receive(flipped(message, 0))).to.equal("E_FIELD");
      expect(
        await receive(new Uint8Array([...message.subarray(0, 33), ...new Uint8Array(32)])),
      ).to.equal("E_POINT");
      expect(await receive(new Uint8Array(65).fill(0xff).with(0, 1))).to.equal("E_POINT");
      expect(await receive(message.subarray(1))).to.equal("E_LENGTH");
    });

    it("answers nobody without the keys: altered, replayed, or another handshake's M3", async () => {
      const meeting = await met(world, anna, walletOf("replayed"));
      const { message } = meeting.vehicle;
      const again = await answerHello(
        world.parameters,
        meeting.terms,
        walletOf("station"),
        message,
        world.rng,
      );
      const books = memoryStationBooks();
      const receive = (station: StationStart, bytes: Uint8Array): Promise<string> =>
        asyncCodeOf(() =>
          answered({ ...meeting, station, proven: { ...meeting.proven, message: bytes } }, books),
        );
      expect(await receive(again, meeting.proven.message)).to.equal("E_AEAD");
      for (const at of [0, 11, 12, 404, 424, 501, 517]) {
        expect(await receive(meeting.station, flipped(meeting.proven.message, at))).to.equal(
          "E_AEAD",
        );
      }
      expect(await receive(meeting.station, meeting.proven.message.subarray(1))).to.equal("E_AEAD");
      const { transcript, keys } = meeting.station;
      const short = sealBox(keys.vehicleBox, new Uint8Array(489), transcript);
      expect(await receive(meeting.station, short)).to.equal("E_LENGTH");
      expect(await receive(meeting.station, meeting.proven.message)).to.equal("accepted");
      expect(await receive(meeting.station, meeting.proven.message)).to.equal("E_CHALLENGE");
    });

    it("grants nothing for another epoch, role, slot, account, or a proof that does not hold", async () => {
      // One meeting is tried in many ways, so these books do not count its answers.
      const books = { ...memoryStationBooks(), takeChallenge: () => Promise.resolve(true) };
      const meeting = await met(world, anna, walletOf("refused"));
      const reason = async (changes: Partial<StationTerms>, nowSeconds = NOW): Promise<unknown> => {
        const terms = { ...meeting.terms, ...changes };
        const { pending, reason } = await answered({ ...meeting, terms }, books, nowSeconds);
        if (reason === null) expect(pending).to.not.equal(null);
        else expect(pending).to.equal(null);
        return reason;
      };
      expect(await reason({ epoch: EPOCH + 1 })).to.equal("E_EPOCH");
      expect(await reason({ roles: ["discharge"] })).to.equal("E_ROLE");
      expect(await reason({ scope: { ...meeting.terms.scope, slot: 1 } })).to.equal("E_PROOF");
      expect(await reason({}, SLOT_ENDS)).to.equal("E_TIME");
      const { transcript, keys } = meeting.station;
      const proof = proofFromBytes(openBox(keys.vehicleBox, meeting.proven.message, transcript));
      const sealed = async (changes: Partial<typeof proof>): Promise<unknown> => {
        const message = sealBox(
          keys.vehicleBox,
          proofToBytes({ ...proof, ...changes }),
          transcript,
        );
        const answer = await answered(
          { ...meeting, proven: { ...meeting.proven, message } },
          books,
        );
        return answer.reason;
      };
      expect(await sealed({ account: walletOf("x").address })).to.equal("E_PROOF");
      expect(await sealed({ presentation: flipped(proof.presentation, 399) })).to.equal("E_PROOF");
      expect(await sealed({ presentation: new Uint8Array(405) })).to.equal("E_POINT");
      expect(await sealed({ possession: `0x${"00".repeat(65)}` })).to.equal("E_SIGNATURE");
      const domain = handshakeDomain(REGISTRY);
      const value = { transcript: possessionHash(transcript) };
      const possession = await walletOf("x").signTypedData(domain, POSSESSION_TYPES, value);
      expect(await sealed({ possession })).to.equal("E_SIGNATURE");
      expect(await sealed({})).to.equal(null);
    });

    it("takes no presentation that was shown to another; a station that does not bind it lets a thief in", async () => {
      const { parameters } = world;
      const meeting = await met(world, anna, walletOf("victim"));
      const stolen = presentationIn(meeting);
      const thief = walletOf("thief");
      const other = await met(world, anna, thief);
      const { keys, transcript } = other.station;
      const own = proofFromBytes(openBox(keys.vehicleBox, other.proven.message, transcript));
      const bytes = proofToBytes({ ...own, presentation: stolen });
      const message = sealBox(keys.vehicleBox, bytes, transcript);
      const theft = { ...other, proven: { ...other.proven, message } };
      expect((await answered(theft, memoryStationBooks())).reason).to.equal("E_PROOF");
      const shownFor = showMessage(meeting.station.transcript, walletOf("victim").address);
      const scope = scopeId(parameters, meeting.terms.scope);
      const demand = { scope, epoch: EPOCH, roles: meeting.terms.roles };
      const unbound = codeOf(() =>
        verifyPresentation(parameters, stolen, { ...demand, message: shownFor }),
      );
      const bound = showMessage(transcript, thief.address);
      expect(unbound).to.equal("accepted");
      expect(
        codeOf(() => verifyPresentation(parameters, stolen, { ...demand, message: bound })),
      ).to.equal("E_PROOF");
    });

    it("has one live authorisation a vehicle and scope, and repeats it to the same account", async () => {
      const books = memoryStationBooks();
      const first = await answered(await met(world, anna, walletOf("first")), books);
      const again = await answered(await met(world, anna, walletOf("first")), books);
      expect(again.pending?.signed).to.deep.equal(first.pending?.signed);
      const second = await answered(await met(world, anna, walletOf("second")), books);
      expect([second.reason, second.pending]).to.deep.equal(["E_NYM_USED", null]);
      const next = { scope: { service: "session", place: hashOfText("an area"), slot: 5 } };
      const used = await answered(await met(world, anna, walletOf("first"), next), books);
      expect(used.reason).to.equal("E_MEMBER");
      const fresh = await answered(await met(world, anna, walletOf("second"), next), books);
      expect(fresh.reason).to.equal(null);
      // Books that remember nothing grant as many as anybody likes.
      const forgetful: StationBooks = {
        takeChallenge: () => Promise.resolve(true),
        grantedTo: () => Promise.resolve(undefined),
        grant: () => Promise.resolve(true),
      };
      const sybil = await answered(await met(world, anna, walletOf("third")), forgetful);
      expect(sybil.reason).to.equal(null);
    });

    it("grants one of two that come at once", async () => {
      const books = memoryStationBooks();
      const meetings = [
        await met(world, anna, walletOf("left")),
        await met(world, anna, walletOf("right")),
      ];
      const answers = await Promise.all(meetings.map((meeting) => answered(meeting, books)));
      expect(answers.map(({ reason }) => reason)).to.have.members([null, "E_NYM_USED"]);
    });

    it("activates a session by its own confirmation alone", async () => {
      const one = await met(world, anna, walletOf("eins"));
      const two = await met(world, anna, walletOf("zwei"));
      const [first, second] = [
        await answered(one, memoryStationBooks()),
        await answered(two, memoryStationBooks()),
      ];
      const { pending } = first;
      if (pending === null) throw new RangeError("expected a session");
      const { message } = finishHandshake(
        world.parameters,
        two.proven,
        second.message,
        two.expected,
        anna,
      );
      for (const bytes of [message, new Uint8Array(32), new Uint8Array(), message.subarray(1)]) {
        expect(codeOf(() => confirmSession(pending, bytes))).to.equal("E_CONFIRMATION");
      }
    });
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

function presentationIn({ station, proven: { message } }: Meeting): Uint8Array {
  return proofFromBytes(openBox(station.keys.vehicleBox, message, station.transcript)).presentation;
}

/** M4 of a station that signs what it likes. */
async function lyingAnswer(
  { station, proven: { message, transcript } }: Meeting,
  authorisation: SessionAuthorisation,
  signer: string,
  mac = confirmation(station.keys.stationMac, transcript),
): Promise<Uint8Array> {
  expect(transcriptAfter(station.transcript, message)).to.deep.equal(transcript);
  const value = authorisationMessage(authorisation);
  const signature = await walletOf(signer).signTypedData(
    DOMAIN,
    SESSION_AUTHORISATION_TYPES,
    value,
  );
  const bytes = answerToBytes({ signed: { authorisation, signature }, mac });
  return sealBox(station.keys.stationBox, bytes, transcript);
}

function sampleAuthorisation(): SessionAuthorisation {
  return {
    account: walletOf("sample").address,
    role: "discharge",
    scope: hashOfText("scope"),
    nymHash: hashOfText("nym"),
    stationId: hashOfText("station"),
    notBefore: NOW,
    notAfter: NOW + 60,
    maxEnergyWh: 1,
  };
}
