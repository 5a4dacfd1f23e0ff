import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expect } from "chai";
import fc from "fast-check";
import { inspect } from "node:util";
import { bytesToHex, concatBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../../../offchain/core/primitives/random.ts";
import {
  generateSealKeyPair,
  open,
  seal,
  SEAL_KEY_BYTES,
  SEAL_OVERHEAD_BYTES,
  type SealKeyPair,
} from "../../../../offchain/core/primitives/sealedBox.ts";
import { asyncRefusal, counterRng, underNodeEnv } from "../../../support/primitives/draws.ts";

const AEAD = "SealedBoxError E_AEAD";
const KEY = "SealedBoxError E_SEAL_KEY";
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("sealed box", () => {
  const rng = counterRng("sealed box");
  const context = { info: utf8("kind of box"), aad: utf8("what it belongs to") };
  const plaintext = utf8("for you alone");
  let recipient: SealKeyPair;
  let box: Uint8Array;

  before(async () => {
    recipient = await generateSealKeyPair(rng);
    box = await seal(recipient.publicKey, plaintext, context, rng);
  });

  const opening = (bytes: Uint8Array, changed = context, key = recipient.privateKey) =>
    asyncRefusal(() => open(key, bytes, changed));

  it("opens for its recipient", async () => {
    expect(bytesToHex(await open(recipient.privateKey, box, context))).to.equal(
      bytesToHex(plaintext),
    );
    expect(box.length).to.equal(plaintext.length + SEAL_OVERHEAD_BYTES);
  });

  it("carries any bytes, info and aad", async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, async (text, info, aad) => {
        const sealed = await seal(recipient.publicKey, text, { info, aad }, systemRng);
        const opened = await open(recipient.privateKey, sealed, { info, aad });
        expect(bytesToHex(opened)).to.equal(bytesToHex(text));
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it("takes views into larger buffers", async () => {
    const inside = (bytes: Uint8Array) => concatBytes(utf8("<"), bytes, utf8(">")).subarray(1, -1);
    const shifted = { info: inside(context.info), aad: inside(context.aad) };
    const sealed = await seal(inside(recipient.publicKey), inside(plaintext), shifted, rng);
    const opened = await open(inside(recipient.privateKey), inside(sealed), context);
    expect(bytesToHex(opened)).to.equal(bytesToHex(plaintext));
  });

  it("is plain RFC 9180: the library opens it as encapsulated key and ciphertext", async () => {
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    const opened = await suite.open(
      {
        recipientKey: await suite.kem.deserializePrivateKey(recipient.privateKey),
        enc: new Uint8Array(box.subarray(0, 32)),
        info: context.info,
      },
      new Uint8Array(box.subarray(32)),
      context.aad,
    );
    expect(bytesToHex(new Uint8Array(opened))).to.equal(bytesToHex(plaintext));
  });

  it("seals the same text to another box each time", async () => {
    const again = await seal(recipient.publicKey, plaintext, context, rng);
    expect(bytesToHex(again)).to.not.equal(bytesToHex(box));
    expect(bytesToHex(again.subarray(0, 32))).to.not.equal(bytesToHex(box.subarray(0, 32)));
  });

  it("refuses a box with any byte changed", async () => {
    for (let at = 0; at < box.length; at++) {
      const flipped = box.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
      expect(await opening(flipped), `byte ${at}`).to.equal(AEAD);
    }
    const highBit = box.map((byte, i) => (i === 31 ? byte ^ 0x80 : byte));
    expect(await opening(highBit), "the bit that X25519 ignores").to.equal(AEAD);
  });

  it("refuses another info, another aad, and the two exchanged", async () => {
    expect(await opening(box, { ...context, info: utf8("another kind") })).to.equal(AEAD);
    expect(await opening(box, { ...context, aad: utf8("something else") })).to.equal(AEAD);
    expect(await opening(box, { ...context, info: new Uint8Array(0) })).to.equal(AEAD);
    expect(await opening(box, { ...context, aad: new Uint8Array(0) })).to.equal(AEAD);
    expect(await opening(box, { info: context.aad, aad: context.info })).to.equal(AEAD);
  });

  it("refuses another recipient", async () => {
    const other = await generateSealKeyPair(rng);
    expect(await opening(box, context, other.privateKey)).to.equal(AEAD);
  });

  it("refuses a shortened, lengthened or spliced box", async () => {
    const other = await seal(recipient.publicKey, plaintext, context, rng);
    expect(await opening(box.subarray(0, -1))).to.equal(AEAD);
    expect(await opening(concatBytes(box, Uint8Array.of(0)))).to.equal(AEAD);
    expect(await opening(concatBytes(other.subarray(0, 32), box.subarray(32)))).to.equal(AEAD);
    for (const length of [0, 32, SEAL_OVERHEAD_BYTES - 1]) {
      expect(await opening(box.subarray(0, length))).to.equal("SealedBoxError E_TRUNCATED");
    }
    expect(await opening(box.subarray(0, SEAL_OVERHEAD_BYTES))).to.equal(AEAD);
    expect(await opening(new Uint8Array(64)), "an encapsulated key of small order").to.equal(AEAD);
  });

  it("refuses keys of another length or of small order", async () => {
    const sealing = (key: Uint8Array) => asyncRefusal(() => seal(key, plaintext, context, rng));
    const one = Uint8Array.from({ length: SEAL_KEY_BYTES }, (_, i) => (i === 0 ? 1 : 0));
    for (const key of [recipient.publicKey.subarray(1), new Uint8Array(33), new Uint8Array(0)]) {
      expect(await sealing(key)).to.equal(KEY);
      expect(await opening(box, context, new Uint8Array(key))).to.equal(KEY);
    }
    expect(await sealing(new Uint8Array(SEAL_KEY_BYTES))).to.equal(KEY);
    expect(await sealing(one)).to.equal(KEY);
  });

  it("makes the same keys from equal generators, others from the system", async () => {
    const made = async (from = systemRng) =>
      bytesToHex((await generateSealKeyPair(from)).publicKey);
    expect(await made(counterRng("k"))).to.equal(await made(counterRng("k")));
    expect(await made()).to.not.equal(await made());
  });

  it("refuses a deterministic generator for keys outside tests", async () => {
    const outcome = await underNodeEnv("production", () =>
      asyncRefusal(() => generateSealKeyPair(counterRng("refused"))),
    );
    expect(outcome).to.equal("RandomError E_RNG_DETERMINISTIC");
  });

  it("keeps the private key out of logs", () => {
    expect(recipient.privateKey.length).to.equal(SEAL_KEY_BYTES);
    expect(Object.keys(recipient)).to.deep.equal(["publicKey"]);
    expect(inspect(recipient, { maxArrayLength: null })).to.not.include("privateKey");
  });
});
