/** What an arbiter signs, and how several signatures become one. */
import { expect } from "chai";
import { AbiCoder, id, verifyTypedData, Wallet } from "ethers";
import { signBeginReading } from "../../../../offchain/core/messages/reading.ts";
import { quorumSignature } from "../../../../offchain/core/messages/quorumSignature.ts";
import { signRuling } from "../../../../offchain/core/messages/ruling.ts";
import {
  BEGIN_READING_TYPES,
  RULING_TYPES,
  sessionDomain,
} from "../../../../offchain/core/messages/typedData.ts";

const SESSIONS = `0x${"5e".repeat(20)}`;
const VENUE = { chainId: 31_337n, sessions: SESSIONS };
const DOMAIN = sessionDomain(VENUE.chainId, SESSIONS);
const SIGNER = new Wallet(`0x${"01".repeat(32)}`);
const LOW = `0x${"0a".repeat(20)}`;
const MIDDLE = `0x${"a0".repeat(20)}`;
const HIGH = `0x${"f0".repeat(20)}`;

function decoded(signature: string): readonly [string[], string[]] {
  const [members, signatures] = AbiCoder.defaultAbiCoder()
    .decode(["address[]", "bytes[]"], signature)
    .map((list: Iterable<string>) => [...list].map((text) => text.toLowerCase()));
  return [members ?? [], signatures ?? []];
}

describe("what is signed about a disputed or nameless session", () => {
  it("is a ruling of whoever signed it, for one contract on one chain", async () => {
    const ruling = { sessionId: id("a session"), amount: 77n };
    const signature = await signRuling(SIGNER, VENUE, ruling);
    expect(verifyTypedData(DOMAIN, RULING_TYPES, ruling, signature)).to.equal(SIGNER.address);
    const elsewhere = sessionDomain(1n, SESSIONS);
    expect(verifyTypedData(elsewhere, RULING_TYPES, ruling, signature)).to.not.equal(
      SIGNER.address,
    );
  });

  it("is a begin reading of whoever signed it, for one contract on one chain", async () => {
    const begin = {
      sessionId: id("a session"),
      meterKeyId: id("a meter"),
      pagination: 7n,
      registerMilliWh: 2_935_600_000n,
    };
    const signature = await signBeginReading(SIGNER, VENUE, begin);
    expect(verifyTypedData(DOMAIN, BEGIN_READING_TYPES, begin, signature)).to.equal(SIGNER.address);
    const another = { ...begin, pagination: 8n };
    expect(verifyTypedData(DOMAIN, BEGIN_READING_TYPES, another, signature)).to.not.equal(
      SIGNER.address,
    );
  });
});

describe("the signature of a quorum", () => {
  it("lists members in ascending order, each with its own signature", () => {
    const given = new Map([
      [HIGH, "0x03"],
      [LOW, "0x01"],
      [MIDDLE, "0x02"],
    ]);
    expect(decoded(quorumSignature(given))).to.deep.equal([
      [LOW, MIDDLE, HIGH],
      ["0x01", "0x02", "0x03"],
    ]);
  });

  it("orders by number, whatever the case of the letters", () => {
    const upper = MIDDLE.toUpperCase().replace("0X", "0x");
    const given = new Map([
      [HIGH, "0x02"],
      [upper, "0x01"],
    ]);
    expect(decoded(quorumSignature(given))[0]).to.deep.equal([MIDDLE, HIGH]);
  });

  it("of nobody is two empty lists", () => {
    expect(decoded(quorumSignature(new Map()))).to.deep.equal([[], []]);
  });
});
