import { expect } from "chai";
import { largestGain } from "../../../../offchain/core/pricing/equilibrium.ts";
import { openPath, sealedPath } from "../../../../offchain/core/pricing/pricePath.ts";
import { mostContestedTrip, pricedTrip } from "../../../../offchain/study/worlds/pricedTrip.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { distanceM } from "../../../../offchain/study/worlds/geography.ts";

const DECREMENT = 5_000n;

describe("a trip as an auction", () => {
  const world = buildScenario("town", { seed: "chargeveil" });

  it("has the piles that are near enough and have what the trip needs", () => {
    for (const trip of world.trips) {
      const { bidders, rule } = pricedTrip(world, trip, DECREMENT);
      expect(rule.maxPricePerKwh).to.equal(trip.maxPricePerKwh);
      for (const { name, costPerKwh, startPricePerKwh } of bidders) {
        const pile = world.piles.find((one) => one.name === name);
        if (pile === undefined) throw new Error(`expected ${name} in the world`);
        expect(distanceM(trip.position, pile.position)).to.be.at.most(trip.maxDistanceM);
        expect(trip.needs.every((need, k) => !need || pile.offers[k])).to.equal(true);
        expect(costPerKwh < pile.pricePerKwh && costPerKwh <= startPricePerKwh).to.equal(true);
      }
    }
  });

  it("prefers nearer and stronger piles by the rule", () => {
    const contested = mostContestedTrip(world, DECREMENT);
    if (contested === null) throw new Error("expected a contested trip");
    const advantages = contested.bidders.map(({ advantage }) => advantage);
    expect(new Set(advantages).size).to.be.greaterThan(1);
    expect(advantages.every((advantage) => advantage >= 0n)).to.equal(true);
  });

  it("ends near the second-lowest cost in both kinds of auctions, in every town", () => {
    for (const seed of ["a", "b", "c", "d"]) {
      const contested = mostContestedTrip(buildScenario("town", { seed }), DECREMENT);
      if (contested === null) throw new Error("expected a contested trip");
      const { bidders } = contested;
      expect(largestGain(bidders, openPath(bidders, DECREMENT)) <= DECREMENT).to.equal(true);
      const sealed = sealedPath(bidders, 40_000n, 16);
      if (sealed.converged) expect(largestGain(bidders, sealed) <= 40_000n).to.equal(true);
    }
  });

  it("is the same for the same world, and null where nobody competes", () => {
    expect(mostContestedTrip(world, DECREMENT)).to.deep.equal(mostContestedTrip(world, DECREMENT));
    expect(mostContestedTrip({ ...world, piles: [] }, DECREMENT)).to.equal(null);
    expect(mostContestedTrip({ ...world, trips: [] }, DECREMENT)).to.equal(null);
  });
});
