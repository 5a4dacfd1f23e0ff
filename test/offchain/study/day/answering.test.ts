/** Days of one auction on a real EVM: where rounds of sealed bids end, and what they tell. */
import { expect } from "chai";
import type { Bidder } from "../../../../offchain/core/pricing/bidder.ts";
import {
  largestGain,
  secondLowestEffectiveCost,
} from "../../../../offchain/core/pricing/equilibrium.ts";
import { sealedPath } from "../../../../offchain/core/pricing/pricePath.ts";
import { costOf } from "../../../../offchain/study/worlds/pricedTrip.ts";
import type { MarketReport } from "../../../../offchain/study/reports/report.ts";
import type { SimulationTruth } from "../../../../offchain/study/reports/truth.ts";
import type { World, WorldPile } from "../../../../offchain/study/worlds/world.ts";
import { dayOf, DECREMENT, oneRequest } from "../../../support/day/oneRequest.ts";

function bidderOf(world: World, pile: WorldPile): Bidder {
  const { name, pricePerKwh } = pile;
  const costPerKwh = costOf(world, pile);
  return { name, costPerKwh, advantage: 0n, startPricePerKwh: pricePerKwh };
}

function permutations<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((one, k) =>
    permutations(all.filter((_, j) => j !== k)).map((rest) => [one, ...rest]),
  );
}

function referencesOf(report: MarketReport): readonly (number | null)[] {
  const [auction] = report.auctions;
  return auction?.rounds.map((round) => round.referencePricePerKwh) ?? [];
}

describe("rounds of a slot", function () {
  this.timeout(120_000);

  describe("with one request", () => {
    const world = oneRequest("best responses", 600_000n, [420_000n, 400_000n, 450_000n, 430_000n]);
    const bidders = world.piles.map((pile) => bidderOf(world, pile));
    let report: MarketReport;
    let truth: SimulationTruth;

    before(async () => {
      ({ report, truth } = await dayOf(world, 16n));
    });

    it("go down the path of best responses, round by round, and rest where it does", () => {
      // Who leads of equal bids is drawn on chain: it is the path of one order of the piles.
      const paths = permutations(bidders).map((some) => sealedPath(some, DECREMENT, 16).leading);
      const expected = paths.map((leading) => [...leading, leading.at(-1)].map(Number));
      expect(expected).to.deep.include(referencesOf(report));
      expect(report.auctions[0]?.converged).to.equal(true);
      expect(report.auctions[0]?.rounds.length).to.be.above(3);
    });

    it("end at the price that is paid, where nobody gains more than the decrement elsewhere", () => {
      const [trade] = report.trades;
      const price = BigInt(trade?.pricePerKwh ?? 0);
      expect(referencesOf(report).at(-1)).to.equal(Number(price));
      expect(report.lastMeanPricePerKwh).to.equal(Number(price));
      expect(report.firstMeanPricePerKwh).to.equal(400_000);
      const rest = secondLowestEffectiveCost(bidders) ?? 0n;
      expect(price >= rest - DECREMENT && price <= rest + DECREMENT).to.equal(true);
      const leader = bidders.findIndex(({ name }) => name === truth.trades[0]?.pile);
      const prices = bidders.map((one, k) =>
        k === leader || one.costPerKwh > price ? price : one.costPerKwh,
      );
      expect(largestGain(bidders, { prices, leader }) <= DECREMENT).to.equal(true);
    });

    it("are what the oracle says in every one, and count every bid", () => {
      expect(report.oracleAgrees).to.equal(true);
      expect(report.offers).to.equal(4);
      expect(report.bids).to.equal(report.offers + report.improvedBids);
      const calls = (name: string): number =>
        report.gasPerFunction.find((row) => row.function === name)?.calls ?? 0;
      expect(calls("bid")).to.equal(report.bids);
      expect(truth.bids).to.have.lengthOf(report.bids);
      expect(calls("closeRound")).to.equal(referencesOf(report).length - 1);
    });
  });

  it("end with the first if there is only one: nobody answers anybody", async () => {
    const { report } = await dayOf(oneRequest("one round", 600_000n, [420_000n, 400_000n]), 1n);
    expect(referencesOf(report)).to.deep.equal([400_000]);
    expect(report.auctions[0]?.converged).to.equal(false);
    expect([report.bids, report.improvedBids, report.matched]).to.deep.equal([2, 0, 1]);
    expect(report.trades[0]?.pricePerKwh).to.equal(400_000);
  });

  it("have no reference price while everybody is too dear, and find who can go lower", async () => {
    const world = oneRequest("too dear", 370_000n, [420_000n, 400_000n]);
    const { report } = await dayOf(world, 8n);
    const references = referencesOf(report);
    expect(references[0]).to.equal(null);
    expect(report.firstMeanPricePerKwh).to.equal(null);
    expect(report.matched).to.equal(1);
    expect(report.trades[0]?.pricePerKwh).to.be.at.most(370_000);
    expect(report.oracleAgrees).to.equal(true);
  });
});
