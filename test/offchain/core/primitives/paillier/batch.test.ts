import { expect } from "chai";
import fc from "fast-check";
import { negateAll, subtractAll } from "../../../../../offchain/core/primitives/paillier/batch.ts";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  ciphertextOf,
  encrypt,
  negate,
  publicKeyFromModulus,
  subtract,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { toZn } from "bigint-crypto-utils";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  toyKey,
  unchecked,
} from "../../../../support/primitives/draws.ts";

const rng = counterRng("batch");

describe("negation in batches", () => {
  const key = smallKey();
  const { publicKey, p } = key;
  const { n, nSquared } = publicKey;
  const hide = (plaintext: bigint) => encrypt(publicKey, plaintext, rng);
  const plaintexts = fc.array(fc.uint8Array({ minLength: 70, maxLength: 70 }), { maxLength: 9 });

  it("gives the very numbers of one negation after the other", () => {
    fc.assert(
      fc.property(plaintexts, (list) => {
        const ciphertexts = list.map((bytes) => hide(residue(bytes, n)));
        expect(negateAll(ciphertexts)).to.deep.equal(ciphertexts.map(negate));
      }),
      { numRuns: 20, seed: 26 },
    );
  });

  it("negates the ciphertexts ±1 and repeated ones", () => {
    const one = ciphertextOf(publicKey, 1n);
    const minusOne = ciphertextOf(publicKey, nSquared - 1n);
    const other = hide(5n);
    const batch = [one, other, minusOne, other, one];
    expect(negateAll(batch)).to.deep.equal(batch.map(negate));
    expect(negateAll([])).to.deep.equal([]);
  });

  it("subtracts pair by pair", () => {
    fc.assert(
      fc.property(plaintexts, plaintexts, (left, right) => {
        const pairs = left.slice(0, right.length).map((bytes, k) => {
          const values = [residue(bytes, n), residue(right[k] ?? bytes, n)] as const;
          return { values, hidden: [hide(values[0]), hide(values[1])] as const };
        });
        const differences = subtractAll(pairs.map(({ hidden }) => hidden));
        expect(differences).to.deep.equal(pairs.map(({ hidden: [a, b] }) => subtract(a, b)));
        expect(differences.map((c) => decrypt(key, c))).to.deep.equal(
          pairs.map(({ values: [a, b] }) => toZn(a - b, n)),
        );
      }),
      { numRuns: 15, seed: 27 },
    );
  });

  it("refuses ciphertexts of different keys, but not two objects of one key", () => {
    const foreign = encrypt(toyKey().publicKey, 1n, rng);
    const twin = encrypt(publicKeyFromModulus(n), 3n, rng);
    const mismatch = "PaillierError E_KEY_MISMATCH";
    expect(refusal(() => negateAll([hide(1n), foreign]))).to.equal(mismatch);
    expect(refusal(() => subtractAll([[foreign, hide(1n)]]))).to.equal(mismatch);
    expect(negateAll([hide(1n), twin]).length).to.equal(2);
  });

  it("refuses the whole batch for one non-unit that nobody has checked", () => {
    for (const value of [0n, p, 3n * p, n]) {
      for (const batch of [
        [unchecked(publicKey, value)],
        [hide(1n), unchecked(publicKey, value), hide(2n)],
      ]) {
        expect(refusal(() => negateAll(batch))).to.equal("PaillierError E_CIPHERTEXT_UNIT");
      }
    }
  });
});
