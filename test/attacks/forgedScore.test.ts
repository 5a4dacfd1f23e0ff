/**
 * M3 on the paper's round: W falls with what the seller asks, so who asks most wins, and no bid is
 * a limit.
 */
import { expect } from "chai";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { partyAt } from "../../offchain/study/paper/paperRecords.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, RULES, tinyKey, uploadsOf } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { highestWinningAsk } from "../support/attacks/outbidding.ts";
import { encryptAnything } from "../support/attacks/tampering.ts";

const BID = 150;
const ASKS = [10, 100, 149, 150, 151, 200, 1_000, 2 ** 24 - 1];

describe("forged W on the paper's round", () => {
  const key = tinyKey();
  const rng = counterRng("forged W");
  const zeros = uniformZeros(key.publicKey, rng);
  const feature = { offer: 1, pricePerKwh: 20 };
  const buyer = aBuyer({ pricePerKwh: BID, features: [{ need: 1, pricePerKwh: 30, weight: 1 }] });
  /** Next door and cheap. */
  const honest = aSeller({ xM: 1001, yM: 1000, pricePerKwh: 50, features: [feature] });
  /** At the far end of the buyer's reach. */
  const greedy = aSeller({ xM: 1799, yM: 1000, features: [feature] });

  for (const rule of RULES) {
    const winner = (pricePerKwh: number): number | undefined => {
      const sellers = [honest, { ...greedy, pricePerKwh }];
      const uploads = uploadsOf(zeros, { buyers: [buyer], sellers });
      const round = {
        ...uploads,
        rule,
        open: (c: Parameters<typeof decrypt>[1]) => decrypt(key, c),
      };
      return runPairwiseRound(round).matches[0]?.seller;
    };

    it(`lets a far seller win by asking the most there is, ${rule.name} rule`, async () => {
      const ask = await highestWinningAsk(ASKS, (price) => winner(price) === 1);
      expect(ask).to.equal(Math.max(...ASKS));
      expect(ask).to.be.above(BID);
    });

    it(`lets it lose only while it is modest, ${rule.name} rule`, async () => {
      const modest = ASKS.filter((price) => price <= BID);
      expect(await highestWinningAsk(modest, (price) => winner(price) === 1)).to.equal(null);
    });

    it(`takes a price beyond every range, ${rule.name} rule`, () => {
      const { buyers, sellers } = uploadsOf(zeros, { buyers: [buyer], sellers: [honest, greedy] });
      const pricePerKwh = encryptAnything(key.publicKey, 2n ** 100n, rng);
      const { matches } = runPairwiseRound({
        buyers,
        sellers: [partyAt(sellers, 0), { ...partyAt(sellers, 1), pricePerKwh }],
        rule,
        open: (c) => decrypt(key, c),
      });
      expect(matches.map(({ seller }) => seller)).to.deep.equal([1]);
    });
  }
});
