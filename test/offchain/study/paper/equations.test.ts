/**
 * The paper's equations on the toy key p = 11, q = 17, written out where the engine computes them
 * in another way.
 */
import { expect } from "chai";
import { modInv, modPow, toZn } from "bigint-crypto-utils";
import {
  decrypt,
  plaintextModPrime,
  randomnessOf,
} from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { ciphertextOf } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { toyKey } from "../../../support/primitives/draws.ts";

describe("the paper's equations", () => {
  const key = toyKey();
  const { p, q, pSquared, qSquared, hp, hq, lambda, mu } = key;
  const { n, nSquared } = key.publicKey;
  const c = 32781n;
  const mp = plaintextModPrime(c, p, pSquared, hp);
  const mq = plaintextModPrime(c, q, qSquared, hq);

  it("(1) and (4) give one ciphertext for g = n + 1, by (3)", () => {
    const hidden = modPow(23n, n, nSquared);
    expect([n, nSquared]).to.deep.equal([187n, 34969n]);
    expect(modPow(n + 1n, 42n, nSquared)).to.equal(1n + 42n * n);
    expect((modPow(n + 1n, 42n, nSquared) * hidden) % nSquared).to.equal(c);
    expect(((1n + 42n * n) * hidden) % nSquared).to.equal(c);
  });

  it("(2) and (5) open it, (5) with k = λ·(λ⁻¹ mod n), reduced before 1 is taken off", () => {
    const k = lambda * modInv(lambda, n);
    expect([lambda, mu, k]).to.deep.equal([80n, 180n, 14400n]);
    expect((((modPow(c, lambda, nSquared) - 1n) / n) * mu) % n).to.equal(42n);
    expect((modPow(c, k, nSquared) - 1n) / n).to.equal(42n);
  });

  it("(10) to (13) give the halves 9 and 8", () => {
    const powerOf = (prime: bigint) => modPow(n + 1n, prime - 1n, prime * prime);
    expect(modInv((powerOf(p) - 1n) / p, p)).to.equal(hp);
    expect(modInv((powerOf(q) - 1n) / q, q)).to.equal(hq);
    expect([hp, hq, mp, mq]).to.deep.equal([9n, 3n, 9n, 8n]);
  });

  it("(15) and (16) join them, (15) modulo n and (16) with its inner product modulo q", () => {
    const printed = mp * modInv(q, p) * q + mq * modInv(p, q) * p;
    expect(printed).to.not.equal(42n);
    expect(printed % n).to.equal(42n);
    expect(mp + toZn((mq - mp) * modInv(p, q), q) * p).to.equal(42n);
    expect(decrypt(key, ciphertextOf(key.publicKey, c))).to.equal(42n);
  });

  it("(25) rests on an identity that holds modulo n, not over the whole numbers", () => {
    const identity = q * modInv(q, p) + p * modInv(p, q);
    expect([identity, identity % n]).to.deep.equal([1n + n, 1n]);
  });

  it("the randomness is the n-th root 23", () => {
    expect(randomnessOf(key, ciphertextOf(key.publicKey, c))).to.equal(23n);
  });
});
