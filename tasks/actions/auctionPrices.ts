/**
 * `auction prices`: both kinds of auction for one trip of a built-in world, played by piles that
 * answer each other with best responses; as figures, CSV and chart. Nothing is on chain.
 */
import { priceFigure, type PriceStory } from "../../offchain/study/figures/priceFigure.ts";
import { pricesCsv } from "../../offchain/study/figures/csvFiles.ts";
import { MAX_ROUNDS } from "../../offchain/core/messages/market.ts";
import { largestGain, secondLowestEffectiveCost } from "../../offchain/core/pricing/equilibrium.ts";
import { openPath, sealedPath, type PricePath } from "../../offchain/core/pricing/pricePath.ts";
import type { Bidder } from "../../offchain/core/pricing/bidder.ts";
import {
  mostContestedTrip,
  pricedTrip,
  type PricedTrip,
} from "../../offchain/study/worlds/pricedTrip.ts";
import { buildScenario } from "../../offchain/study/worlds/scenarios.ts";
import type { World } from "../../offchain/study/worlds/world.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";
import { inOptions } from "../support/inOptions.ts";
import { requireWithin } from "../support/ranges.ts";

export interface AuctionPricesArguments {
  readonly scenario: string;
  readonly seed: string;
  readonly trip: string;
  readonly decrement: bigint;
  readonly roundDecrement: bigint;
  readonly maxRounds: number;
  readonly out: string;
  readonly json: boolean;
}

export default function action(args: AuctionPricesArguments): Promise<Outcome> {
  return concluded(async () => {
    requireUsable(args);
    const { scenario, seed, out, decrement, roundDecrement, maxRounds } = args;
    const world = inOptions({ scenario: "scenario", seed: "seed" }, () =>
      buildScenario(scenario, { seed }),
    );
    const { trip, bidders } = tripNamed(world, args);
    await requireWritable(out);
    const story: PriceStory = {
      request: `${trip.name} of ${scenario}`,
      bidders,
      open: { path: openPath(bidders, decrement), decrement },
      sealed: { path: sealedPath(bidders, roundDecrement, maxRounds), decrement: roundDecrement },
    };
    await writeFiles(out, { "prices.svg": priceFigure(story), "prices.csv": pricesCsv(story) });
    printFacts(factsOf(trip.name, story), args.json);
    process.stderr.write(`written to ${out}\n`);
  });
}

function requireUsable({ decrement, roundDecrement, maxRounds }: AuctionPricesArguments): void {
  requireWithin("decrement", decrement, { least: 1 });
  requireWithin("round-decrement", roundDecrement, { least: 1 });
  requireWithin("max-rounds", maxRounds, { least: 1, most: MAX_ROUNDS });
}

function tripNamed(
  world: World,
  { trip, decrement, scenario }: AuctionPricesArguments,
): PricedTrip {
  const named = world.trips.find(({ name }) => name === trip);
  if (trip !== "" && named === undefined) {
    throw new InputError(`--trip: expected a trip of ${scenario}, got ${trip}`);
  }
  const priced = named ? pricedTrip(world, named, decrement) : mostContestedTrip(world, decrement);
  if (priced !== null && priced.bidders.length > 1) return priced;
  const asked = trip === "" ? `any trip of ${scenario}` : trip;
  const remedy = "name another --trip or --scenario";
  throw new InputError(`--trip: fewer than two piles compete for ${asked}: ${remedy}`);
}

function factsOf(trip: string, { bidders, open, sealed }: PriceStory): Facts {
  return {
    trip,
    piles: bidders.length,
    secondLowestEffectiveCostUnits: secondLowestEffectiveCost(bidders),
    openBids: open.path.leading.length - 1,
    ...endOf("open", bidders, open.path),
    sealedRounds: sealed.path.leading.length,
    sealedConverged: sealed.path.converged,
    ...endOf("sealed", bidders, sealed.path),
  };
}

function endOf(kind: string, bidders: readonly Bidder[], path: PricePath): Facts {
  return {
    [`${kind}Winner`]: bidders[path.leader]?.name ?? null,
    [`${kind}PricePerKwhUnits`]: path.prices[path.leader] ?? null,
    [`${kind}EffectivePriceUnits`]: path.leading.at(-1) ?? null,
    [`${kind}LargestGainUnits`]: largestGain(bidders, path),
  };
}
