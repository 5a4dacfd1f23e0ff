/**
 * What the ratios cost that the cloud of mode `masked` sees: with a map of the piles it finds a buyer. The same attacker
 * on the words that the cloud of `strict` gets guesses.
 */
import { expect } from "chai";
import type { ModeName } from "../../offchain/modes.ts";
import { seededRng } from "../../offchain/simulation/seededRng.ts";
import { cityOf, recordsOf, SIDE_M, type City } from "./support/city.ts";
import { medianOf } from "./support/constellation.ts";
import { placeFromProfile, profileOf, type Fit, type MappedPile } from "./support/profile.ts";
import { openedByCloud, playServers, wordsHeard } from "./support/servers.ts";

const STARTS_A_SIDE = 12;
const MEAN_ASK = 350_000;

interface Attacked extends Fit {
  readonly city: City;
  readonly profile: readonly number[];
  readonly errorM: number;
}

const mapOf = ({ offers }: City): readonly MappedPile[] =>
  offers.map(({ position, pricePerKwh }) => ({ ...position, ask: Number(pricePerKwh) }));
/** Where the piles are, and no more than what they ask on average. */
const withoutPrices = (map: readonly MappedPile[]): readonly MappedPile[] =>
  map.map((pile) => ({ ...pile, ask: MEAN_ASK }));

/** One buyer among `piles`, the cloud against it. */
async function attack(
  mode: ModeName,
  piles: number,
  round: number,
  known: (map: readonly MappedPile[]) => readonly MappedPile[] = (map) => map,
): Promise<Attacked> {
  const name = `profile ${piles} ${round}`;
  const city = cityOf(name, 1, piles);
  const { cloud } = await playServers(mode, seededRng(name), recordsOf(city));
  const [opened] = openedByCloud(cloud);
  const numbers = opened?.scores ?? wordsHeard(cloud).slice(0, piles).map(BigInt);
  const profile = profileOf(numbers);
  const fit = placeFromProfile(known(mapOf(city)), profile, SIDE_M, STARTS_A_SIDE);
  const { xM = 0, yM = 0 } = city.requests[0]?.position ?? {};
  return { ...fit, city, profile, errorM: Math.hypot(fit.place.xM - xM, fit.place.yM - yM) };
}

async function errors(rounds: number, one: (round: number) => Promise<Attacked>) {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) all.push((await one(round)).errorM);
  return all;
}

describe("a cloud that knows the map of all piles", () => {
  for (const [piles, rounds] of [
    [10, 20],
    [30, 8],
    [100, 3],
  ] as const) {
    it(`of \`masked\` finds a buyer among ${piles} piles to the metre, with their prices`, async () => {
      const found = await errors(rounds, (round) => attack("masked", piles, round));
      console.log(piles, found);
      expect(Math.max(...found)).to.be.below(1);
    });

    it(`of \`masked\` finds it to some metres among ${piles} without their prices`, async () => {
      const found = await errors(rounds, (round) => attack("masked", piles, round, withoutPrices));
      console.log(piles, medianOf(found), Math.max(...found));
      expect(medianOf(found)).to.be.below(30);
    });

    it(`of \`strict\` guesses among ${piles}`, async () => {
      const found = await errors(rounds, (round) => attack("strict", piles, round));
      console.log(piles, medianOf(found));
      expect(medianOf(found)).to.be.above(0.3 * SIDE_M);
    });
  }
});
