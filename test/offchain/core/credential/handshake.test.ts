/** The handshake: what a session leaves behind. */
import { expect } from "chai";
import { id as hashOfText, TypedDataEncoder } from "ethers";
import {
  authorisationFromBytes,
  authorisationSigner,
  authorisationToBytes,
  nymDigest,
  SESSION_AUTHORISATION_TYPES,
} from "../../../../offchain/core/credential/handshake/authorisation.ts";
import {
  M1_BYTES,
  M2_BYTES,
  M3_BYTES,
  M4_BYTES,
  M5_BYTES,
} from "../../../../offchain/core/credential/handshake/handshakeMessages.ts";
import {
  confirmSession,
  memoryStationBooks,
} from "../../../../offchain/core/credential/handshake/station.ts";
import { finishHandshake } from "../../../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { presentationFromBytes } from "../../../../offchain/core/credential/presentation.ts";
import { stationScopeId } from "../../../../offchain/core/credential/scope.ts";
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { codeOf, flipped, REGISTRY, type World } from "../../../support/credential/world.ts";
import {
  answered,
  met,
  presentationIn,
  sampleAuthorisation,
  SLOT_ENDS,
  walletOf,
  handshakeWorld,
  SLOT_STARTS,
} from "../../../support/credential/meeting.ts";

describe("a handshake", function () {
  this.timeout(60_000);

  let world: World;
  let anna: Credential;

  before(async () => {
    ({ world, anna } = await handshakeWorld());
  });

  it("ends in an authorisation for a fresh account, confirmed by both", async () => {
    const meeting = await met(world, anna, walletOf("fresh"));
    const { message, pending, reason } = await answered(meeting, memoryStationBooks());
    expect(reason).to.equal(null);
    if (pending === null) throw new RangeError("expected a session");
    const { parameters } = world;
    const done = finishHandshake(parameters, meeting.proven, message);
    const signed = confirmSession(pending, done.message);
    expect(signed).to.deep.equal(done.signed);
    const nym = presentationFromBytes(presentationIn(meeting)).nym.toBytes();
    const { authorisation, signature, consent } = signed;
    expect(authorisation).to.deep.equal({
      account: walletOf("fresh").address,
      role: "charge",
      place: hashOfText("an area"),
      slotStart: SLOT_STARTS,
      slotEnd: SLOT_ENDS,
      nym: nymDigest(nym),
      stationId: hashOfText("station"),
      maxEnergyWh: 40_000,
    });
    const signers = [signature, consent].map((one) =>
      authorisationSigner(REGISTRY, { authorisation, signature: one }),
    );
    expect(signers).to.deep.equal([walletOf("station").address, walletOf("fresh").address]);
    const lengths = [meeting.vehicle, meeting.station, meeting.proven, { message }, done];
    expect(lengths.map((one) => one.message.length)).to.deep.equal([65, 519, 518, 382, 32]);
    expect([M1_BYTES, M2_BYTES, M3_BYTES, M4_BYTES, M5_BYTES]).to.deep.equal([
      65, 519, 518, 382, 32,
    ]);
  });

  it("signs what a contract can hash", () => {
    const type =
      "SessionAuthorisation(address account,uint8 role,bytes32 place,uint40 slotStart,uint40 slotEnd,bytes32 nym,bytes32 stationId,uint64 maxEnergyWh)";
    expect(
      TypedDataEncoder.from(SESSION_AUTHORISATION_TYPES).encodeType("SessionAuthorisation"),
    ).to.equal(type);
    const authorisation = sampleAuthorisation();
    const bytes = authorisationToBytes(authorisation);
    expect(authorisationFromBytes(bytes)).to.deep.equal(authorisation);
    expect(bytes.length).to.equal(256);
    for (const at of [0, 32, 63, 96, 122, 128, 224]) {
      expect(
        codeOf(() => authorisationFromBytes(flipped(bytes, at, 0x80))),
        `byte ${at}`,
      ).to.equal("E_FIELD");
    }
    expect(codeOf(() => authorisationFromBytes(bytes.subarray(1)))).to.equal("E_LENGTH");
  });

  it("links no session to another scope's, though the stations put everything together", async () => {
    const sessions = [];
    for (const slotStart of [SLOT_STARTS, SLOT_STARTS + 1]) {
      const meeting = await met(world, anna, walletOf(`fresh ${slotStart}`), { slotStart });
      const { pending } = await answered(meeting, memoryStationBooks());
      if (pending === null) throw new RangeError("expected a session");
      sessions.push({ ...meeting, authorisation: pending.signed.authorisation });
    }
    const fields = sessions.map(({ proven, vehicle, authorisation }) => [
      bytesToHex(vehicle.nonce),
      bytesToHex(vehicle.message.subarray(33)),
      bytesToHex(proven.message),
      authorisation.account,
      authorisation.nym,
      stationScopeId(authorisation),
    ]);
    expect(new Set(fields.flat()).size).to.equal(12);
  });
});
