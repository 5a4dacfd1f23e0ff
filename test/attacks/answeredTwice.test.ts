/**
 * One message answered twice. Whoever watches the line repeats what it has heard, and subtracts the
 * two answers: where a key and a nonce meet two plaintexts, their difference is there in clear, and
 * a refusal is known to be zeros. The attack finds the whole authorisation in the answers of a
 * straw man, and nothing in those of the product, whose station answers once besides.
 */
import { expect } from "chai";
import { getBytes } from "ethers";
import { createCipheriv } from "node:crypto";
import { authorisationToBytes } from "../../offchain/core/credential/handshake/authorisation.ts";
import {
  answerToBytes,
  M3_BYTES,
  M4_BYTES,
} from "../../offchain/core/credential/handshake/handshakeMessages.ts";
import {
  confirmation,
  openBox,
  sealBox,
} from "../../offchain/core/credential/handshake/sessionKeys.ts";
import {
  answerProof,
  memoryStationBooks,
  type StationAnswered,
  type StationBooks,
} from "../../offchain/core/credential/handshake/station.ts";
import type { VehicleProven } from "../../offchain/core/credential/handshake/vehicle.ts";
import type { Credential } from "../../offchain/core/credential/holder.ts";
import { concatBytes } from "../../offchain/core/primitives/bytes.ts";
import {
  greeted,
  NOW,
  provenBy,
  SLOT_ENDS,
  STATION,
  walletOf,
  type Greeted,
} from "../support/credential/meeting.ts";
import {
  asyncCodeOf,
  codeOf,
  credentialOf,
  personIn,
  type World,
  worldOf,
} from "../support/credential/world.ts";

const AUTHORISATION_BYTES = 256;

describe("one message answered twice", function () {
  this.timeout(60_000);

  let world: World;
  let anna: Credential;
  let greeting: Greeted;
  let proven: VehicleProven;

  before(async () => {
    world = worldOf("answered twice");
    anna = await credentialOf(world, personIn(world, "anna"));
    greeting = await greeted(world);
    proven = await provenBy(world, greeting, anna, walletOf("fresh"));
  });

  const answered = (books: StationBooks, nowSeconds: number): Promise<StationAnswered> => {
    const { terms, station } = greeting;
    const received = [station, proven.message, nowSeconds] as const;
    return answerProof(world.parameters, terms, STATION, books, ...received);
  };

  it("shows the authorisation where a key seals two boxes with one nonce", async () => {
    const books = forgetful();
    const granted = await answered(books, NOW);
    const refused = await answered(books, SLOT_ENDS);
    expect([granted.reason, refused.reason]).to.deep.equal([null, "E_TIME"]);
    const { signed } = granted.pending ?? failed();
    const texts = [signed, null].map((one) => {
      const mac = confirmation(greeting.station.keys.stationMac, proven.transcript);
      return answerToBytes({ granted: one, mac });
    });
    const straw = texts.map((text) => unhedgedBox(greeting.station.keys.stationBox, text));
    const seen = difference(straw).slice(1, 1 + AUTHORISATION_BYTES);
    expect(seen).to.deep.equal(authorisationToBytes(signed.authorisation));
    // The product's boxes of the same answers, of a station that forgets that it has answered.
    const real = [granted.message, refused.message];
    expect(real.map(({ length }) => length)).to.deep.equal([M4_BYTES, M4_BYTES]);
    expect(real[0]?.subarray(0, 12)).not.to.deep.equal(real[1]?.subarray(0, 12));
    const found = difference(real.map((box) => box.subarray(12)));
    expect(found.slice(1, 1 + AUTHORISATION_BYTES)).not.to.deep.equal(seen);
    expect(zeros(found)).to.be.below(20);
  });

  it("gets no second answer from a station with books, now, after the slot, or at once", async () => {
    const books = memoryStationBooks();
    const first = await answered(books, NOW);
    expect(first.reason).to.equal(null);
    for (const later of [NOW, NOW + 60, SLOT_ENDS]) {
      expect(await asyncCodeOf(() => answered(books, later))).to.equal("E_CHALLENGE");
    }
    const racing = memoryStationBooks();
    const both = await Promise.all(
      [NOW, SLOT_ENDS].map((at) => asyncCodeOf(() => answered(racing, at))),
    );
    expect(both).to.have.members(["accepted", "E_CHALLENGE"]);
  });

  it("leaves a vehicle that has lost the answer a new handshake, and the same authorisation", async () => {
    const books = memoryStationBooks();
    const first = await answered(books, NOW);
    const again = await greeted(world);
    const second = await provenBy(world, again, anna, walletOf("fresh"));
    const received = [again.station, second.message, NOW + 5] as const;
    const repeated = await answerProof(world.parameters, again.terms, STATION, books, ...received);
    expect(repeated.pending?.signed).to.deep.equal(first.pending?.signed);
  });

  it("shows no account of a vehicle that proves itself twice to one M2", async () => {
    const accounts = [walletOf("one"), walletOf("two")];
    const shown = [];
    for (const account of accounts) shown.push(await provenBy(world, greeting, anna, account));
    const addresses = accounts.map(({ address }) => getBytes(address));
    const at = M3_BYTES - 12 - 16 - 65 - 20;
    const inside = (bytes: Uint8Array): Uint8Array => bytes.slice(at, at + 20);
    const { vehicleBox } = greeting.station.keys;
    const texts = shown.map(({ message }) =>
      openBox(vehicleBox, message, greeting.station.transcript),
    );
    const straw = texts.map((text) => unhedgedBox(vehicleBox, text));
    expect(inside(difference(straw))).to.deep.equal(difference(addresses));
    const real = difference(shown.map(({ message }) => message.subarray(12)));
    expect(inside(real)).not.to.deep.equal(difference(addresses));
  });

  it("is the same box for the same words, and no box with a nonce of one's own choice", () => {
    const { keys, transcript } = greeting.station;
    const text = new Uint8Array(40).fill(7);
    const box = sealBox(keys.stationBox, text, transcript);
    expect(sealBox(keys.stationBox, text, transcript)).to.deep.equal(box);
    const chosen = concatBytes(new Uint8Array(12), unhedgedBox(keys.stationBox, text, transcript));
    expect(codeOf(() => openBox(keys.stationBox, chosen, transcript))).to.equal("E_AEAD");
    expect(openBox(keys.stationBox, box, transcript)).to.deep.equal(text);
  });
});

/** Answers as often as it is asked. */
function forgetful(): StationBooks {
  return { ...memoryStationBooks(), takeChallenge: () => Promise.resolve(true) };
}

/** The straw man's box: one nonce a key, which holds as long as it seals once. */
function unhedgedBox(
  key: Uint8Array,
  plaintext: Uint8Array,
  transcript: Uint8Array = new Uint8Array(),
): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", key, new Uint8Array(12)).setAAD(transcript);
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function difference(texts: readonly Uint8Array[]): Uint8Array {
  const [one = failed(), two = failed()] = texts;
  return one.map((byte, i) => byte ^ (two[i] ?? 0));
}

function zeros(bytes: Uint8Array): number {
  return bytes.filter((byte) => byte === 0).length;
}

function failed(): never {
  throw new RangeError("expected two answers, got fewer");
}
