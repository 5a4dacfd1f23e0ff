import { expect } from "chai";
import fc from "fast-check";
import { inspect } from "node:util";
import { powModReference } from "../../../../../offchain/core/primitives/modexp.ts";
import { dealShortKey } from "../../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import {
  encryptAsOwner,
  ownerTable,
  ownerZeros,
  tabledOwnerZeros,
} from "../../../../../offchain/core/primitives/paillier/ownerEncryption.ts";
import {
  decrypt,
  decryptTextbook,
  randomnessOf,
} from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import { ciphertextOf } from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  shortTable,
  tabledShortZeros,
} from "../../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { encryptFrom } from "../../../../../offchain/core/primitives/paillier/zeros.ts";
import { randomBelow } from "../../../../../offchain/core/primitives/random.ts";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  smallShortKey,
  toyKey,
} from "../../../../support/primitives/draws.ts";

const rng = counterRng("owner encryption");

describe("encryption by the owner of the key", () => {
  const key = smallShortKey();
  const { publicKey, p, q, pSquared, qSquared } = key;
  const { n, nSquared } = publicKey;
  const shortKey = dealShortKey(key, rng);
  const table = ownerTable(key, shortKey, 4);

  it("yields x^p modulo p² and y^q modulo q² of the units that the generator yields", () => {
    const { value } = ownerZeros(key, counterRng("units")).draw();
    const units = counterRng("units");
    const [x, y] = [1n + randomBelow(units, p - 1n), 1n + randomBelow(units, q - 1n)];
    expect(value % pSquared).to.equal(powModReference(x, p, pSquared));
    expect(value % qSquared).to.equal(powModReference(y, q, qSquared));
  });

  it("yields encryptions of 0 with a ρ as any other's", () => {
    for (const owner of [key, smallKey()]) {
      const zero = ownerZeros(owner, rng).draw();
      const rho = randomnessOf(owner, zero);
      expect(decryptTextbook(owner, zero)).to.equal(0n);
      expect(zero.value).to.equal(
        powModReference(rho, owner.publicKey.n, owner.publicKey.nSquared),
      );
    }
  });

  it("reaches every ρ of a tiny key, each about as often as the others", () => {
    const toy = toyKey();
    const zeros = ownerZeros(toy, counterRng("tiny"));
    const seen = new Map<bigint, number>();
    const draws = 16_000;
    for (let i = 0; i < draws; i++) {
      const { value } = zeros.draw();
      seen.set(value, (seen.get(value) ?? 0) + 1);
    }
    expect(seen.size).to.equal(160);
    const expected = draws / 160;
    const chiSquare = [...seen.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    );
    expect(chiSquare, "159 degrees of freedom, 5 sigma").to.be.below(159 + 5 * Math.sqrt(318));
  });

  it("encrypts what every decryptor opens", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 70, maxLength: 70 }), (bytes) => {
        const m = residue(bytes, n);
        const c = encryptAsOwner(key, m, rng);
        expect(ciphertextOf(publicKey, c.value)).to.deep.equal(c);
        expect([decrypt(key, c), decryptTextbook(key, c)]).to.deep.equal([m, m]);
      }),
      { numRuns: 25, seed: 25 },
    );
    for (const m of [0n, n - 1n]) expect(decrypt(key, encryptAsOwner(key, m, rng))).to.equal(m);
  });

  it("yields from its tables the very numbers of the public table", () => {
    const theirs = tabledShortZeros(shortTable(shortKey, 6), counterRng("twins"));
    const ours = tabledOwnerZeros(table, counterRng("twins"));
    for (let i = 0; i < 10; i++) expect(ours.draw()).to.deep.equal(theirs.draw());
    const zeros = tabledOwnerZeros(table, rng);
    for (const m of [0n, 7n, n - 1n]) expect(decrypt(key, encryptFrom(zeros, m))).to.equal(m);
  });

  it("refuses plaintexts out of range and the short key of another key", () => {
    for (const m of [-1n, n, nSquared]) {
      expect(refusal(() => encryptAsOwner(key, m, rng))).to.equal(
        "PaillierError E_PLAINTEXT_RANGE",
      );
    }
    expect(refusal(() => ownerTable(smallKey(), shortKey, 4))).to.equal(
      "PaillierError E_KEY_MISMATCH",
    );
  });

  it("shows none of its secrets in a listing of its tables", () => {
    const listing = inspect(table, { depth: null });
    for (const secret of [p, q, pSquared, qSquared]) {
      expect(listing).to.not.include(secret.toString());
    }
  });
});
