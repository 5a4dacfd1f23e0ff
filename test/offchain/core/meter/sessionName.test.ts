/** Names of sessions on meters. */
import { expect } from "chai";
import fc from "fast-check";
import {
  namesSession,
  namingOf,
  sessionName,
} from "../../../../offchain/core/meter/sessionName.ts";

const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

describe("names of sessions", () => {
  it("are the first 36 characters in base32", () => {
    expect(sessionName(`0x${"00".repeat(32)}`)).to.equal("a".repeat(36));
    expect(sessionName(`0x${"ff".repeat(32)}`)).to.equal("7".repeat(36));
    const foobar = Buffer.from("foobar").toString("hex").padEnd(64, "0");
    expect(sessionName(`0x${foobar}`)).to.equal("mzxw6ytboi".padEnd(36, "a"));
  });

  it("fit OCPP, OCPI and OCMF", () => {
    fc.assert(
      fc.property(bytes32, (id) => {
        expect(sessionName(id)).to.match(/^[a-z2-7]{36}$/);
      }),
      { numRuns: 100, seed: 0x5eed },
    );
  });

  it("tell sessions apart by their first 180 bits", () => {
    fc.assert(
      fc.property(bytes32, fc.nat(255), (id, bit) => {
        const other = `0x${(BigInt(id) ^ (1n << BigInt(bit))).toString(16).padStart(64, "0")}`;
        expect(namesSession(sessionName(other), id)).to.equal(bit < 76);
      }),
      { numRuns: 300, seed: 0x5eed },
    );
  });

  it("are indifferent to case, and to nothing else", () => {
    const id = `0x${"a5".repeat(32)}`;
    const name = sessionName(id);
    expect(namesSession(name.toUpperCase(), id)).to.equal(true);
    for (const other of [` ${name}`, `${name}a`, name.slice(1), "", null, 1]) {
      expect(namesSession(other, id)).to.equal(false);
    }
  });

  it("have no letter that only becomes small as one of theirs", () => {
    const id = `0x${"5294a5294a".repeat(6)}5294`;
    const kelvin = sessionName(id).replace("k", "\u212a");
    expect(kelvin.toLowerCase()).to.equal(sessionName(id));
    expect(namesSession(kelvin, id)).to.equal(false);
  });

  it("are known whole, and by the 20 characters that OCPP 1.6 carries", () => {
    fc.assert(
      fc.property(bytes32, fc.nat(255), (id, bit) => {
        const other = `0x${(BigInt(id) ^ (1n << BigInt(bit))).toString(16).padStart(64, "0")}`;
        const short = sessionName(other).slice(0, 20);
        expect(namingOf(short.toUpperCase(), id)).to.equal(bit < 156 ? "short" : "none");
        expect(namesSession(short, id)).to.equal(bit < 156);
        expect(namingOf(sessionName(id), id)).to.equal("whole");
        for (const name of [short.slice(1), `${short}a`, "", null]) {
          expect(namingOf(name, other)).to.equal("none");
        }
      }),
      { numRuns: 100, seed: 0x5eed },
    );
  });
});
