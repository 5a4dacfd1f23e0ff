/** How several signatures become one, and several again. */
import { expect } from "chai";
import { AbiCoder, getAddress } from "ethers";
import {
  quorumSignature,
  signaturesIn,
} from "../../../../offchain/core/messages/quorumSignature.ts";

const LOW = `0x${"0a".repeat(20)}`;
const MIDDLE = `0x${"a0".repeat(20)}`;
const HIGH = `0x${"f0".repeat(20)}`;

function decoded(signature: string): readonly [string[], string[]] {
  const [members, signatures] = AbiCoder.defaultAbiCoder()
    .decode(["address[]", "bytes[]"], signature)
    .map((list: Iterable<string>) => [...list].map((text) => text.toLowerCase()));
  return [members ?? [], signatures ?? []];
}

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

  it("gives back the signatures of its members, and none of anything else", () => {
    const [low, high] = [getAddress(LOW), getAddress(HIGH)];
    const given = new Map([
      [high, "0x0303"],
      [low, "0x01"],
    ]);
    expect([...signaturesIn(quorumSignature(given))]).to.deep.equal([
      [low, "0x01"],
      [high, "0x0303"],
    ]);
    for (const other of ["0x", `0x${"11".repeat(65)}`, "0x00", quorumSignature(new Map())]) {
      expect(signaturesIn(other).size, other).to.equal(0);
    }
  });
});
