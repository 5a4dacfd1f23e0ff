import { expect } from "chai";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  encrypt,
  encryptWithRandomness,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  encryptFrom,
  rerandomiseFrom,
  uniformZeros,
} from "../../../../../offchain/core/primitives/paillier/zeros.ts";
import { randomUnit } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";

describe("encryptions of 0", () => {
  const key = smallKey();
  const { publicKey } = key;
  const { n } = publicKey;

  it("are powers ρ^n of the ρ that the generator yields", () => {
    const zeros = uniformZeros(publicKey, counterRng("zeros"));
    const rho = randomUnit(counterRng("zeros"), n);
    const zero = zeros.draw();
    expect(zero.value).to.equal(encryptWithRandomness(publicKey, 0n, rho).value);
    expect(decrypt(key, zero)).to.equal(0n);
    expect(zeros.draw().value).to.not.equal(zero.value);
  });

  it("make the very ciphertexts of `encrypt`", () => {
    for (const m of [0n, 1n, n - 1n]) {
      const zeros = uniformZeros(publicKey, counterRng("same"));
      expect(encryptFrom(zeros, m)).to.deep.equal(encrypt(publicKey, m, counterRng("same")));
    }
  });

  it("re-randomise to another ciphertext of the same plaintext", () => {
    const zeros = uniformZeros(publicKey, counterRng("again"));
    const before = encryptFrom(zeros, 1234n);
    const after = rerandomiseFrom(zeros, before);
    expect(after.value).to.not.equal(before.value);
    expect(decrypt(key, after)).to.equal(1234n);
  });

  it("refuse plaintexts out of range and ciphertexts of another key", () => {
    const zeros = uniformZeros(publicKey, counterRng("refusals"));
    for (const m of [-1n, n]) {
      expect(refusal(() => encryptFrom(zeros, m))).to.equal("PaillierError E_PLAINTEXT_RANGE");
    }
    const foreign = encrypt(toyKey().publicKey, 1n, counterRng("foreign"));
    expect(refusal(() => rerandomiseFrom(zeros, foreign))).to.equal("PaillierError E_KEY_MISMATCH");
  });
});
