import { expect } from "chai";
import { id, Signature } from "ethers";
import {
  assertSigned,
  uploadHash,
  type SignedUpload,
  type Upload,
} from "../../../../offchain/core/messages/upload.ts";
import { addPlain } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { shortZeros } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { rerandomiseFrom } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import {
  dealtKey,
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
const SIGNATURE = "UploadError E_UPLOAD_SIGNATURE";
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("upload", () => {
  let owner: Person;
  let other: Person;
  let upload: Upload;
  let signed: SignedUpload;

  before(async () => {
    [owner, other] = [await person("owner"), await person("other")];
    upload = await requestOf(owner);
    signed = await signedBy(owner, upload);
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
      const zero = { column: 0, row: 0 };
      const lists = [
        [],
        [zero],
        [a],
        [b],
        [a, a],
        [a, b],
        [b, a],
        [a, zero],
        [{ column: 1, row: 0 }],
      ];
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
});

function refusalOfSigned(signed: SignedUpload): string {
  return refusal(() => {
    assertSigned(VENUE, signed);
  });
}

/** Changes the last digit. */
function flip(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
}
