import { expect } from "chai";
import { createCipheriv } from "node:crypto";
import { keystreamOf, subseedOf } from "../../../../offchain/primitives/sharing/keystream.ts";
import { seededRng } from "../../../../offchain/simulation/seededRng.ts";
import { refusal } from "../support.ts";

const SEED = seededRng("keystream").bytes(32);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("a keystream", () => {
  it("is AES-256 of the counters from 0 on", () => {
    const counters = new Uint8Array(16 * 300);
    const view = new DataView(counters.buffer);
    for (let k = 0; k < 300; k += 1) view.setUint32(16 * k + 12, k);
    const encrypted = createCipheriv("aes-256-ecb", SEED, null).update(counters);
    const bytes = new Uint8Array(keystreamOf(SEED).words(4 * 300).buffer);
    expect(hex(bytes)).to.equal(hex(encrypted));
  });

  it("is the same in whatever portions it is taken", () => {
    const whole = keystreamOf(SEED).words(40_000);
    const stream = keystreamOf(SEED);
    const parts: number[] = [];
    for (let size = 1; parts.length < whole.length; size *= 3) {
      parts.push(...stream.words(Math.min(size, whole.length - parts.length)));
    }
    expect(parts).to.deep.equal([...whole]);
  });

  it("refuses a seed of another length", () => {
    expect(refusal(() => keystreamOf(SEED.subarray(1)))).to.equal("KeystreamError E_SEED_LENGTH");
  });
});

describe("seeds derived from a seed", () => {
  it("differ by seed, label, every number and their count", () => {
    const other = seededRng("another").bytes(32);
    const derived = [
      subseedOf(SEED, "pads", 1, 2),
      subseedOf(other, "pads", 1, 2),
      subseedOf(SEED, "pad", 1, 2),
      subseedOf(SEED, "pads", 2, 1),
      subseedOf(SEED, "pads", 1, 2, 0),
      subseedOf(SEED, "pads", 1),
      subseedOf(SEED, "pads", 1, 2 ** 40 + 2),
      SEED,
    ].map(hex);
    expect(new Set(derived).size).to.equal(derived.length);
    expect(hex(subseedOf(SEED, "pads", 1, 2))).to.equal(derived[0]);
  });

  it("keep label and numbers apart, whatever the label contains", () => {
    const number = String.fromCharCode(0, 0, 0, 0, 0, 0, 0, 1);
    expect(hex(subseedOf(SEED, `pads${number}`))).to.not.equal(hex(subseedOf(SEED, "pads", 1)));
  });
});
