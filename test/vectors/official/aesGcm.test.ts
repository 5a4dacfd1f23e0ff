/**
 * Wycheproof's AES-GCM. Boxes make key or nonce themselves, so no case can be handed to them whole:
 * the ciphers that they are made of take those with a key of 256 bits and a nonce of 96, and a box
 * of a handshake refuses every other key.
 */
import { Aes256Gcm } from "@hpke/core";
import { expect } from "chai";
import { createDecipheriv } from "node:crypto";
import { z } from "zod";
import { openBox, sealBox } from "../../../offchain/core/credential/handshake/sessionKeys.ts";
import { concatBytes } from "../../../offchain/core/primitives/bytes.ts";
import { bytesShape, officialOrSkip, wycheproofShape } from "../../support/vectors/official.ts";

const gcmShape = wycheproofShape(
  { keySize: z.number(), ivSize: z.number(), tagSize: z.number() },
  {
    key: bytesShape,
    iv: bytesShape,
    aad: bytesShape,
    msg: bytesShape,
    ct: bytesShape,
    tag: bytesShape,
  },
);
type Group = z.infer<typeof gcmShape>["testGroups"][number];
type Case = Group["tests"][number];

const NOTHING = new Uint8Array();

describe("Wycheproof, AES-GCM", () => {
  let groups: readonly Group[];
  before(function () {
    groups = officialOrSkip(this)("wycheproof/aes_gcm_test.json", gcmShape).testGroups;
  });

  const casesOf = (isChosen: (group: Group) => boolean): readonly Case[] =>
    groups.filter(isChosen).flatMap(({ tests }) => tests);
  const ofBoxes = (): readonly Case[] =>
    casesOf(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128);

  it("the cipher of sealed boxes: 66 of 66", async () => {
    for (const one of ofBoxes()) {
      const cipher = new Aes256Gcm().createEncryptionContext(one.key);
      const box = concatBytes(one.ct, one.tag);
      const opened = await accepted(() => cipher.open(one.iv, box, one.aad));
      expect(opened, `case ${one.tcId}`).to.deep.equal(one.result === "valid" ? one.msg : null);
      if (one.result !== "valid") continue;
      const sealed = await cipher.seal(one.iv, one.msg, one.aad);
      expect(new Uint8Array(sealed), `case ${one.tcId}`).to.deep.equal(box);
    }
    expect(ofBoxes()).to.have.length(66);
  });

  it("the cipher of a handshake's boxes: 66 of 66, and none without the box's own nonce", async () => {
    for (const one of ofBoxes()) {
      const opened = await accepted(() => deciphered(one));
      expect(opened, `case ${one.tcId}`).to.deep.equal(one.result === "valid" ? one.msg : null);
      const box = concatBytes(one.iv, one.ct, one.tag);
      expect(() => openBox(one.key, box, one.aad)).to.throw("openBox");
    }
  });

  it("a handshake's box opens what it sealed under each key of 256 bits, and takes no other", () => {
    const cases = casesOf(() => true);
    for (const { key, msg, aad } of cases) {
      if (key.length !== 32) {
        expect(() => sealBox(key, msg, aad)).to.throw("Invalid key length");
        continue;
      }
      const box = sealBox(key, msg, aad);
      expect(openBox(key, box, aad)).to.deep.equal(msg);
      const [iv, ct, tag] = [box.subarray(0, 12), box.subarray(12, -16), box.subarray(-16)];
      expect(deciphered({ key, iv, ct, tag, aad })).to.deep.equal(msg);
    }
    expect(cases).to.have.length(316);
  });
});

/** As a handshake's boxes are opened, with the nonce of the case. */
function deciphered({
  key,
  iv,
  ct,
  tag,
  aad,
}: Readonly<Record<"key" | "iv" | "ct" | "tag" | "aad", Uint8Array>>): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: 16 });
  decipher.setAAD(aad).setAuthTag(tag);
  return concatBytes(decipher.update(ct), decipher.final());
}

/** What an action gives, or null if it refuses. */
async function accepted(
  action: () => Uint8Array | Promise<ArrayBuffer>,
): Promise<Uint8Array | null> {
  try {
    return concatBytes(NOTHING, new Uint8Array(await action()));
  } catch {
    return null;
  }
}
