/** What an upload's proof says, and that it says it about nothing else. */
import { expect } from "chai";
import { id } from "ethers";
import {
  offerLayout,
  requestLayout,
  type Layout,
} from "../../../../offchain/core/messages/packedRecord.ts";
import { encryptProven, rangesClaim } from "../../../../offchain/core/messages/provenRecord.ts";
import { offerFields, requestFields } from "../../../../offchain/core/messages/records.ts";
import { roundKeyOf, type RoundKey } from "../../../../offchain/core/messages/roundKey.ts";
import type { Upload } from "../../../../offchain/core/messages/upload.ts";
import { bytesToHex, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { addPlain } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { encryptShort } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { assertClaim } from "../../../../offchain/core/primitives/proofs/equations.ts";
import {
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  headerOf,
  OTHER_COMMITMENT_MODULUS,
  otherDealtKey,
  person,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { FALSE_NUMBERS, flipped } from "../../../support/primitives/provenRecords.ts";
import { counterRng, refusal } from "../../../support/primitives/draws.ts";

const { privateKey, roundKey, numbers } = dealtKey();
const rng = counterRng("proven record");
const REQUEST = requestLayout(2);
const OFFER = offerLayout(2);
const LENGTH = "ProofError E_PROOF_LENGTH";

function verdict(upload: Upload, layout: Layout = REQUEST, key: RoundKey = roundKey): string {
  return refusal(() => {
    assertClaim("verdict", rangesClaim(key, layout, upload));
  });
}

describe("a proven record", () => {
  let owner: Person;
  let other: Person;
  let upload: Upload;

  const proven = (layout: Layout, values: readonly bigint[], sender = owner): Upload =>
    encryptProven(headerOf(sender), roundKey, layout, values, rng);

  before(async () => {
    [owner, other] = [await person("owner"), await person("other")];
    upload = proven(REQUEST, requestFields(CLEAR_REQUEST));
  });

  it("is believed if it is in range, request or offer", () => {
    expect(verdict(upload)).to.equal("accepted");
    expect(verdict(proven(OFFER, offerFields(CLEAR_OFFER)), OFFER)).to.equal("accepted");
  });

  it("is believed at both ends of every range", () => {
    for (const layout of [REQUEST, OFFER]) {
      const largest = layout.map((bits) => (1n << BigInt(bits)) - 1n);
      expect(verdict(proven(layout, largest), layout)).to.equal("accepted");
      const smallest = layout.map(() => 0n);
      expect(verdict(proven(layout, smallest), layout)).to.equal("accepted");
    }
  });

  it("has its fields in slots of their widths and 82 bits", () => {
    const fields = requestFields(CLEAR_REQUEST);
    let [offset, packed] = [0n, 0n];
    for (const [k, bits] of REQUEST.entries()) {
      packed += (fields[k] ?? 0n) << offset;
      offset += BigInt(bits) + 82n;
    }
    expect(decrypt(privateKey, upload.record)).to.equal(packed);
  });

  it("is another ciphertext and another proof every time", () => {
    const again = proven(REQUEST, requestFields(CLEAR_REQUEST));
    expect(again.record.value).not.to.equal(upload.record.value);
    expect(again.proof).not.to.equal(upload.proof);
  });

  describe("cannot be made of", () => {
    for (const [k, bits] of OFFER.entries()) {
      it(`a field ${k} below 0 or of more than ${bits} bits`, () => {
        for (const value of [-1n, 1n << BigInt(bits), -(1n << BigInt(bits))]) {
          const values = offerFields(CLEAR_OFFER).with(k, value);
          expect(refusal(() => proven(OFFER, values))).to.equal("ProofError E_PROOF_WITNESS");
        }
      });
    }

    it("a field too few or too many", () => {
      const values = requestFields(CLEAR_REQUEST);
      expect(refusal(() => proven(REQUEST, values.slice(1)))).to.equal(LENGTH);
      expect(refusal(() => proven(REQUEST, [...values, 0n]))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
    });
  });

  describe("is not believed", () => {
    it("of another account, in another auction", () => {
      const { address } = other.wallet;
      expect(verdict({ ...upload, account: address })).to.be.oneOf(FALSE_NUMBERS);
      expect(verdict({ ...upload, auctionId: id("another") })).to.be.oneOf(FALSE_NUMBERS);
    });

    it("under a round key that differs in one number", () => {
      const changes = {
        hs: { hs: otherDealtKey().numbers.hs % numbers.n },
        commitmentModulus: { commitmentModulus: OTHER_COMMITMENT_MODULUS },
        features: { features: 3 },
        proxySealKey: { proxySealKey: `0x${"11".repeat(32)}` },
      };
      for (const [field, change] of Object.entries(changes)) {
        const key = roundKeyOf({ ...numbers, ...change });
        expect(verdict(upload, REQUEST, key), field).to.be.oneOf(FALSE_NUMBERS);
      }
      expect(verdict(upload, REQUEST, otherDealtKey().roundKey)).to.equal(
        "PaillierError E_KEY_MISMATCH",
      );
    });

    it("as the other kind of record, nor with the same widths at other places", () => {
      expect(verdict(upload, OFFER)).to.equal(LENGTH);
      expect(verdict(upload, requestLayout(1))).to.equal(LENGTH);
      expect(verdict(upload, REQUEST.with(0, 17))).to.be.oneOf(FALSE_NUMBERS);
      expect(verdict(upload, [...REQUEST.slice(0, 2), 25, ...REQUEST.slice(3)])).to.be.oneOf(
        FALSE_NUMBERS,
      );
    });

    it("about another ciphertext: of another owner, of the same plaintext, or moved by 1", () => {
      const others = [
        proven(REQUEST, requestFields(CLEAR_REQUEST), other).record,
        encryptShort(roundKey.shortKey, decrypt(privateKey, upload.record), rng),
        addPlain(upload.record, 1n),
      ];
      for (const record of others) {
        expect(verdict({ ...upload, record })).to.be.oneOf(FALSE_NUMBERS);
      }
    });

    it("with the proof of another record of the same owner", () => {
      const { proof } = proven(REQUEST, requestFields(CLEAR_REQUEST));
      expect(verdict({ ...upload, proof })).to.be.oneOf(FALSE_NUMBERS);
    });

    it("with a proof that is missing, shorter, longer or another's length", () => {
      const { proof } = upload;
      for (const bytes of ["0x", proof.slice(0, -2), `${proof}00`, `0x00${proof.slice(2)}`]) {
        expect(verdict({ ...upload, proof: bytes })).to.equal(LENGTH);
      }
    });

    it("after one bit of its proof was changed, wherever it is", () => {
      const bytes = hexToBytes(upload.proof);
      const step = Math.ceil(bytes.length / 48);
      for (let place = 0; place < bytes.length; place += step) {
        const proof = bytesToHex(flipped(bytes, place));
        expect(verdict({ ...upload, proof }), `byte ${place}`).to.be.oneOf(FALSE_NUMBERS);
      }
    });

    it("with a proof of zeros, or of ones", () => {
      const { length } = hexToBytes(upload.proof);
      for (const byte of ["00", "ff", "01"]) {
        const proof = `0x${byte.repeat(length)}`;
        expect(verdict({ ...upload, proof })).to.be.oneOf(FALSE_NUMBERS);
      }
    });
  });
});
