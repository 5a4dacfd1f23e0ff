/** An upload on the wire: who can read it, and what cannot be done to it. */
import { expect } from "chai";
import { id } from "ethers";
import { openUpload, sealUpload } from "../../../../offchain/core/messages/sealedUpload.ts";
import { roundKeyOf, type RoundKey } from "../../../../offchain/core/messages/roundKey.ts";
import type { SignedUpload } from "../../../../offchain/core/messages/upload.ts";
import { bytesToHex, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import type { SealKeyPair } from "../../../../offchain/core/primitives/sealedBox.ts";
import {
  AUCTION_ID,
  dealtKey,
  otherDealtKey,
  person,
  requestOf,
  sealKeyOf,
  signedBy,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";
import { uploadBox } from "../../../support/messages/boxes.ts";
import { uploadToBytes } from "../../../../offchain/core/messages/uploadBytes.ts";
import { joinedParts, uploadParts } from "../../../support/messages/uploadParts.ts";

const { roundKey, numbers } = dealtKey();
const rng = counterRng("sealed upload");
const SEALED = "SealedBoxError E_AEAD";

describe("a sealed upload", () => {
  let proxy: Person;
  let owner: Person;
  let signed: SignedUpload;
  let box: string;

  before(async () => {
    [proxy, owner] = [await person("proxy"), await person("owner")];
    const cells = [
      { column: 3, row: 7 },
      { column: 5, row: 1 },
    ];
    const located = { setId: id("a set"), cells };
    signed = await signedBy(owner, await requestOf(owner, { located }));
    box = await sealUpload(roundKey, signed, rng);
  });

  interface Opening {
    readonly keys?: SealKeyPair;
    readonly auctionId?: string;
    readonly key?: RoundKey;
  }
  const opened = (shown: string, opening: Opening = {}): Promise<string> => {
    const { keys = proxy.sealKeys, auctionId = AUCTION_ID, key = roundKey } = opening;
    return asyncRefusal(() => openUpload(keys, auctionId, key, shown));
  };

  it("opens for the proxy to what was sealed", async () => {
    expect(await openUpload(proxy.sealKeys, AUCTION_ID, roundKey, box)).to.deep.equal(signed);
  });

  it("opens for nobody else, its sender included", async () => {
    for (const { sealKeys } of [owner, await person("other proxy"), await person("cloud")]) {
      expect(await opened(box, { keys: sealKeys })).to.equal(SEALED);
    }
  });

  it("opens for no other auction", async () => {
    expect(await opened(box, { auctionId: id("another auction") })).to.equal(SEALED);
  });

  it("opens under no other round key, whatever number it differs in", async () => {
    const changes = [
      otherDealtKey().numbers,
      { hs: numbers.hs + 1n },
      { commitmentModulus: numbers.commitmentModulus + 2n },
      { features: 1 },
      { proxySealKey: sealKeyOf(owner) },
    ];
    for (const change of changes) {
      expect(await opened(box, { key: roundKeyOf({ ...numbers, ...change }) })).to.equal(SEALED);
    }
  });

  it("does not open after any of its bytes was changed", async () => {
    const bytes = hexToBytes(box);
    const places = [0, 31, 32, 33, bytes.length >> 1, bytes.length - 17, bytes.length - 1];
    for (const place of places) {
      const altered = bytes.map((byte, k) => (k === place ? byte ^ 1 : byte));
      expect(await opened(bytesToHex(altered)), `byte ${place}`).to.equal(SEALED);
    }
  });

  it("does not open after it was shortened or lengthened", async () => {
    expect(await opened(box.slice(0, -2))).to.equal(SEALED);
    expect(await opened(`${box}00`)).to.equal(SEALED);
    expect(await opened("0x")).to.equal("SealedBoxError E_TRUNCATED");
    expect(await opened(box.slice(2))).to.equal("BytesError E_HEX");
  });

  it("is another box every time, for the same upload", async () => {
    expect(await sealUpload(roundKey, signed, rng)).not.to.equal(box);
  });

  it("shows nothing of the upload on the wire", () => {
    const { round, kind, ...parts } = uploadParts(roundKey, signed);
    const plain = bytesToHex(uploadToBytes(roundKey, signed));
    expect([round, kind]).to.deep.equal(["0x01", "0x01"]);
    // What is short is in a box by chance: round and kind.
    expect(Object.values(parts)).to.have.lengthOf(9);
    for (const part of Object.values(parts)) {
      expect(plain).to.include(part.slice(2));
      expect(box).not.to.include(part.slice(2));
    }
  });

  describe("with other content", () => {
    const boxOf = (content: Uint8Array): Promise<string> =>
      uploadBox(AUCTION_ID, roundKey, content);

    it("does not open with a seal key that nobody can answer", async () => {
      for (const sealKey of [`0x${"00".repeat(32)}`, `0x01${"00".repeat(31)}`]) {
        const content = joinedParts({ ...uploadParts(roundKey, signed), sealKey });
        expect(await opened(await boxOf(content))).to.equal("UploadError E_UPLOAD_FORM");
      }
    });

    it("opens when the content is as specified", async () => {
      expect(await opened(await boxOf(uploadToBytes(roundKey, signed)))).to.equal("accepted");
    });

    for (const content of ["", "{", "upload", "\u0000"]) {
      it(`is refused with ${JSON.stringify(content)}`, async () => {
        const bytes = new TextEncoder().encode(content);
        expect(await opened(await boxOf(bytes))).to.equal("UploadError E_UPLOAD_FORM");
      });
    }
  });
});
