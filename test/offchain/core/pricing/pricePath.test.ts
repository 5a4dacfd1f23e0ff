import { expect } from "chai";
import fc from "fast-check";
import { effectiveCost, type Bidder } from "../../../../offchain/core/pricing/bidder.ts";
import {
  largestGain,
  secondLowestEffectiveCost,
} from "../../../../offchain/core/pricing/equilibrium.ts";
import {
  openPath,
  PricePathError,
  sealedPath,
  type PricePath,
} from "../../../../offchain/core/pricing/pricePath.ts";
import { competitors, threePiles } from "../../../support/pricing/bidders.ts";

const RUNS = { numRuns: 1_000, seed: 0x5eed };
const decrements = fc.bigInt(1n, 60n);
/** More rounds than any of these auctions needs. */
const PLENTY = 2_000;

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof PricePathError ? error.code : "another error";
  }
  return "accepted";
}

describe("best responses in the open auction", () => {
  it("end at the vector of the specification with a decrement of 1", () => {
    const path = openPath(threePiles(), 1n);
    expect(path.leader).to.equal(2);
    expect(path.prices).to.deep.equal([81n, 101n, 130n]);
    expect(path.leading.at(-1)).to.equal(80n);
    expect(path.points).to.have.length(3 + 70);
  });

  it("end at the vector of the specification with a decrement of 5", () => {
    const path = openPath(threePiles(), 5n);
    expect(path.leader).to.equal(2);
    expect(path.prices).to.deep.equal([85n, 105n, 130n]);
    expect(path.points).to.have.length(3 + 14);
  });

  it("end at 80 and 81 between two equal piles", () => {
    const twins = [twin("one"), twin("other")];
    const path = openPath(twins, 1n);
    expect([...path.prices].sort()).to.deep.equal([80n, 81n]);
    expect(path.prices[path.leader]).to.equal(80n);
  });

  it("lower the lead by the decrement, bid for bid", () => {
    fc.assert(
      fc.property(competitors, decrements, (bidders, decrement) => {
        const { leading } = openPath(bidders, decrement);
        for (const [step, lead] of leading.entries()) {
          if (step > 0) expect(lead).to.equal((leading[step - 1] ?? 0n) - decrement);
        }
      }),
      RUNS,
    );
  });

  it("are fewer than the bound on all bids", () => {
    fc.assert(
      fc.property(competitors, decrements, (bidders, decrement) => {
        const { leading } = openPath(bidders, decrement);
        const lowest = bidders.map(({ advantage }) => -advantage).reduce((a, b) => (a < b ? a : b));
        expect(BigInt(leading.length) <= mostBids(leading[0] ?? 0n, lowest, decrement)).to.equal(
          true,
        );
      }),
      RUNS,
    );
  });

  it("do not move where nobody competes", () => {
    const [alone] = threePiles();
    if (alone === undefined) throw new Error("expected a pile");
    const path = openPath([alone], 1n);
    expect(path).to.deep.include({ leader: 0, prices: [200n], leading: [200n], converged: true });
  });

  it("refuse an auction without bidders or decrement", () => {
    expect(code(() => openPath([], 1n))).to.equal("E_PATH_BIDDERS");
    expect(code(() => openPath(threePiles(), 0n))).to.equal("E_PATH_DECREMENT");
  });
});

describe("best responses in sealed rounds", () => {
  it("reach the price of the specification within sixteen rounds", () => {
    const path = sealedPath(threePiles(), 5n, 16);
    expect(path.converged).to.equal(true);
    expect(path.leader).to.equal(2);
    expect(path.prices[2]).to.equal(130n);
    expect(path.leading.at(-1)).to.equal(80n);
    expect(path.leading).to.have.length(15);
  });

  it("are cut off at the limit", () => {
    const path = sealedPath(threePiles(), 5n, 4);
    expect(path.converged).to.equal(false);
    expect(path.leading).to.have.length(4);
    expect(path.leading.at(-1)).to.equal(135n);
  });

  it("are at rest in the very last round, if they are", () => {
    expect(sealedPath(threePiles(), 5n, 15).converged).to.equal(true);
    expect(sealedPath(threePiles(), 5n, 14).converged).to.equal(false);
  });

  it("move all who do not lead at once", () => {
    const { points } = sealedPath(threePiles(), 5n, 2);
    expect(points.filter(({ step }) => step === 2).map(({ bidder }) => bidder)).to.deep.equal([
      0, 1,
    ]);
  });

  it("refuse an auction without a round", () => {
    expect(code(() => sealedPath(threePiles(), 1n, 0))).to.equal("E_PATH_ROUNDS");
    expect(code(() => sealedPath(threePiles(), 1n, 1.5))).to.equal("E_PATH_ROUNDS");
  });
});

describe("where best responses end", () => {
  const both: readonly (readonly [
    mode: string,
    path: (b: readonly Bidder[], d: bigint) => PricePath,
  ])[] = [
    ["open", openPath],
    ["sealed", (bidders, decrement) => sealedPath(bidders, decrement, PLENTY)],
  ];

  for (const [mode, pathOf] of both) {
    it(`nobody gains more than the decrement elsewhere (${mode})`, () => {
      fc.assert(
        fc.property(competitors, decrements, (bidders, decrement) => {
          const path = pathOf(bidders, decrement);
          expect(path.converged).to.equal(true);
          expect(largestGain(bidders, path) <= decrement).to.equal(true);
        }),
        RUNS,
      );
    });

    it(`the lowest effective cost wins, up to the decrement (${mode})`, () => {
      fc.assert(
        fc.property(competitors, decrements, (bidders, decrement) => {
          const { leader } = pathOf(bidders, decrement);
          const costs = bidders.map(effectiveCost);
          const lowest = costs.reduce((a, b) => (a < b ? a : b));
          const gap = (costs[leader] ?? 0n) - lowest;
          expect(gap < decrement).to.equal(true);
        }),
        RUNS,
      );
    });

    it(`the price is within a decrement of the second-lowest effective cost, if anybody moved (${mode})`, () => {
      fc.assert(
        fc.property(competitors, decrements, (bidders, decrement) => {
          const { leading } = pathOf(bidders, decrement);
          const second = secondLowestEffectiveCost(bidders);
          if (leading.length === 1 || second === null) return;
          const price = leading.at(-1) ?? 0n;
          expect(price - second < decrement && second - price <= decrement).to.equal(true);
        }),
        RUNS,
      );
    });
  }

  it("both kinds of auctions end within a decrement of each other", () => {
    fc.assert(
      fc.property(competitors, decrements, (bidders, decrement) => {
        const [open, sealed] = [
          openPath(bidders, decrement),
          sealedPath(bidders, decrement, PLENTY),
        ];
        const gap = (open.leading.at(-1) ?? 0n) - (sealed.leading.at(-1) ?? 0n);
        expect(gap <= decrement && -gap <= decrement).to.equal(true);
      }),
      RUNS,
    );
  });

  it("a price path that was cut off is no such place", () => {
    expect(largestGain(threePiles(), sealedPath(threePiles(), 5n, 4)) > 5n).to.equal(true);
  });
});

function twin(name: string): Bidder {
  return { name, costPerKwh: 80n, advantage: 0n, startPricePerKwh: 200n };
}

/**
 * No open auction has more valid bids, whatever bidders do: 1 + ⌈(e_first − e_min)/Δ⌉.
 * @param first effective price of the first bid
 * @param lowest the lowest effective price that anybody could bid
 */
function mostBids(first: bigint, lowest: bigint, decrement: bigint): bigint {
  return 1n + (first - lowest + decrement - 1n) / decrement;
}
