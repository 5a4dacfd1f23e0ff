/** Days of one auction on a real EVM: where rounds of sealed bids end, and what they tell. */
import { expect } from "chai";
import hre from "hardhat";
import type { Bidder } from "../../../../offchain/core/pricing/bidder.ts";
import {
  largestGain,
  secondLowestEffectiveCost,
} from "../../../../offchain/core/pricing/equilibrium.ts";
import { sealedPath } from "../../../../offchain/core/pricing/pricePath.ts";
import { systemRng } from "../../../../offchain/core/primitives/random.ts";
import type { DayContext } from "../../../../offchain/study/day/context.ts";
import { runMarketDay } from "../../../../offchain/study/day/marketDay.ts";
import { stageClock } from "../../../../offchain/study/day/stageClock.ts";
import { costOf } from "../../../../offchain/study/worlds/pricedTrip.ts";
import type { MarketReport } from "../../../../offchain/study/reports/report.ts";
import type { SimulatedRun, SimulationTruth } from "../../../../offchain/study/reports/truth.ts";
import { offersOf } from "../../../../offchain/core/messages/features.ts";
import { checkWorld, type World, type WorldPile } from "../../../../offchain/study/worlds/world.ts";
import { onThisThread } from "../../../../offchain/market/work.ts";
import { startLocalMarket } from "../../../../tasks/support/localMarket.ts";
import { dealtKey } from "../../../support/matching/crowdRound.ts";
import { localServers } from "../../../../offchain/market/localServers.ts";
import { partiesTogether } from "../../../../offchain/market/auctionParties.ts";
import { generateSealKeyPair } from "../../../../offchain/core/primitives/sealedBox.ts";
import { plugInSecondsOf } from "../../../../offchain/study/day/rules.ts";

const DECREMENT = 20_000n;
const SLOT_HOURS = 3;
const DAY_SECONDS = 86_400;

/**
 * One request; all piles are as far from it, and as strong: nothing but the price tells them apart.
 */
function oneRequest(seed: string, maxPricePerKwh: bigint, prices: readonly bigint[]): World {
  const around = [
    { xM: 1_300, yM: 1_000 },
    { xM: 700, yM: 1_000 },
    { xM: 1_000, yM: 1_300 },
    { xM: 1_000, yM: 700 },
  ];
  return checkWorld({
    title: "one request",
    date: "2035-07-10",
    seed,
    widthM: 2_000,
    heightM: 2_000,
    piles: prices.map((pricePerKwh, k) => ({
      name: `pile-${k}`,
      position: around[k] ?? { xM: 0, yM: 0 },
      powerW: 7_000,
      pricePerKwh,
      offers: offersOf(7_000),
    })),
    trips: [
      {
        name: "trip",
        vehicle: "vehicle",
        position: { xM: 1_000, yM: 1_000 },
        maxPricePerKwh,
        maxDistanceM: 500,
        needs: [false, false],
        startSeconds: 13 * 3_600,
        durationSeconds: 2 * 3_600,
        energyWh: 9_000,
      },
    ],
    unusableRows: [],
    attribution: null,
  });
}

async function dayOf(world: World, maxRounds: bigint): Promise<SimulatedRun> {
  const midnight = Date.parse(`${world.date}T00:00:00Z`) / 1_000;
  const startSeconds = midnight - DAY_SECONDS;
  const plugInSeconds = plugInSecondsOf(SLOT_HOURS);
  const local = await startLocalMarket(hre, startSeconds, world.seed, plugInSeconds);
  try {
    const work = onThisThread(systemRng);
    const day: DayContext = {
      world,
      settings: {
        mode: "strict",
        keyBits: 2_048,
        slotHours: SLOT_HOURS,
        cloakRule: { k: 2, l: 1, leastSpreadM: 0, mostSpreadM: 4_000, cellM: 250 },
        bidBond: 10_000_000n,
        vehicleDeposit: 60_000_000n,
        rounds: { maxRounds, roundSeconds: 120n, decrement: DECREMENT },
      },
      market: local.market,
      authority: local.operator,
      control: local.control,
      rng: systemRng,
      work,
      parties: partiesTogether(
        await localServers({ work, rng: systemRng }),
        await generateSealKeyPair(systemRng),
        systemRng,
      ),
      stages: stageClock(() => performance.now()),
      progress: { say: () => undefined, update: () => undefined },
      signal: new AbortController().signal,
      midnight,
    };
    return await runMarketDay(day, Promise.resolve(dealtKey().numbers.commitmentModulus));
  } finally {
    await local.close();
  }
}

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
