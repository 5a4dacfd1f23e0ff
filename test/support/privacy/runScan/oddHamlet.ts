/**
 * The hamlet in numbers that are not met by chance: the same people and piles, every coordinate and
 * reach 53 times as large, every price ten times and no round number. Who can serve whom stays
 * nearly as it was.
 */
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { checkWorld, type Position, type World } from "../../../../offchain/study/worlds/world.ts";

const STRETCH = 53;
const OFFSET_M = 1_017;
/** Prices of seven digits. */
const DEARER = 10n;
/** Odd prices to the last digit, all of them different. */
const ODD_UNITS = 4_519n;

/** By how much piles go lower, as odd as their prices. */
export const ODD_DECREMENT = 503_117n;

export function oddHamlet(seed: string): World {
  const world = buildScenario("hamlet", { seed });
  const far = (metres: number): number => metres * STRETCH;
  const moved = ({ xM, yM }: Position): Position => ({
    xM: far(xM) + OFFSET_M,
    yM: far(yM) + OFFSET_M,
  });
  const dearer = (price: bigint, index: number): bigint =>
    price * DEARER + 1_000_003n + ODD_UNITS * BigInt(index + 1);
  return checkWorld({
    ...world,
    widthM: far(world.widthM) + 2 * OFFSET_M,
    heightM: far(world.heightM) + 2 * OFFSET_M,
    piles: world.piles.map((pile, index) => ({
      ...pile,
      position: moved(pile.position),
      pricePerKwh: dearer(pile.pricePerKwh, index),
    })),
    trips: world.trips.map((trip, index) => ({
      ...trip,
      position: moved(trip.position),
      maxPricePerKwh: dearer(trip.maxPricePerKwh, world.piles.length + index),
      maxDistanceM: far(trip.maxDistanceM),
    })),
  });
}
