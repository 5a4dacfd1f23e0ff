import { expect } from "chai";
import fc from "fast-check";
import {
  generateRandomKeysSync,
  PrivateKey as ForeignPrivateKey,
  PublicKey as ForeignPublicKey,
} from "paillier-bigint";
import {
  fromPaillierBigintPrivateKey,
  fromPaillierBigintPublicKey,
  toPaillierBigintPrivateKey,
  toPaillierBigintPublicKey,
} from "../../../../../offchain/core/primitives/paillier/interop.ts";
import { generateKeyPair } from "../../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import {
  decrypt,
  randomnessOf,
} from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  add,
  addPlain,
  ciphertextOf,
  encrypt,
  encryptWithRandomness,
  scale,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { randomUnit, systemRng } from "../../../../../offchain/core/primitives/random.ts";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  toyKey,
} from "../../../../support/primitives/draws.ts";

const FOREIGN = "PaillierError E_KEY_FOREIGN";

describe("interoperation with paillier-bigint", () => {
  const key = smallKey();
  const { publicKey } = key;
  const { n } = publicKey;
  const foreign = toPaillierBigintPrivateKey(key);
  const rng = counterRng("interop");
  const bytes = fc.uint8Array({ minLength: 70, maxLength: 70 });

  it("encrypts here what decrypts there, and the reverse", () => {
    fc.assert(
      fc.property(bytes, (drawn) => {
        const m = residue(drawn, n);
        expect(foreign.decrypt(encrypt(publicKey, m, rng).value)).to.equal(m);
        expect(decrypt(key, ciphertextOf(publicKey, foreign.publicKey.encrypt(m)))).to.equal(m);
      }),
      { numRuns: 15, seed: 9 },
    );
  });

  it("computes the very same ciphertexts from the same randomness", () => {
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const [a, b] = [residue(first, n), residue(second, n)];
        const rho = randomUnit(rng, n);
        const c = encryptWithRandomness(publicKey, a, rho);
        const d = encrypt(publicKey, b, rng);
        expect(c.value).to.equal(foreign.publicKey.encrypt(a, rho));
        expect(add(c, d).value).to.equal(foreign.publicKey.addition(c.value, d.value));
        expect(addPlain(c, b).value).to.equal(foreign.publicKey.plaintextAddition(c.value, b));
        expect(scale(c, b).value).to.equal(foreign.publicKey.multiply(c.value, b));
        expect(randomnessOf(key, c)).to.equal(foreign.getRandomFactor(c.value));
      }),
      { numRuns: 10, seed: 10 },
    );
  });

  it("agrees at the size of real keys", async () => {
    const pair = await generateKeyPair(2048, systemRng);
    const there = toPaillierBigintPrivateKey(pair.privateKey);
    for (const m of [0n, 1n, pair.publicKey.n - 1n]) {
      expect(there.decrypt(encrypt(pair.publicKey, m, systemRng).value)).to.equal(m);
      const c = ciphertextOf(pair.publicKey, there.publicKey.encrypt(m));
      expect(decrypt(pair.privateKey, c)).to.equal(m);
    }
  });

  it("carries keys there and back", () => {
    expect(fromPaillierBigintPublicKey(toPaillierBigintPublicKey(publicKey))).to.deep.equal(
      publicKey,
    );
    for (const original of [key, toyKey()]) {
      const back = fromPaillierBigintPrivateKey(toPaillierBigintPrivateKey(original));
      expect(back.publicKey).to.deep.equal(original.publicKey);
      expect(new Set([back.p, back.q])).to.deep.equal(new Set([original.p, original.q]));
      expect([back.lambda, back.mu]).to.deep.equal([original.lambda, original.mu]);
    }
  });

  it("takes a key generated there, whose λ is a multiple of ours", () => {
    const generated = generateRandomKeysSync(512, true);
    const here = fromPaillierBigintPrivateKey(generated.privateKey);
    expect(generated.privateKey.lambda % here.lambda).to.equal(0n);
    for (const m of [0n, 77n, here.publicKey.n - 1n]) {
      const c = ciphertextOf(here.publicKey, generated.publicKey.encrypt(m));
      expect(decrypt(here, c)).to.equal(m);
    }
  });

  it("takes a key that does not hold its primes", () => {
    const without = new ForeignPrivateKey(key.lambda, key.mu, foreign.publicKey);
    const back = fromPaillierBigintPrivateKey(without);
    expect(back.p * back.q).to.equal(n);
    expect(decrypt(back, encrypt(publicKey, 99n, rng))).to.equal(99n);
  });

  it("refuses keys under another generator", () => {
    const generated = generateRandomKeysSync(512, false);
    expect(refusal(() => fromPaillierBigintPublicKey(generated.publicKey))).to.equal(FOREIGN);
    expect(refusal(() => fromPaillierBigintPrivateKey(generated.privateKey))).to.equal(FOREIGN);
  });

  it("takes a generator written as another representative of n + 1", () => {
    const lifted = new ForeignPublicKey(n, n + 1n + publicKey.nSquared);
    expect(fromPaillierBigintPublicKey(lifted)).to.deep.equal(publicKey);
  });

  it("refuses a λ that does not belong to n, without showing it", () => {
    for (const lambda of [-1n, 0n, 1n, key.lambda + 2n, key.lambda - 2n, n, 2n * n]) {
      const broken = new ForeignPrivateKey(lambda, key.mu, foreign.publicKey);
      expect(
        refusal(() => fromPaillierBigintPrivateKey(broken)),
        `${lambda}`,
      ).to.equal(FOREIGN);
      expect(() => fromPaillierBigintPrivateKey(broken)).to.throw(Error, /^[^0-9]*expected λ of n/);
    }
  });
});
