/**
 * P7 on the paper's round: an upload names neither its round nor its sender, so anybody sends it
 * again.
 */
import { expect } from "chai";
import { openWithPaperKey } from "../../offchain/study/paper/keyHandOut.ts";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { mapPaperSeller, partyAt } from "../../offchain/study/paper/paperRecords.ts";
import { decrypt, type PrivateKey } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { ciphertextOf } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, RULES, tinyKey, uploadsOf, widerKey } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { replayAll } from "../support/attacks/replay.ts";

describe("replay attack on the paper's round", () => {
  const rng = counterRng("replay");
  const key = tinyKey();
  const uploadsUnder = ({ publicKey }: PrivateKey, seller = aSeller()) =>
    uploadsOf(uniformZeros(publicKey, rng), { buyers: [aBuyer()], sellers: [seller] });
  const earlier = uploadsUnder(key, aSeller({ xM: 1010, yM: 990 }));

  for (const rule of RULES) {
    it(`takes a seller's upload of an earlier round from a stranger, ${rule.name} rule`, async () => {
      const later = uploadsUnder(key);
      const run = (stranger: typeof earlier.sellers) =>
        runPairwiseRound({
          buyers: later.buyers,
          sellers: [...later.sellers, ...stranger],
          rule,
          open: (c) => decrypt(key, c),
        });
      const outcomes = await replayAll(earlier.sellers, (upload) => run([upload]));
      expect(outcomes).to.deep.equal(["accepted"]);
      // The stranger, in place 1, wins with a record that it cannot read.
      expect(run([]).matches.map(({ seller }) => seller)).to.deep.equal([0]);
      expect(run(earlier.sellers).matches.map(({ seller }) => seller)).to.deep.equal([1]);
    });
  }

  it("shows the buyer the victim's place under the stranger's name", () => {
    const { xM, yM } = partyAt(earlier.sellers, 0);
    const place = [xM, yM].map(({ value }) => openWithPaperKey(key.publicKey, key, value));
    expect(place).to.deep.equal([1010n, 990n]);
  });

  for (const rule of RULES) {
    it(`takes it under another key too, where at least it says something else, ${rule.name} rule`, async () => {
      const another = widerKey();
      const later = uploadsUnder(another);
      const rebound = earlier.sellers.map((upload) =>
        mapPaperSeller(upload, ({ value }) => ciphertextOf(another.publicKey, value)),
      );
      const run = (upload: (typeof rebound)[number]) => {
        const open = (c: Parameters<typeof decrypt>[1]) => decrypt(another, c);
        return runPairwiseRound({ ...later, sellers: [...later.sellers, upload], rule, open });
      };
      expect(await replayAll(rebound, run)).to.deep.equal(["accepted"]);
      expect(run(partyAt(rebound, 0)).matches.map(({ seller }) => seller)).to.deep.equal([0]);
    });
  }
});
