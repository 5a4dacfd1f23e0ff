/**
 * Fixtures of the BBS draft (SHA-256 suite), as far as they apply: groups, encodings, keys and the
 * equations of signature and proof are the draft's, while generators, messages and challenge of a
 * credential are our own.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { z } from "zod";
import {
  BASE_G2,
  decodeG1,
  decodeG2,
  decodeScalar,
  decodeSecret,
  encodeScalar,
  inverse,
  pairingsMatch,
} from "../../../offchain/core/credential/group.ts";
import { bytesShape, type Official, officialOrSkip } from "../../support/vectors/official.ts";

const resultShape = z.object({ valid: z.boolean(), reason: z.string().optional() });
const signatureShape = z.object({
  signerKeyPair: z.object({ secretKey: bytesShape, publicKey: bytesShape }),
  signature: bytesShape,
  result: resultShape,
  trace: z.object({ B: bytesShape }),
});
const proofShape = z.object({
  signerPublicKey: bytesShape,
  proof: bytesShape,
  result: resultShape,
  trace: z.object({ A_bar: bytesShape, B_bar: bytesShape, D: bytesShape }),
});

const WRONG_KEY = "wrong public key";

/** RFC 9380, J.9.1: the first message and the x of its point. */
const RFC_9380_TAG = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
const RFC_9380_X =
  0x052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1n;

describe("fixtures of the BBS draft", () => {
  let official: Official;
  before(function () {
    official = officialOrSkip(this);
  });

  const numbered = (kind: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, i) => `bbs/${kind}${String(i + 1).padStart(2, "0")}.json`);

  it("signatures: A = B/(γ + e), and the equation holds under the signer's key, 10 of 10", () => {
    for (const file of numbered("signature", 10)) {
      const { signerKeyPair, signature, result, trace } = official(file, signatureShape);
      const secret = decodeSecret(file, signerKeyPair.secretKey);
      const key = decodeG2(file, signerKeyPair.publicKey);
      const a = decodeG1(file, signature.slice(0, 48));
      const e = decodeScalar(file, signature.slice(48));
      expect(encodeScalar(e), file).to.deep.equal(signature.slice(48));
      // What was signed; most of the invalid ones are shown with other messages.
      const signed = decodeG1(file, trace.B);
      expect(signed.multiply(inverse(secret + e)).equals(a), file).to.equal(true);
      const isOfKey = result.reason !== WRONG_KEY;
      expect(BASE_G2.multiply(secret).equals(key), file).to.equal(isOfKey);
      const isSigned = pairingsMatch(a, key.add(BASE_G2.multiply(e)), signed);
      expect(isSigned, file).to.equal(isOfKey);
    }
  });

  it("proofs: points are read and written as they are, and e(Ā, W) = e(B̄, P2), 15 of 15", () => {
    let held = 0;
    for (const file of numbered("proof", 15)) {
      const { signerPublicKey, proof, result, trace } = official(file, proofShape);
      const [aBar, bBar, d] = [0, 48, 96].map((from) =>
        decodeG1(file, proof.slice(from, from + 48)),
      );
      if (!aBar || !bBar || !d) throw new RangeError(`${file}: expected three points`);
      const isTraced = Buffer.concat([trace.A_bar, trace.B_bar, trace.D]).equals(
        proof.slice(0, 144),
      );
      const holds = pairingsMatch(aBar, decodeG2(file, signerPublicKey), bBar);
      if (result.valid) expect([isTraced, holds], file).to.deep.equal([true, true]);
      if (result.reason === WRONG_KEY) expect(holds, file).to.equal(false);
      const points = [aBar, bBar, d].map((point) => point.toBytes());
      expect(new Uint8Array(Buffer.concat(points)), file).to.deep.equal(proof.slice(0, 144));
      held += Number(holds);
    }
    expect(held).to.equal(14);
  });
});

describe("RFC 9380, hashing to G1", () => {
  it("maps the empty message to the point of the RFC", () => {
    const point = bls12_381.G1.hashToCurve(new Uint8Array(), { DST: RFC_9380_TAG });
    expect(point.toAffine().x).to.equal(RFC_9380_X);
  });
});
