import { expect } from "chai";
import { createHash } from "node:crypto";
import { bytesToBigint } from "../../../../../offchain/core/primitives/bytes.ts";
import { publicKeyFromModulus } from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  absorb,
  absorbNumbers,
  challenge,
  CHALLENGE_BITS,
  challenges,
  openTranscript,
} from "../../../../../offchain/core/primitives/proofs/transcript.ts";
import { refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";
import { CONTEXT, contextOf } from "../../../../support/primitives/provenRecords.ts";

const { publicKey } = smallKey();
const text = (value: string) => new TextEncoder().encode(value);
const opened = openTranscript("test", publicKey, CONTEXT);

/** u32(length) ‖ part, for the hash by hand. */
function prefixed(part: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return Buffer.concat([length, part]);
}

function hashByHand(label: string, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256").update(`PM-v1/${label}\0`);
  for (const part of parts) hash.update(prefixed(part));
  return hash.digest();
}

describe("transcript", () => {
  const n = Buffer.from(publicKey.n.toString(16), "hex");

  it("hashes label, key, context and parts, each with its length", () => {
    const seed = hashByHand(
      "test",
      n,
      CONTEXT.scope,
      CONTEXT.prover,
      text("a"),
      Buffer.from([0, 7]),
    );
    const transcript = absorbNumbers(absorb(opened, text("a")), 2, 7n);
    expect(challenge(transcript)).to.equal(bytesToBigint(seed.subarray(0, 16)));
  });

  it("draws several challenges from the seed and an index", () => {
    const seed = hashByHand("test", n, CONTEXT.scope, CONTEXT.prover);
    const second = hashByHand("weights", seed, Buffer.from([0, 0, 0, 1]));
    const drawn = challenges(opened, 3);
    expect(drawn[1]).to.equal(bytesToBigint(second.subarray(0, 16)));
    expect(new Set(drawn).size).to.equal(3);
    expect(challenges(opened, 5).slice(0, 3)).to.deep.equal(drawn);
    expect(challenges(opened, 0)).to.deep.equal([]);
  });

  it("gives another challenge for every change", () => {
    const other = publicKeyFromModulus(publicKey.n + 2n);
    const variants = [
      opened,
      openTranscript("tesu", publicKey, CONTEXT),
      openTranscript("test", other, CONTEXT),
      openTranscript("test", publicKey, contextOf("scope 2", "prover 1")),
      openTranscript("test", publicKey, contextOf("scope 1", "prover 2")),
      openTranscript("test", publicKey, contextOf("scope 1p", "rover 1")),
      openTranscript("test", publicKey, contextOf("", "scope 1prover 1")),
      absorb(opened, text("")),
      absorb(opened, text("ab"), text("c")),
      absorb(opened, text("a"), text("bc")),
      absorb(opened, text("abc")),
      absorbNumbers(opened, 2, 1n),
      absorbNumbers(opened, 3, 1n),
    ];
    const drawn = variants.map(challenge);
    expect(new Set(drawn).size).to.equal(variants.length);
  });

  it("leaves the transcript it is given alone", () => {
    const before = challenge(opened);
    absorb(opened, text("more"));
    expect(challenge(opened)).to.equal(before);
  });

  it("stays below 2^128 and uses all of it", () => {
    const drawn = challenges(opened, 200);
    const highest = drawn.reduce((a, b) => (a > b ? a : b));
    expect(highest >> BigInt(CHALLENGE_BITS)).to.equal(0n);
    expect(highest >> BigInt(CHALLENGE_BITS - 4)).to.equal(15n);
  });

  it("refuses a key whose primes may be shorter than a challenge", () => {
    const outcome = (bits: number) =>
      refusal(() =>
        openTranscript("test", publicKeyFromModulus((1n << BigInt(bits)) - 1n), CONTEXT),
      );
    expect(refusal(() => openTranscript("test", toyKey().publicKey, CONTEXT))).to.equal(
      "ProofError E_PROOF_PARAMETERS",
    );
    expect(outcome(259)).to.equal("ProofError E_PROOF_PARAMETERS");
    expect(outcome(260)).to.equal("accepted");
  });
});
