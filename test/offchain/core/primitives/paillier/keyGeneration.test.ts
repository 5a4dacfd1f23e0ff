import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import { checkPrimeSync } from "node:crypto";
import { bitLength } from "../../../../../offchain/core/primitives/bytes.ts";
import { privateKeyFromPrimes } from "../../../../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import { generateKeyPair } from "../../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import {
  decrypt,
  decryptTextbook,
} from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import { encrypt } from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { systemRng } from "../../../../../offchain/core/primitives/random.ts";
import {
  asyncRefusal,
  counterRng,
  refusal,
  underNodeEnv,
} from "../../../../support/primitives/draws.ts";

describe("Paillier key generation", () => {
  for (const bits of [2048, 2050]) {
    it(`makes keys of exactly ${bits} bits from primes of equal length`, async () => {
      const { publicKey, privateKey } = await generateKeyPair(bits, systemRng);
      const { p, q } = privateKey;
      expect(publicKey.bits).to.equal(bits);
      expect(publicKey.n).to.equal(p * q);
      expect(bitLength(publicKey.n)).to.equal(bits);
      expect([bitLength(p), bitLength(q)]).to.deep.equal([bits / 2, bits / 2]);
      expect([checkPrimeSync(p), checkPrimeSync(q), p !== q]).to.deep.equal([true, true, true]);

      for (const m of [0n, 1n, publicKey.n - 1n]) {
        const c = encrypt(publicKey, m, systemRng);
        expect(decrypt(privateKey, c)).to.equal(m);
        expect(decryptTextbook(privateKey, c)).to.equal(m);
      }
    });
  }

  it("makes primes that suit short exponents, from either generator", async () => {
    const firstPairShares11 = counterRng("pairs 1");
    for (const rng of [systemRng, firstPairShares11]) {
      const { p, q } = (await generateKeyPair(2048, rng)).privateKey;
      expect([p % 12n, q % 12n]).to.deep.equal([11n, 11n]);
      expect(gcd(p - 1n, q - 1n)).to.equal(2n);
    }
  });

  it("makes another key each time from the system, the same one from equal generators", async () => {
    const modulus = async (rng = systemRng) => (await generateKeyPair(2048, rng)).publicKey.n;
    expect(await modulus()).to.not.equal(await modulus());
    const seeded = await modulus(counterRng("key"));
    expect(await modulus(counterRng("key"))).to.equal(seeded);
    expect(bitLength(seeded)).to.equal(2048);
  });

  it("leaves the thread to others meanwhile", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await generateKeyPair(3072, systemRng);
    clearInterval(timer);
    expect(ticks).to.be.above(3);
  });

  it("refuses sizes that no real round may use", async () => {
    for (const bits of [0, 512, 1024, 2046, 2047, 2049, 2048.5, 5001, 5002, Number.NaN]) {
      const outcome = await asyncRefusal(() => generateKeyPair(bits, systemRng));
      expect(outcome, `${bits}`).to.equal("PaillierError E_KEY_SIZE");
    }
  });

  it("refuses a deterministic generator outside tests", async () => {
    const generate = () => asyncRefusal(() => generateKeyPair(2048, counterRng("refused")));
    expect(await underNodeEnv("production", generate)).to.equal("RandomError E_RNG_DETERMINISTIC");
  });

  describe("from given primes", () => {
    const refused: ReadonlyArray<readonly [string, bigint, bigint]> = [
      ["equal primes", 11n, 11n],
      ["a composite", 15n, 17n],
      ["a composite second", 11n, 21n],
      ["a Carmichael number", 561n, 17n],
      ["the even prime", 2n, 17n],
      ["one", 1n, 17n],
      ["zero", 11n, 0n],
      ["a negative prime", -11n, -17n],
      ["p that divides q − 1", 3n, 7n],
      ["q that divides p − 1", 23n, 11n],
    ];
    for (const [what, p, q] of refused) {
      it(`refuses ${what}`, () => {
        expect(refusal(() => privateKeyFromPrimes(p, q))).to.equal("PaillierError E_KEY_PRIMES");
      });
    }

    it("gives one key for both orders, and primes of unequal length", () => {
      const forth = privateKeyFromPrimes(11n, 65537n);
      const back = privateKeyFromPrimes(65537n, 11n);
      for (let m = 0n; m < 700n; m += 7n) {
        const c = encrypt(forth.publicKey, m, counterRng(`order ${m}`));
        expect([decrypt(forth, c), decrypt(back, c)]).to.deep.equal([m, m]);
      }
    });

    it("opens every plaintext under every pair of small primes that fits", () => {
      const primes = [3n, 5n, 7n, 11n, 13n];
      const rng = counterRng("small primes");
      let fitting = 0;
      for (const p of primes) {
        for (const q of primes) {
          if (refusal(() => privateKeyFromPrimes(p, q)) !== "accepted") continue;
          const key = privateKeyFromPrimes(p, q);
          fitting++;
          for (let m = 0n; m < p * q; m++) {
            expect(decrypt(key, encrypt(key.publicKey, m, rng)), `${p}·${q}: ${m}`).to.equal(m);
          }
        }
      }
      expect(fitting, "all ordered pairs but 3·7, 3·13 and 5·11").to.equal(14);
    });
  });
});
