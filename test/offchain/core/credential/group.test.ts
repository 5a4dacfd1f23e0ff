import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import fc from "fast-check";
import {
  BASE_G2,
  decodeG1,
  decodeG2,
  decodeScalar,
  decodeSecret,
  encodeScalar,
  G,
  G1_BYTES,
  G2_BYTES,
  GROUP_ORDER,
  H0,
  H2,
  H3,
  hedgedScalars,
  inverse,
  P1,
  pairingsMatch,
  randomScalar,
  reduced,
} from "../../../../offchain/core/credential/group.ts";
import { bigintToBytes, bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import { codeOf, flipped } from "../../../support/credential/world.ts";

const { Fp } = bls12_381.fields;
/** p, the order of the field of G1's coordinates. */
const FIELD_ORDER = Fp.ORDER;

/** The first point of the curve, by its x, that has another order than r, in compressed form. */
function pointOfAnotherOrder(): Uint8Array {
  for (let x = 1n; ; x += 1n) {
    const square = Fp.add(Fp.pow(x, 3n), 4n);
    const isSquare = Fp.eql(Fp.pow(square, (FIELD_ORDER - 1n) / 2n), Fp.ONE);
    if (!isSquare) continue;
    const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(square) });
    if (!point.isTorsionFree()) return compressed(x);
  }
}

function compressed(x: bigint): Uint8Array {
  return flipped(bigintToBytes(x, G1_BYTES), 0, 0x80);
}

describe("the group of credentials", () => {
  it("hashes to the curve as RFC 9380 says", () => {
    const tag = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    const { x } = bls12_381.G1.hashToCurve(new Uint8Array(), { DST: tag }).toAffine();
    const known =
      "0x052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1";
    expect(bytesToHex(bigintToBytes(x, 48))).to.equal(known);
  });

  it("has five bases of its own that are all different", () => {
    const bases = [P1, H0, H2, H3, G, bls12_381.G1.Point.BASE].map((point) => point.toHex());
    expect(new Set(bases).size).to.equal(6);
  });

  it("reads what it writes, in G1, in G2 and of scalars", () => {
    const rng = counterRng("round trips");
    for (let run = 0; run < 5; run += 1) {
      const scalar = randomScalar(rng);
      const [one, two] = [G.multiply(scalar), BASE_G2.multiply(scalar)];
      expect(decodeG1("a", one.toBytes()).equals(one)).to.equal(true);
      expect(decodeG2("a", two.toBytes()).equals(two)).to.equal(true);
      expect(decodeScalar("a", encodeScalar(scalar))).to.equal(scalar);
      expect(reduced(scalar * inverse(scalar))).to.equal(1n);
    }
  });

  it("refuses the identity in both groups", () => {
    expect(codeOf(() => decodeG1("a", flipped(new Uint8Array(G1_BYTES), 0, 0xc0)))).to.equal(
      "E_POINT",
    );
    expect(codeOf(() => decodeG2("a", flipped(new Uint8Array(G2_BYTES), 0, 0xc0)))).to.equal(
      "E_POINT",
    );
  });

  it("refuses a point of the curve that has another order", () => {
    const bytes = pointOfAnotherOrder();
    expect(codeOf(() => decodeG1("a", bytes))).to.equal("E_POINT");
  });

  it("refuses every encoding but one", () => {
    const bytes = G.toBytes();
    const others = [
      flipped(bytes, 0, 0x80),
      flipped(bytes, 0, 0x40),
      compressed(FIELD_ORDER + 5n),
      new Uint8Array(G1_BYTES),
      new Uint8Array(G1_BYTES).fill(0xff),
    ];
    for (const other of others) expect(codeOf(() => decodeG1("a", other))).to.equal("E_POINT");
    const lengths = [new Uint8Array(), bytes.subarray(1), G.toBytes(false)];
    for (const other of lengths) expect(codeOf(() => decodeG1("a", other))).to.equal("E_LENGTH");
    expect(codeOf(() => decodeG2("a", bytes))).to.equal("E_LENGTH");
  });

  it("refuses a scalar from r on, and a secret of 0", () => {
    expect(decodeScalar("a", encodeScalar(GROUP_ORDER - 1n))).to.equal(GROUP_ORDER - 1n);
    expect(codeOf(() => decodeScalar("a", encodeScalar(GROUP_ORDER)))).to.equal("E_SCALAR");
    expect(codeOf(() => decodeScalar("a", new Uint8Array(32).fill(0xff)))).to.equal("E_SCALAR");
    expect(codeOf(() => decodeSecret("a", new Uint8Array(32)))).to.equal("E_SCALAR");
    expect(codeOf(() => decodeScalar("a", new Uint8Array(31)))).to.equal("E_LENGTH");
  });

  it("throws nothing but typed errors, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 100 }), (bytes) => {
        expect(["E_LENGTH", "E_POINT"]).to.include(codeOf(() => decodeG1("a", bytes)));
        expect(["E_LENGTH", "E_POINT"]).to.include(codeOf(() => decodeG2("a", bytes)));
      }),
      { numRuns: 100, seed: 5 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: G1_BYTES, maxLength: G1_BYTES }), (bytes) => {
        const code = codeOf(() => decodeG1("a", bytes.with(0, (bytes[0] ?? 0) | 0x80)));
        expect(code).to.equal("E_POINT");
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it("compares pairings, and takes no identity for equal", () => {
    const [x, y] = [12_345n, 67_890n];
    const two = BASE_G2.multiply(y);
    expect(pairingsMatch(G.multiply(x), two, G.multiply(x * y))).to.equal(true);
    expect(pairingsMatch(G.multiply(x), two, G.multiply(x * y + 1n))).to.equal(false);
    const zero = G.subtract(G);
    expect(pairingsMatch(zero, two, zero)).to.equal(false);
  });

  it("draws nonces that differ though the generator repeats itself", () => {
    const stuck = { deterministic: true, bytes: (n: number) => new Uint8Array(n) };
    const message = (text: string): Uint8Array => new TextEncoder().encode(text);
    const drawn = ["a", "b"].flatMap((text) => hedgedScalars(stuck, 2, [7n], message(text)));
    expect(new Set([...drawn, ...hedgedScalars(stuck, 1, [8n], message("a"))]).size).to.equal(5);
  });
});
