/** A day on a real EVM of one request and piles that nothing but the price tells apart. */
import { id, Wallet } from "ethers";
import hre from "hardhat";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../../offchain/core/primitives/sealedBox.ts";
import { offersOf } from "../../../offchain/core/messages/features.ts";
import { partiesTogether, type AuctionParties } from "../../../offchain/market/auctionParties.ts";
import { localServers } from "../../../offchain/market/localServers.ts";
import { lookingAt } from "../../../offchain/market/secondServer.ts";
import { onThisThread } from "../../../offchain/market/work.ts";
import type { DayContext } from "../../../offchain/study/day/context.ts";
import { runMarketDay } from "../../../offchain/study/day/marketDay.ts";
import { plugInSecondsOf } from "../../../offchain/study/day/rules.ts";
import { stageClock } from "../../../offchain/study/day/stageClock.ts";
import type { SimulatedRun } from "../../../offchain/study/reports/truth.ts";
import { checkWorld, type World } from "../../../offchain/study/worlds/world.ts";
import { startLocalMarket } from "../../../tasks/support/localMarket.ts";
import { dealtKey } from "../matching/crowdRound.ts";

export const DECREMENT = 20_000n;
const SLOT_HOURS = 3;
const DAY_SECONDS = 86_400;

/**
 * One request; all piles are as far from it, and as strong: nothing but the price tells them apart.
 */
export function oneRequest(seed: string, maxPricePerKwh: bigint, prices: readonly bigint[]): World {
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

/** Plays the day. @param changed what authority, proxy and cloud are instead of honest */
export async function dayOf(
  world: World,
  maxRounds: bigint,
  changed: (parties: AuctionParties) => AuctionParties = (parties) => parties,
  say: (line: string) => void = () => undefined,
): Promise<SimulatedRun> {
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
      parties: changed(
        await partiesTogether(
          await localServers({
            ...{ work, rng: systemRng, look: lookingAt(local.market) },
            account: new Wallet(id("the cloud")),
          }),
          await generateSealKeyPair(systemRng),
          local.market.venue,
          systemRng,
        ),
      ),
      stages: stageClock(() => performance.now()),
      progress: { say, update: () => undefined },
      signal: new AbortController().signal,
      midnight,
    };
    return await runMarketDay(day, Promise.resolve(dealtKey().numbers.commitmentModulus));
  } finally {
    await local.close();
  }
}
