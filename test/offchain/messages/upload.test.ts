import { expect } from "chai";
import { id } from "ethers";
import { offerFields, requestFields } from "../../../offchain/messages/records.ts";
import { asOffer, asRequest } from "../../../offchain/messages/requestAndOffer.ts";
import {
  assertSigned,
  encryptUpload,
  roundKeyHashOf,
  signUpload,
  uploadFromJson,
  uploadHash,
  uploadToJson,
  type SignedUpload,
  type Upload,
} from "../../../offchain/messages/upload.ts";
import { bigintToBytes, bytesToHex } from "../../../offchain/primitives/bytes.ts";
import { decodeSigned } from "../../../offchain/primitives/paillier/encoding.ts";
import { decrypt } from "../../../offchain/primitives/paillier/privateKey.ts";
import {
  addPlain,
  encrypt,
  type PublicKey,
} from "../../../offchain/primitives/paillier/publicKey.ts";
import {
  CLEAR_OFFER,
  CLEAR_REQUEST,
  headerOf,
  otherRoundKey,
  person,
  roundKey,
  VENUE,
  type Person,
} from "../market.ts";
import { counterRng, refusal, smallKey } from "../primitives/support.ts";

const key = roundKey();
const otherKey = otherRoundKey();
const { publicKey } = key;
const rng = counterRng("upload");

describe("upload", () => {
  let owner: Person;
  let other: Person;
  let upload: Upload;
  let signed: SignedUpload;
  let json: Readonly<Record<string, unknown>>;

  before(async () => {
    owner = await person("owner");
    other = await person("other");
    upload = encryptUpload(headerOf(owner), publicKey, requestFields(CLEAR_REQUEST), rng);
    signed = await signUpload(VENUE, upload, owner.wallet);
    json = Object.fromEntries(Object.entries(uploadToJson(signed)));
  });

  it("decrypts to the numbers that its owner encrypted", () => {
    const values = upload.fields.map((field) => decodeSigned(publicKey, decrypt(key, field), 544));
    expect(values).to.deep.equal(requestFields(CLEAR_REQUEST));
    const offer = encryptUpload(headerOf(owner), publicKey, offerFields(CLEAR_OFFER), rng);
    const offered = offer.fields.map((field) => decodeSigned(publicKey, decrypt(key, field), 544));
    expect(offered).to.deep.equal(offerFields(CLEAR_OFFER));
  });

  it("never encrypts a value twice to the same ciphertext", () => {
    const again = encryptUpload(headerOf(owner), publicKey, requestFields(CLEAR_REQUEST), rng);
    const values = [...upload.fields, ...again.fields].map(({ value }) => value);
    expect(new Set(values).size).to.equal(values.length);
  });

  it("is refused for a value wider than a field, and for a key too small for a field", () => {
    const encryptWith = (under: PublicKey, value: bigint): string =>
      refusal(() => encryptUpload(headerOf(owner), under, [value], rng));
    expect(encryptWith(publicKey, 2n ** 544n - 1n)).to.equal("accepted");
    expect(encryptWith(publicKey, 2n ** 544n)).to.equal("PaillierError E_PLAINTEXT_RANGE");
    expect(encryptWith(smallKey().publicKey, 0n)).to.equal("PaillierError E_PLAINTEXT_RANGE");
  });

  describe("hash", () => {
    const changes: Readonly<Record<keyof Upload, () => Partial<Upload>>> = {
      auctionId: () => ({ auctionId: id("another auction") }),
      roundKeyHash: () => ({ roundKeyHash: roundKeyHashOf(otherKey.publicKey) }),
      account: () => ({ account: other.wallet.address }),
      sealKey: () => ({ sealKey: bytesToHex(other.sealKeys.publicKey) }),
      fields: () => ({ fields: upload.fields.toReversed() }),
    };
    for (const [field, change] of Object.entries(changes)) {
      it(`changes with ${field}, and so the signature no longer holds`, () => {
        const altered = { ...upload, ...change() };
        expect(uploadHash(altered)).not.to.equal(uploadHash(upload));
        expect(refusalOfSigned({ upload: altered, signature: signed.signature })).to.equal(
          "UploadError E_UPLOAD_SIGNATURE",
        );
      });
    }

    it("changes with each ciphertext, even if the plaintext stays the same", () => {
      for (const k of upload.fields.keys()) {
        const altered = withField(upload, k, encrypt(publicKey, 0n, rng));
        expect(uploadHash(altered), `field ${k}`).not.to.equal(uploadHash(upload));
      }
    });

    it("changes with a field more or less", () => {
      const { fields } = upload;
      const fewer = { ...upload, fields: fields.slice(0, -1) };
      const more = { ...upload, fields: [...fields, ...fields.slice(0, 1)] };
      const hashes = [upload, fewer, more].map(uploadHash);
      expect(new Set(hashes).size).to.equal(3);
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
        ).to.equal("UploadError E_UPLOAD_SIGNATURE");
      }
    });

    it("is refused from another account", async () => {
      const { signature } = await signUpload(VENUE, upload, other.wallet);
      expect(refusalOfSigned({ upload, signature })).to.equal("UploadError E_UPLOAD_SIGNATURE");
    });

    for (const signature of ["", "0x", "0x1234", `0x${"00".repeat(65)}`, "signed"]) {
      it(`is refused if it is "${signature.slice(0, 12)}"`, () => {
        expect(refusalOfSigned({ upload, signature })).to.equal("UploadError E_UPLOAD_SIGNATURE");
      });
    }

    it("is refused after a price was lowered inside its ciphertext", () => {
      const price = upload.fields[2] ?? encrypt(publicKey, 0n, rng);
      const lowered = addPlain(price, publicKey.n - 500_000n);
      expect(decrypt(key, lowered)).to.equal(1_000_000n);
      const altered = { upload: withField(upload, 2, lowered), signature: signed.signature };
      expect(refusalOfSigned(altered)).to.equal("UploadError E_UPLOAD_SIGNATURE");
    });
  });

  describe("as JSON", () => {
    it("comes back as it was", () => {
      const text = JSON.stringify(uploadToJson(signed));
      const back = uploadFromJson(publicKey, JSON.parse(text));
      expect(back).to.deep.equal(signed);
      expect(refusalOfSigned(back)).to.equal("accepted");
    });

    it("is refused under another round key", () => {
      expect(refusal(() => uploadFromJson(otherKey.publicKey, json))).to.equal(
        "UploadError E_UPLOAD_KEY",
      );
      const renamed = { ...json, roundKeyHash: roundKeyHashOf(otherKey.publicKey) };
      expect(refusal(() => uploadFromJson(publicKey, renamed))).to.equal(
        "UploadError E_UPLOAD_KEY",
      );
    });

    const ciphertexts: readonly (readonly [string, () => string, string])[] = [
      ["shorter than a ciphertext", () => "0x01", "PaillierError E_CIPHERTEXT_LENGTH"],
      ["empty", () => "0x", "PaillierError E_CIPHERTEXT_LENGTH"],
      ["one byte longer", () => `0x00${hexOf(1n).slice(2)}`, "PaillierError E_CIPHERTEXT_LENGTH"],
      ["0", () => hexOf(0n), "PaillierError E_CIPHERTEXT_RANGE"],
      ["n²", () => hexOf(publicKey.nSquared), "PaillierError E_CIPHERTEXT_RANGE"],
      ["p, no unit", () => hexOf(key.p), "PaillierError E_CIPHERTEXT_UNIT"],
      ["n, no unit", () => hexOf(publicKey.n), "PaillierError E_CIPHERTEXT_UNIT"],
    ];
    for (const [what, value, code] of ciphertexts) {
      it(`is refused with a field that is ${what}`, () => {
        const fields = [...hexFields().slice(0, -1), value()];
        expect(refusal(() => uploadFromJson(publicKey, { ...json, fields }))).to.equal(code);
      });
    }

    it("is refused after one digit of a ciphertext was changed, by its signature", () => {
      for (const k of hexFields().keys()) {
        const altered = {
          ...json,
          fields: hexFields().map((hex, i) => (i === k ? flip(hex) : hex)),
        };
        const check = (): void => {
          assertSigned(VENUE, uploadFromJson(publicKey, altered));
        };
        expect(refusal(check), `field ${k}`).to.equal("UploadError E_UPLOAD_SIGNATURE");
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
      ["fields that are no list", (good) => ({ ...good, fields: {} })],
      ["fields that are numbers", (good) => ({ ...good, fields: [1, 2] })],
      ["a field that is null", (good) => ({ ...good, fields: [null] })],
      ["a field without 0x", (good) => ({ ...good, fields: ["00"] })],
      ["a field of odd length", (good) => ({ ...good, fields: ["0x0"] })],
      ["65 fields", (good) => ({ ...good, fields: Array.from({ length: 65 }, () => "0x01") })],
      ["a signature that is no hexadecimal", (good) => ({ ...good, signature: "signed" })],
    ];
    for (const [what, of] of malformed) {
      it(`is refused: ${what}`, () => {
        expect(refusal(() => uploadFromJson(publicKey, of(json)))).to.equal(
          "UploadError E_UPLOAD_FORM",
        );
      });
    }

    for (const field of [
      "auctionId",
      "roundKeyHash",
      "account",
      "sealKey",
      "fields",
      "signature",
    ]) {
      it(`is refused without ${field}, or with null for it`, () => {
        const without = Object.fromEntries(Object.entries(json).filter(([name]) => name !== field));
        for (const altered of [without, { ...json, [field]: null }]) {
          expect(refusal(() => uploadFromJson(publicKey, altered))).to.equal(
            "UploadError E_UPLOAD_FORM",
          );
        }
      });
    }
  });

  describe("as request or offer", () => {
    it("names the fields in the specified order", () => {
      const [x, y, price, maxDistanceSquared, ...featureBids] = upload.fields;
      expect(asRequest(upload, 2)).to.deep.equal({ x, y, price, maxDistanceSquared, featureBids });
      const offer = encryptUpload(headerOf(owner), publicKey, offerFields(CLEAR_OFFER), rng);
      const [negX, negY, negPrice, a, b, opening] = offer.fields;
      expect(asOffer(offer, 2)).to.deep.equal({
        negX,
        negY,
        negPrice,
        negFeatureAsks: [a, b],
        opening,
      });
    });

    for (const count of [0, 1, 3, 4, 5, 7, 12]) {
      it(`is refused with ${count} fields where 6 are expected`, () => {
        const [field] = upload.fields;
        const fields = Array.from({ length: count }, () => field ?? encrypt(publicKey, 0n, rng));
        for (const named of [asRequest, asOffer]) {
          expect(refusal(() => named({ ...upload, fields }, 2))).to.equal(
            "UploadError E_UPLOAD_FIELDS",
          );
        }
      });
    }
  });

  function hexFields(): readonly string[] {
    return Array.isArray(json.fields) ? json.fields.map(String) : [];
  }
});

function refusalOfSigned(signed: SignedUpload): string {
  return refusal(() => {
    assertSigned(VENUE, signed);
  });
}

function withField(upload: Upload, k: number, field: Upload["fields"][number]): Upload {
  return { ...upload, fields: upload.fields.map((old, i) => (i === k ? field : old)) };
}

/** At the width of a ciphertext. */
function hexOf(value: bigint): string {
  return bytesToHex(bigintToBytes(value, publicKey.ciphertextBytes));
}

/** Changes the last digit. */
function flip(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
}
