import { expect } from "chai";
import fc from "fast-check";
import {
  deliverToPaperBuyer,
  deliverToPaperSeller,
  openWithPaperKey,
  unwrapPaperKey,
  wrapPaperKey,
} from "../../../../offchain/study/paper/keyHandOut.ts";
import { encryptPaperBuyer, encryptPaperSeller } from "../../../../offchain/study/paper/upload.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { encrypt } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { uniformZeros } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import { counterRng, residue, toyKey } from "../../../support/primitives/draws.ts";
import { aBuyer, aSeller, tinyKey, widerKey } from "../../../support/paper/rounds.ts";

describe("the paper's key hand-out, simulated", () => {
  const roundKey = tinyKey();
  const { publicKey, lambda, mu } = roundKey;
  const userKey = widerKey();
  const rng = counterRng("paper hand-out");
  const zeros = uniformZeros(publicKey, rng);
  const userZeros = uniformZeros(userKey.publicKey, rng);

  it("opens the toy key's numbers by (23) with λ = 80 and μ = 180", () => {
    const toy = toyKey();
    const handed = { lambda: 80n, mu: 180n };
    const opened = [32781n, 25545n, 25174n, 24889n, 14724n].map((c) =>
      openWithPaperKey(toy.publicKey, handed, c),
    );
    expect(opened).to.deep.equal([42n, 30n, 100n, 130n, 117n]);
  });

  it("gives both parts of the key to a user whose modulus is larger", () => {
    const handed = unwrapPaperKey(userKey, wrapPaperKey(userZeros, roundKey));
    expect(handed).to.deep.equal({ lambda, mu });
  });

  it("opens by (23) what the round's key opens", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const m = residue(bytes, publicKey.n);
        const c = encrypt(publicKey, m, rng);
        expect(openWithPaperKey(publicKey, { lambda, mu }, c.value)).to.equal(m);
      }),
      { numRuns: 30, seed: 33 },
    );
  });

  it("brings each side the other's place, and the buyer the price", () => {
    const buyer = encryptPaperBuyer(zeros, aBuyer());
    const seller = encryptPaperSeller(zeros, aSeller());
    const toBuyer = deliverToPaperBuyer(userZeros, roundKey, seller);
    const toSeller = deliverToPaperSeller(userZeros, roundKey, buyer);
    const handed = unwrapPaperKey(userKey, toBuyer.wrapped);
    const opened = [toBuyer.xM, toBuyer.yM, toBuyer.pricePerKwh, toSeller.xM, toSeller.yM].map(
      ({ value }) => openWithPaperKey(publicKey, handed, value),
    );
    expect(opened).to.deep.equal([1200n, 1100n, 149n, 1000n, 1000n]);
    expect(unwrapPaperKey(userKey, toSeller.wrapped)).to.deep.equal(handed);
  });

  it("wraps under fresh randomness", () => {
    const [one, other] = [wrapPaperKey(userZeros, roundKey), wrapPaperKey(userZeros, roundKey)];
    const values = [one, other].flatMap((wrapped) => [wrapped.lambda.value, wrapped.mu.value]);
    expect(new Set(values).size).to.equal(4);
    expect(decrypt(userKey, one.lambda)).to.equal(lambda);
  });
});
