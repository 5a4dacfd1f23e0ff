import { expect } from "chai";
import fc from "fast-check";
import { bestResponse } from "../../../../offchain/core/pricing/bidder.ts";
import { openPath, sealedPath } from "../../../../offchain/core/pricing/pricePath.ts";
import { roundResponse } from "../../../../offchain/core/pricing/roundResponse.ts";

const amount = fc.bigInt(0n, 1_000n);

describe("what a pile answers in a sealed round", () => {
  it("stays if it would be matched", () => {
    const pile = { pricePerKwh: 300n, costPerKwh: 100n, leads: true };
    expect(roundResponse(pile, 200n, 10n)).to.equal(null);
  });

  it("goes below the reference if it is above", () => {
    const pile = { pricePerKwh: 300n, costPerKwh: 100n, leads: false };
    expect(roundResponse(pile, 200n, 10n)).to.equal(190n);
  });

  it("goes below itself if it is below the reference already", () => {
    const pile = { pricePerKwh: 150n, costPerKwh: 100n, leads: false };
    expect(roundResponse(pile, 200n, 10n)).to.equal(140n);
  });

  it("stays where its cost is in the way", () => {
    const pile = { pricePerKwh: 300n, costPerKwh: 191n, leads: false };
    expect(roundResponse(pile, 200n, 10n)).to.equal(null);
    expect(roundResponse({ ...pile, costPerKwh: 190n }, 200n, 10n)).to.equal(190n);
  });

  it("never goes up, and never below cost, whatever the matcher publishes", () => {
    fc.assert(
      fc.property(amount, amount, amount, fc.bigInt(1n, 50n), (price, cost, reference, by) => {
        const answer = roundResponse(
          { pricePerKwh: price, costPerKwh: cost, leads: false },
          reference,
          by,
        );
        if (answer === null) return;
        expect(answer < price).to.equal(true);
        expect(answer >= cost).to.equal(true);
      }),
      { numRuns: 1_000, seed: 0x5eed },
    );
  });

  it("is the best response where bidders differ in nothing but cost", () => {
    fc.assert(
      fc.property(amount, amount, fc.bigInt(1n, 50n), (cost, reference, by) => {
        const price = reference + 1n;
        const bidder = { name: "", costPerKwh: cost, advantage: 0n, startPricePerKwh: price };
        const pile = { pricePerKwh: price, costPerKwh: cost, leads: false };
        expect(roundResponse(pile, reference, by)).to.equal(bestResponse(bidder, reference, by));
      }),
      { numRuns: 1_000, seed: 0x5eed },
    );
  });

  it("brings piles of one kind to the price of the open auction", () => {
    const costs = [310n, 250n, 275n, 240n];
    const bidders = costs.map((costPerKwh) => ({
      name: `${costPerKwh}`,
      costPerKwh,
      advantage: 0n,
      startPricePerKwh: 380n,
    }));
    const open = openPath(bidders, 10n);
    const sealed = sealedPath(bidders, 10n, 16);
    expect(sealed.converged).to.equal(true);
    expect(play(costs, 380n, 10n)).to.equal(sealed.prices[sealed.leader]);
    expect(open.leading.at(-1)).to.equal(sealed.leading.at(-1));
  });
});

/** Rounds in which the reference is the lowest price; the first of equals leads. */
function play(costs: readonly bigint[], start: bigint, decrement: bigint): bigint {
  let prices = costs.map(() => start);
  for (;;) {
    const reference = prices.reduce((a, b) => (a < b ? a : b));
    const leader = prices.indexOf(reference);
    const next = prices.map((pricePerKwh, k) => {
      const pile = { pricePerKwh, costPerKwh: costs[k] ?? 0n, leads: k === leader };
      return roundResponse(pile, reference, decrement) ?? pricePerKwh;
    });
    if (next.every((price, k) => price === prices[k])) return reference;
    prices = next;
  }
}
