import { expect } from "chai";
import { everyPair } from "../../../../offchain/core/matching/candidates.ts";
import { cloudOf } from "../../../../offchain/parties/cloud/opening.ts";
import { counterRng } from "../../../support/primitives/draws.ts";

/** x, y, price, one feature, opening: what the cloud holds is each plus a mask. */
const offerOf = (price: bigint): readonly bigint[] => [1n, 2n, price, 4n, 5n];

describe("the sum of the prices that lead", () => {
  const opened = {
    requests: [[], [], []],
    offers: [offerOf(300n), offerOf(410n), offerOf(520n)],
  };

  it("is over matched offers only", async () => {
    const cloud = cloudOf(opened, counterRng("cloud"));
    await cloud.match(
      () => Promise.resolve({ winners: [2, null, 0], comparedPairs: 9 }),
      everyPair(3, 3),
    );
    expect(cloud.sumMatchedPrices()).to.equal(820n);
  });

  it("is nothing before the matching, and without a match", async () => {
    const cloud = cloudOf(opened, counterRng("cloud"));
    expect(cloud.sumMatchedPrices()).to.equal(0n);
    await cloud.match(
      () => Promise.resolve({ winners: [null, null, null], comparedPairs: 9 }),
      everyPair(3, 3),
    );
    expect(cloud.sumMatchedPrices()).to.equal(0n);
  });
});
