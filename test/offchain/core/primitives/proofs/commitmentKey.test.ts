import { expect } from "chai";
import { checkPrimeSync, createHash } from "node:crypto";
import { bytesToBigint } from "../../../../../offchain/core/primitives/bytes.ts";
import { powMod } from "../../../../../offchain/core/primitives/modexp.ts";
import {
  blindingBits,
  commitmentKeyFromModulus,
  commitTo,
  dealCommitmentModulus,
  safePrime,
  signedPower,
} from "../../../../../offchain/core/primitives/proofs/commitmentKey.ts";
import { systemRng } from "../../../../../offchain/core/primitives/random.ts";
import {
  asyncRefusal,
  counterRng,
  refusal,
  underNodeEnv,
} from "../../../../support/primitives/draws.ts";
import {
  DEALT_P,
  DEALT_Q,
  smallCommitmentKey,
} from "../../../../support/primitives/provenRecords.ts";

const key = smallCommitmentKey();
const order = ((DEALT_P - 1n) / 2n) * ((DEALT_Q - 1n) / 2n);

describe("commitment key", () => {
  it("takes each base from a hash of the modulus, squared", () => {
    const modulus = Buffer.from(key.modulus.toString(16), "hex");
    const u32 = (value: number) => Buffer.from([0, 0, 0, value]);
    const block = (index: number) =>
      createHash("sha512")
        .update("PM-v1/commitment-base\0")
        .update(Buffer.concat([u32(64), modulus, u32(4), u32(3), u32(4), u32(index)]))
        .digest();
    const root = bytesToBigint(Buffer.concat([block(0), block(1)]));
    expect(key.bases[3]).to.equal((root * root) % key.modulus);
  });

  it("has bases of the full order that squares have, all different", () => {
    expect(new Set(key.bases).size).to.equal(key.bases.length);
    const [p, q] = [(DEALT_P - 1n) / 2n, (DEALT_Q - 1n) / 2n];
    for (const base of key.bases) {
      const powers = [order, p, q].map((exponent) => powMod(base, exponent, key.modulus));
      expect(powers.map((power) => power === 1n)).to.deep.equal([true, false, false]);
    }
  });

  it("begins with the same bases however many there are", () => {
    const longer = commitmentKeyFromModulus(key.modulus, key.bases.length + 3);
    expect(longer.bases.slice(0, key.bases.length)).to.deep.equal(key.bases);
    expect(longer.bases.length).to.equal(key.bases.length + 4);
  });

  it("commits to the product of powers, negative ones too", () => {
    const [h = 0n, g = 0n] = key.bases;
    const { modulus } = key;
    const product = (powMod(h, 12n, modulus) * powMod(g, 34n, modulus)) % modulus;
    expect(commitTo(key, [12n, 34n])).to.equal(product);
    expect((commitTo(key, [-12n, -34n]) * product) % modulus).to.equal(1n);
    expect(commitTo(key, [12n, 34n, 0n, 0n])).to.equal(product);
    expect(commitTo(key, [])).to.equal(1n);
    expect((signedPower(g, -5n, modulus) * powMod(g, 5n, modulus)) % modulus).to.equal(1n);
  });

  it("adds under the commitment", () => {
    const sum = (commitTo(key, [7n, 8n]) * commitTo(key, [10n, -20n])) % key.modulus;
    expect(sum).to.equal(commitTo(key, [17n, -12n]));
  });

  it("opens to a second vector for who knows the factors, and shows why they are forgotten", () => {
    expect(commitTo(key, [5n, 9n + order])).to.equal(commitTo(key, [5n, 9n]));
  });

  it("refuses more exponents than bases", () => {
    const exponents = key.bases.map(() => 1n);
    expect(refusal(() => commitTo(key, [...exponents, 1n]))).to.equal("ProofError E_PROOF_LENGTH");
    expect(refusal(() => commitTo(key, exponents))).to.equal("accepted");
  });

  it("refuses a modulus that is even or too short for the challenges", () => {
    for (const modulus of [0n, -7n, 35n, (1n << 261n) - 1n, 1n << 300n]) {
      expect(refusal(() => commitmentKeyFromModulus(modulus, 1))).to.equal(
        "ProofError E_PROOF_PARAMETERS",
      );
    }
    expect(refusal(() => commitmentKeyFromModulus((1n << 262n) - 1n, 1))).to.equal("accepted");
    expect(refusal(() => commitmentKeyFromModulus((1n << 5_001n) - 1n, 1))).to.equal(
      "ProofError E_PROOF_PARAMETERS",
    );
  });

  it("blinds with 80 bits more than the modulus has", () => {
    expect(blindingBits(key)).to.equal(512 + 80);
  });

  for (const [name, rng, bits] of [
    ["OpenSSL", systemRng, 256],
    ["a given generator", counterRng("safe prime"), 128],
  ] as const) {
    it(`finds safe primes by ${name}`, async () => {
      const prime = await safePrime(bits, rng);
      expect(checkPrimeSync(prime) && checkPrimeSync((prime - 1n) / 2n)).to.equal(true);
      expect(prime >> BigInt(bits - 2)).to.equal(3n);
    });
  }

  it("finds the same safe prime from equal generators", async () => {
    const [a, b] = await Promise.all([
      safePrime(96, counterRng("same")),
      safePrime(96, counterRng("same")),
    ]);
    expect(a).to.equal(b);
  });

  it("deals a modulus of the size asked for", async () => {
    const modulus = await dealCommitmentModulus(2048, systemRng);
    const { bits, bases } = commitmentKeyFromModulus(modulus, 2);
    expect([bits, bases.length]).to.deep.equal([2048, 3]);
    expect(checkPrimeSync(modulus)).to.equal(false);
    expect(modulus % 4n).to.equal(1n);
  });

  it("deals nothing below 2,048 bits and nothing repeatable outside tests", async () => {
    for (const bits of [512, 2047, 2046]) {
      expect(await asyncRefusal(() => dealCommitmentModulus(bits, systemRng))).to.equal(
        "PaillierError E_KEY_SIZE",
      );
    }
    const outcome = await underNodeEnv("production", () =>
      asyncRefusal(() => dealCommitmentModulus(2048, counterRng("refused"))),
    );
    expect(outcome).to.equal("RandomError E_RNG_DETERMINISTIC");
  });
});
