import { expect } from "chai";
import { createCipheriv } from "node:crypto";
import { keystreamOf } from "../../../../../offchain/core/primitives/sharing/keystream.ts";
import { seededRng } from "../../../../../offchain/study/worlds/seededRng.ts";
import { refusal } from "../../../../support/primitives/draws.ts";

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
