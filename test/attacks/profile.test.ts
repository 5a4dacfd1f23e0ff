/**
 * What the ratios cost that the cloud of mode `masked` sees: with a map of the piles it finds a buyer. The same attacker
 * on the words that the cloud of `strict` gets guesses.
 */
import { expect } from "chai";
import type { ModeName } from "../../offchain/messages/roundKey.ts";
import { seededRng } from "../../offchain/simulation/seededRng.ts";
import { cityOf, recordsOf, SIDE_M, type City } from "./support/city.ts";
import { medianOf } from "./support/constellation.ts";
import { leastSquares } from "./support/leastSquares.ts";
import { placeFromProfile, profileOf, scoreAt, type MappedPile } from "./support/profile.ts";
import { openedByCloud, playServers, wordsHeard } from "./support/servers.ts";

const STARTS_A_SIDE = 16;
const MEAN_ASK = 350_000;

const mapOf = ({ offers }: City): readonly MappedPile[] =>
  offers.map(({ position, pricePerKwh }) => ({ ...position, ask: Number(pricePerKwh) }));
/** Where the piles are, and no more than what they ask on average. */
const withoutPrices = (city: City): readonly MappedPile[] =>
  mapOf(city).map((pile) => ({ ...pile, ask: MEAN_ASK }));

/** One buyer among many piles, and what the cloud sees of it. */
async function seen(mode: ModeName, piles: number, round: number) {
  const name = `profile ${piles} ${round}`;
  const city = cityOf(name, 1, piles);
  const { cloud } = await playServers(mode, seededRng(name), recordsOf(city));
  const [opened] = openedByCloud(cloud);
  const scores = opened?.scores ?? wordsHeard(cloud).slice(0, piles).map(BigInt);
  return { city, scores, position: city.requests[0]?.position ?? { xM: 0, yM: 0 } };
}

/** How far off the guess is in each of some rounds. */
async function errorsM(
  mode: ModeName,
  piles: number,
  rounds: number,
  known: (city: City) => readonly MappedPile[],
): Promise<readonly number[]> {
  const errors: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { city, scores, position } = await seen(mode, piles, round);
    const { place } = placeFromProfile(known(city), profileOf(scores), SIDE_M, STARTS_A_SIDE);
    errors.push(Math.hypot(place.xM - position.xM, place.yM - position.yM));
  }
  return errors;
}

describe("a cloud that knows the map of all piles", () => {
  for (const [piles, rounds] of [
    [10, 20],
    [30, 8],
    [100, 3],
  ] as const) {
    it(`finds a buyer to the metre in \`masked\`, among ${piles} piles of known prices`, async () => {
      const errors = await errorsM("masked", piles, rounds, mapOf);
      expect(Math.max(...errors)).to.be.below(1);
    });

    it(`finds it to some metres without the prices, among ${piles}`, async () => {
      const errors = await errorsM("masked", piles, rounds, withoutPrices);
      expect(medianOf(errors)).to.be.below(20);
      expect(Math.max(...errors)).to.be.below(100);
    });

    it(`guesses in \`strict\`, among ${piles}`, async () => {
      const errors = await errorsM("strict", piles, rounds, mapOf);
      expect(medianOf(errors)).to.be.above(0.3 * SIDE_M);
    });
  }

  it("finds in the noise of `masked` in which order the piles' records are", async () => {
    const { city, scores, position } = await seen("masked", 100, 0);
    const exact = mapOf(city).map((pile) => scoreAt(position, pile));
    const order = recordsFromNoise(exact, scores);
    expect(order).to.have.lengthOf(100);
    expect(rankCorrelation(order)).to.be.above(0.9);
  });
});

/**
 * Noise of at most 1 in units of a score is given out in the order of records. Who knows the scores fits a line through the
 * numbers and sorts the piles by what is left.
 */
function recordsFromNoise(exact: readonly number[], scores: readonly bigint[]): readonly number[] {
  const piles = [...exact.keys()].sort((j, k) => (exact[j] ?? 0) - (exact[k] ?? 0));
  const ascending = piles.map((pile) => exact[pile] ?? 0);
  const [least = 0, most = 0] = [ascending[0], ascending.at(-1)];
  const profile = profileOf(scores).map((number) => least + number * (most - least));
  const rows = ascending.map((score) => [1, (score - least) / (most - least)]);
  const noise = profile.map((number, k) => number - (ascending[k] ?? 0));
  const line = leastSquares(rows, noise) ?? [];
  const left = noise.map((one, k) => one - (line[0] ?? 0) - (line[1] ?? 0) * (rows[k]?.[1] ?? 0));
  return [...left.keys()]
    .sort((j, k) => (left[j] ?? 0) - (left[k] ?? 0))
    .map((place) => piles[place] ?? -1);
}

/** 1 if the numbers ascend, about 0 if they are in any order (Spearman). */
function rankCorrelation(order: readonly number[]): number {
  const count = order.length;
  const squares = order.reduce((sum, record, k) => sum + (record - k) ** 2, 0);
  return 1 - (6 * squares) / (count * (count ** 2 - 1));
}
