import { expect } from "chai";
import { id, Signature } from "ethers";
import {
  assertSigned,
  uploadFromJson,
  uploadHash,
  uploadToJson,
  type SignedUpload,
  type Upload,
} from "../../../../offchain/core/messages/upload.ts";
import { bigintToBytes, bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { addPlain } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { shortZeros } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { rerandomiseFrom } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import {
  dealtKey,
  otherDealtKey,
  person,
  requestOf,
  sealKeyOf,
  signedBy,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { counterRng, refusal } from "../../../support/primitives/draws.ts";

const { privateKey, roundKey } = dealtKey();
const { publicKey } = privateKey;
const rng = counterRng("upload");
const FORM = "UploadError E_UPLOAD_FORM";
const SIGNATURE = "UploadError E_UPLOAD_SIGNATURE";
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("upload", () => {
  let owner: Person;
  let other: Person;
  let upload: Upload;
  let signed: SignedUpload;
  let json: Readonly<Record<string, unknown>>;

  before(async () => {
    [owner, other] = [await person("owner"), await person("other")];
    upload = await requestOf(owner);
    signed = await signedBy(owner, upload);
    json = Object.fromEntries(Object.entries(uploadToJson(signed)));
  });

  describe("hash", () => {
    const changes: Readonly<Record<keyof Upload, () => Partial<Upload>>> = {
      auctionId: () => ({ auctionId: id("another auction") }),
      round: () => ({ round: 2n }),
      kind: () => ({ kind: "offer" }),
      roundKeyHash: () => ({ roundKeyHash: id("another round key") }),
      account: () => ({ account: other.wallet.address }),
      sealKey: () => ({ sealKey: sealKeyOf(other) }),
      setId: () => ({ setId: id("another set") }),
      cells: () => ({ cells: [{ column: 1, row: 2 }] }),
      record: () => ({
        record: rerandomiseFrom(shortZeros(roundKey.shortKey, rng), upload.record),
      }),
      proof: () => ({ proof: flip(upload.proof) }),
    };
    for (const [field, change] of Object.entries(changes)) {
      it(`changes with ${field}, and so the signature no longer holds`, () => {
        const altered = { ...upload, ...change() };
        expect(uploadHash(altered)).not.to.equal(uploadHash(upload));
        expect(refusalOfSigned({ upload: altered, signature: signed.signature })).to.equal(
          SIGNATURE,
        );
      });
    }

    it("changes with every cell, their number and their order", () => {
      const [a, b] = [
        { column: 1, row: 2 },
        { column: 2, row: 1 },
      ];
      const lists = [[], [a], [b], [a, a], [a, b], [b, a], [{ column: 1, row: 0 }]];
      const hashes = lists.map((cells) => uploadHash({ ...upload, cells }));
      expect(new Set(hashes).size).to.equal(lists.length);
    });

    it("changes with the length of the proof", () => {
      const hashes = [upload.proof, `${upload.proof}00`, upload.proof.slice(0, -2), "0x"].map(
        (proof) => uploadHash({ ...upload, proof }),
      );
      expect(new Set(hashes).size).to.equal(4);
    });
  });

  describe("signature", () => {
    it("is accepted from its account, in its venue", () => {
      expect(refusalOfSigned(signed)).to.equal("accepted");
    });

    it("is refused in another venue", () => {
      const venues = [
        { ...VENUE, chainId: 1n },
        { ...VENUE, auctions: other.wallet.address },
      ];
      for (const venue of venues) {
        expect(
          refusal(() => {
            assertSigned(venue, signed);
          }),
        ).to.equal(SIGNATURE);
      }
    });

    it("is refused from another account", async () => {
      const { signature } = await signedBy(other, upload);
      expect(refusalOfSigned({ upload, signature })).to.equal(SIGNATURE);
    });

    for (const signature of ["", "0x", "0x1234", `0x${"00".repeat(65)}`, "signed"]) {
      it(`is refused if it is "${signature.slice(0, 12)}"`, () => {
        expect(refusalOfSigned({ upload, signature })).to.equal(SIGNATURE);
      });
    }

    it("is refused in any other form than the one that was sent", () => {
      const { r, s, yParity, compactSerialized } = Signature.from(signed.signature);
      const otherV = (v: string): string => `${r}${s.slice(2)}${v}`;
      const highS = SECP256K1_ORDER - BigInt(s);
      const others = [
        compactSerialized,
        otherV(`0${yParity}`),
        `${r}${highS.toString(16).padStart(64, "0")}${yParity === 0 ? "1c" : "1b"}`,
        `0x${signed.signature.slice(2).toUpperCase()}`,
      ];
      const canonicalV = yParity === 0 ? "1b" : "1c";
      expect(otherV(canonicalV)).to.equal(signed.signature);
      for (const signature of others) {
        expect(refusalOfSigned({ upload, signature })).to.equal(SIGNATURE);
      }
    });

    it("is refused after a field was changed inside its ciphertext", () => {
      const record = addPlain(upload.record, publicKey.n - (500_000n << 196n));
      const altered = { upload: { ...upload, record }, signature: signed.signature };
      expect(refusalOfSigned(altered)).to.equal(SIGNATURE);
    });
  });

  describe("as JSON", () => {
    it("comes back as it was", () => {
      const text = JSON.stringify(uploadToJson(signed));
      const back = uploadFromJson(publicKey, JSON.parse(text));
      expect(back).to.deep.equal(signed);
      expect(refusalOfSigned(back)).to.equal("accepted");
    });

    const ciphertexts: readonly (readonly [string, () => string, string])[] = [
      ["shorter than a ciphertext", () => "0x01", "PaillierError E_CIPHERTEXT_LENGTH"],
      ["empty", () => "0x", "PaillierError E_CIPHERTEXT_LENGTH"],
      ["one byte longer", () => `0x00${hexOf(1n).slice(2)}`, "PaillierError E_CIPHERTEXT_LENGTH"],
      ["0", () => hexOf(0n), "PaillierError E_CIPHERTEXT_RANGE"],
      ["n²", () => hexOf(publicKey.nSquared), "PaillierError E_CIPHERTEXT_RANGE"],
      ["p, no unit", () => hexOf(privateKey.p), "PaillierError E_CIPHERTEXT_UNIT"],
      ["n, no unit", () => hexOf(publicKey.n), "PaillierError E_CIPHERTEXT_UNIT"],
    ];
    for (const [what, value, code] of ciphertexts) {
      it(`is refused with a record that is ${what}`, () => {
        const altered = { ...json, record: value() };
        expect(refusal(() => uploadFromJson(publicKey, altered))).to.equal(code);
      });
    }

    it("is refused under a shorter key, whose ciphertexts it cannot be", () => {
      const shorter = { ...publicKey, ciphertextBytes: publicKey.ciphertextBytes - 1 };
      expect(refusal(() => uploadFromJson(shorter, json))).to.equal(
        "PaillierError E_CIPHERTEXT_LENGTH",
      );
    });

    it("keeps the name of its round key, whatever key it is read under", () => {
      const back = uploadFromJson(otherDealtKey().privateKey.publicKey, json);
      expect(back.upload.roundKeyHash).to.equal(upload.roundKeyHash);
      expect(back.upload.record.publicKey).not.to.deep.equal(publicKey);
    });

    it("is refused after one digit of its record or its proof was changed, by its signature", () => {
      for (const field of ["record", "proof"]) {
        const altered = { ...json, [field]: flip(String(json[field])) };
        const check = (): void => {
          assertSigned(VENUE, uploadFromJson(publicKey, altered));
        };
        expect(refusal(check), field).to.equal(SIGNATURE);
      }
    });

    const malformed: readonly (readonly [
      string,
      (good: Readonly<Record<string, unknown>>) => unknown,
    ])[] = [
      ["null", () => null],
      ["a text", () => "upload"],
      ["a number", () => 1],
      ["a list", (good) => [good]],
      ["nothing", () => undefined],
      ["an empty object", () => ({})],
      ["a field too many", (good) => ({ ...good, price: 1 })],
      [
        "an account without checksum",
        (good) => ({ ...good, account: String(good.account).toLowerCase() }),
      ],
      [
        "an account of 19 bytes",
        (good) => ({ ...good, account: String(good.account).slice(0, 40) }),
      ],
      [
        "an auction id of 31 bytes",
        (good) => ({ ...good, auctionId: String(good.auctionId).slice(0, 64) }),
      ],
      ["an auction id in capitals", (good) => ({ ...good, auctionId: `0x${"AB".repeat(32)}` })],
      ["a seal key of 33 bytes", (good) => ({ ...good, sealKey: `${String(good.sealKey)}00` })],
      ["a seal key that is no hexadecimal", (good) => ({ ...good, sealKey: "key" })],
      ["cells that are no list", (good) => ({ ...good, cells: { column: 1, row: 1 } })],
      ["a cell without a row", (good) => ({ ...good, cells: [{ column: 1 }] })],
      ["a cell with more", (good) => ({ ...good, cells: [{ column: 1, row: 1, name: "" }] })],
      ["a cell of text", (good) => ({ ...good, cells: [{ column: "1", row: 1 }] })],
      ["a cell below 0", (good) => ({ ...good, cells: [{ column: -1, row: 1 }] })],
      ["a cell between others", (good) => ({ ...good, cells: [{ column: 0.5, row: 1 }] })],
      ["a cell beyond 32 bits", (good) => ({ ...good, cells: [{ column: 0, row: 2 ** 32 }] })],
      ["a set id of 31 bytes", (good) => ({ ...good, setId: `0x${"00".repeat(31)}` })],
      ["a record that is a list", (good) => ({ ...good, record: [good.record] })],
      ["a record that is a number", (good) => ({ ...good, record: 1 })],
      ["a record without 0x", (good) => ({ ...good, record: String(good.record).slice(2) })],
      ["a record of odd length", (good) => ({ ...good, record: `${String(good.record)}0` })],
      ["a proof of odd length", (good) => ({ ...good, proof: "0x0" })],
      ["a proof that is no hexadecimal", (good) => ({ ...good, proof: "0xproof!" })],
      ["a signature that is no hexadecimal", (good) => ({ ...good, signature: "signed" })],
    ];
    for (const [what, of] of malformed) {
      it(`is refused: ${what}`, () => {
        expect(refusal(() => uploadFromJson(publicKey, of(json)))).to.equal(FORM);
      });
    }

    it("is refused without any one of its fields, or with null for it", () => {
      expect(Object.keys(json)).to.have.members([...Object.keys(upload), "signature"]);
      for (const field of Object.keys(json)) {
        const without = Object.fromEntries(Object.entries(json).filter(([name]) => name !== field));
        for (const altered of [without, { ...json, [field]: null }]) {
          expect(
            refusal(() => uploadFromJson(publicKey, altered)),
            field,
          ).to.equal(FORM);
        }
      }
    });
  });
});

function refusalOfSigned(signed: SignedUpload): string {
  return refusal(() => {
    assertSigned(VENUE, signed);
  });
}

/** At the width of a ciphertext. */
function hexOf(value: bigint): string {
  return bytesToHex(bigintToBytes(value, publicKey.ciphertextBytes));
}

/** Changes the last digit. */
function flip(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
}
