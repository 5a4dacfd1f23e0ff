/**
 * A round key that is too short. Whoever announces it factors it, and reads what everybody has
 * encrypted under it; under a short modulus for commitments it proves what is false. The attack
 * reads the price of a straw man that asks only whether its record fits below n, and finds nobody
 * who encrypts under such a key: outside tests it is refused by name wherever it is read.
 */
import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import {
  RoundKeyError,
  roundKeyFromJson,
  roundKeyOf,
  type RoundKeyNumbers,
} from "../../offchain/core/messages/roundKey.ts";
import { privateKeyFromPrimes } from "../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import {
  type Ciphertext,
  MIN_PRODUCTION_KEY_BITS,
  publicKeyFromModulus,
} from "../../offchain/core/primitives/paillier/publicKey.ts";
import { encryptRecord } from "../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { uniformRandomness } from "../../offchain/core/primitives/proofs/recordRandomness.ts";
import { counterRng, refusal, underNodeEnv } from "../support/primitives/draws.ts";
import { SINGLE } from "../support/primitives/provenRecords.ts";

/** Odd, of exactly so many bits. */
const modulusOf = (bits: number): bigint => (1n << BigInt(bits - 1)) | 12_345n;

const REAL: RoundKeyNumbers = {
  n: modulusOf(2_048),
  hs: 4n,
  commitmentModulus: modulusOf(2_048),
  features: 0,
  mode: "strict",
  proxySealKey: `0x${"11".repeat(32)}`,
};

/** As a client reads it, outside tests. */
async function announced(change: Partial<RoundKeyNumbers>): Promise<readonly string[]> {
  const numbers = { ...REAL, ...change };
  const { n, hs, commitmentModulus } = numbers;
  const text = { n: `${n}`, hs: `${hs}`, commitmentModulus: `${commitmentModulus}` };
  return underNodeEnv(undefined, () => [
    refusal(() => roundKeyOf(numbers)),
    refusal(() => roundKeyFromJson({ ...numbers, ...text })),
  ]);
}

describe("a round key that is too short", function () {
  this.timeout(60_000);

  it("is factored, and the price of whoever does not look at its length is read", () => {
    const n = 4_294_967_291n * 4_294_967_279n;
    const price = 31_415n;
    const record = careless(n, price);
    const p = factorOf(n);
    expect(decrypt(privateKeyFromPrimes(p, n / p), record)).to.equal(price);
  });

  for (const bits of [1_152, 1_280, 1_536, 2_046, 2_047]) {
    it(`finds nobody who encrypts with an n of ${bits} bits`, async () => {
      const refused = "RoundKeyError E_ROUND_KEY";
      expect(await announced({ n: modulusOf(bits) })).to.deep.equal([refused, refused]);
    });
  }

  for (const bits of [262, 512, 1_024, 2_046, 2_047]) {
    it(`finds nobody who commits under a modulus of ${bits} bits`, async () => {
      const refused = "RoundKeyError E_ROUND_KEY";
      expect(await announced({ commitmentModulus: modulusOf(bits) })).to.deep.equal([
        refused,
        refused,
      ]);
    });
  }

  it("is told from one that is long enough, and the refusal names value and remedy", async () => {
    for (const bits of [MIN_PRODUCTION_KEY_BITS, 3_072]) {
      const long = { n: modulusOf(bits), commitmentModulus: modulusOf(bits) };
      expect(await announced(long)).to.deep.equal(["accepted", "accepted"]);
    }
    await underNodeEnv("production", () => {
      expect(() => roundKeyOf({ ...REAL, n: modulusOf(1_152) })).to.throw(
        RoundKeyError,
        "expected n of an even number of 2048 to 5000 bits, got 1152: take no part",
      );
    });
  });
});

/** The straw man: the record fits, and that is all that it asks. */
function careless(n: bigint, price: bigint): Ciphertext {
  const randomness = uniformRandomness(publicKeyFromModulus(n));
  const { ciphertexts } = encryptRecord(SINGLE, 1, [price], randomness, counterRng("careless"));
  const [record] = ciphertexts;
  if (record === undefined) throw new RangeError("careless: expected a ciphertext");
  return record;
}

/** Pollard's rho. */
function factorOf(n: bigint): bigint {
  const next = (x: bigint): bigint => (x * x + 1n) % n;
  let [slow, fast] = [2n, 2n];
  for (;;) {
    slow = next(slow);
    fast = next(next(fast));
    const divisor = gcd(slow > fast ? slow - fast : fast - slow, n);
    if (divisor !== 1n) return divisor;
  }
}
