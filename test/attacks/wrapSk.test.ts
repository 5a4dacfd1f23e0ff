/**
 * P4 on the paper's hand-out: a secret key that does not fit the user's modulus arrives as another
 * one, without an error.
 */
import { expect } from "chai";
import {
  openWithPaperKey,
  unwrapPaperKey,
  wrapPaperKey,
} from "../../offchain/study/paper/keyHandOut.ts";
import type { PrivateKey } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { encrypt } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { otherTinyKey, tinyKey, widerKey } from "../support/paper/rounds.ts";
import { counterRng, toyKey } from "../support/primitives/draws.ts";

describe("key wrap of the paper's hand-out", () => {
  const rng = counterRng("wrap");
  const handedOut = (roundKey: PrivateKey, userKey: PrivateKey) =>
    unwrapPaperKey(userKey, wrapPaperKey(uniformZeros(userKey.publicKey, rng), roundKey));
  const opensTo = (roundKey: PrivateKey, userKey: PrivateKey, plaintext: bigint): bigint => {
    const c = encrypt(roundKey.publicKey, plaintext, rng);
    return openWithPaperKey(roundKey.publicKey, handedOut(roundKey, userKey), c.value);
  };

  it("loses λ under a shorter modulus: n_u < λ decrypts to λ mod n_u", () => {
    const [roundKey, userKey] = [widerKey(), tinyKey()];
    const { n } = userKey.publicKey;
    expect(n < roundKey.lambda).to.equal(true);
    const { lambda, mu } = handedOut(roundKey, userKey);
    expect(lambda).to.not.equal(roundKey.lambda);
    expect([lambda, mu]).to.deep.equal([roundKey.lambda % n, roundKey.mu % n]);
    expect(opensTo(roundKey, userKey, 1234n)).to.not.equal(1234n);
  });

  it("loses μ under a modulus of the same length, and with it the plaintext", () => {
    const [roundKey, userKey] = [tinyKey(), otherTinyKey()];
    expect(userKey.publicKey.bits).to.equal(roundKey.publicKey.bits);
    expect(userKey.publicKey.n < roundKey.mu).to.equal(true);
    const { lambda, mu } = handedOut(roundKey, userKey);
    expect(lambda).to.equal(roundKey.lambda);
    expect(mu).to.equal(roundKey.mu - userKey.publicKey.n);
    expect(opensTo(roundKey, userKey, 1234n)).to.not.equal(1234n);
  });

  it("keeps λ under every modulus of the same length, since λ < n/2", () => {
    for (const { publicKey, lambda } of [toyKey(), tinyKey(), otherTinyKey(), widerKey()]) {
      expect(lambda < 1n << BigInt(publicKey.bits - 1)).to.equal(true);
    }
  });

  it("keeps both under a longer modulus", () => {
    expect(handedOut(tinyKey(), widerKey())).to.deep.equal({
      lambda: tinyKey().lambda,
      mu: tinyKey().mu,
    });
    expect(opensTo(tinyKey(), widerKey(), 1234n)).to.equal(1234n);
  });
});
