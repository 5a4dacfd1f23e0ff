/** The handshake: every check of the station. */
import { expect } from "chai";
import { getBytes, id as hashOfText } from "ethers";
import {
  proofFromBytes,
  proofToBytes,
  showMessage,
} from "../../../../offchain/core/credential/handshake/handshakeMessages.ts";
import { openBox, sealBox } from "../../../../offchain/core/credential/handshake/sessionKeys.ts";
import {
  answerHello,
  confirmSession,
  memoryStationBooks,
  type StationBooks,
  type StationStart,
  type StationTerms,
} from "../../../../offchain/core/credential/handshake/station.ts";
import {
  finishHandshake,
  startHandshake,
} from "../../../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { stationScopeId } from "../../../../offchain/core/credential/scope.ts";
import { verifyPresentation } from "../../../../offchain/core/credential/verify.ts";
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
  met,
  NOW,
  presentationIn,
  SLOT_ENDS,
  termsOf,
  walletOf,
  handshakeWorld,
} from "../../../support/credential/meeting.ts";
import {
  type SessionAuthorisation,
  signAuthorisation,
} from "../../../../offchain/core/credential/handshake/authorisation.ts";

describe("a handshake, from the station", function () {
  this.timeout(60_000);

  let world: World;
  let anna: Credential;

  before(async () => {
    ({ world, anna } = await handshakeWorld());
  });

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
    expect(await reason({ place: hashOfText("elsewhere") })).to.equal("E_PROOF");
    expect(await reason({ slotStart: meeting.terms.slotStart + 1 })).to.equal("E_PROOF");
    expect(await reason({}, SLOT_ENDS)).to.equal("E_TIME");
    const { certificate } = meeting.terms;
    const ending = { certificate: { ...certificate, validUntil: BigInt(SLOT_ENDS - 1) } };
    expect(await reason(ending)).to.equal("E_TIME");
    const { transcript, keys } = meeting.station;
    const proof = proofFromBytes(openBox(keys.vehicleBox, meeting.proven.message, transcript));
    const sealed = async (changes: Partial<typeof proof>): Promise<unknown> => {
      const message = sealBox(keys.vehicleBox, proofToBytes({ ...proof, ...changes }), transcript);
      const answer = await answered({ ...meeting, proven: { ...meeting.proven, message } }, books);
      return answer.reason;
    };
    expect(await sealed({ account: walletOf("x").address })).to.equal("E_PROOF");
    expect(await sealed({ presentation: flipped(proof.presentation, 399) })).to.equal("E_PROOF");
    expect(await sealed({ presentation: new Uint8Array(405) })).to.equal("E_POINT");
    expect(await sealed({ consent: `0x${"00".repeat(65)}` })).to.equal("E_SIGNATURE");
    const consentBy = (name: string, to: Partial<SessionAuthorisation>): Promise<string> =>
      signAuthorisation(REGISTRY, walletOf(name), { ...meeting.proven.agreed, ...to });
    const others: Partial<SessionAuthorisation>[] = [
      { place: hashOfText("elsewhere") },
      { slotStart: meeting.terms.slotStart + 1 },
      { nym: hashOfText("another nym") },
      { stationId: hashOfText("another station") },
      { maxEnergyWh: 1 },
    ];
    for (const other of others) {
      expect(await sealed({ consent: await consentBy("refused", other) })).to.equal("E_SIGNATURE");
    }
    expect(await sealed({ consent: await consentBy("x", {}) })).to.equal("E_SIGNATURE");
    expect(await sealed({ consent: await consentBy("refused", {}) })).to.equal(null);
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
    const scope = getBytes(stationScopeId(meeting.expected));
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

  it("has one authorisation a vehicle and scope, and repeats it to the same account", async () => {
    const books = memoryStationBooks();
    const first = await answered(await met(world, anna, walletOf("first")), books);
    const again = await answered(await met(world, anna, walletOf("first")), books);
    expect(again.pending?.signed).to.deep.equal(first.pending?.signed);
    const second = await answered(await met(world, anna, walletOf("second")), books);
    expect([second.reason, second.pending]).to.deep.equal(["E_NYM_USED", null]);
    const next = { slotStart: SLOT_ENDS, slotEnd: SLOT_ENDS + 1_800 };
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
    const { message } = finishHandshake(world.parameters, two.proven, second.message);
    for (const bytes of [message, new Uint8Array(32), new Uint8Array(), message.subarray(1)]) {
      expect(codeOf(() => confirmSession(pending, bytes))).to.equal("E_CONFIRMATION");
    }
  });
});
