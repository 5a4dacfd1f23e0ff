/**
 * A cloud with a map of the piles: from the words that it gets in a matching it only guesses where
 * a buyer is. The same attacker finds the buyer where scores are hidden by a common factor and
 * addend alone.
 */
import { expect } from "chai";
import { seededRng, seededStream } from "../../offchain/study/worlds/seededRng.ts";
import { cityOf, recordsOf, SIDE_M, type City } from "../support/attacks/city.ts";
import { medianOf, type Place } from "../support/attacks/constellation.ts";
import {
  placeFromProfile,
  profileOf,
  scaledScores,
  type MappedPile,
} from "../support/attacks/profile.ts";
import { playServers, wordsHeard } from "../support/attacks/servers.ts";

const STARTS_A_SIDE = 16;

/**
 * One buyer among many piles, numbers that the attacker sees of it, and how far off its guess is.
 */
interface Setting {
  readonly name: string;
  readonly city: City;
  readonly map: readonly MappedPile[];
  readonly position: Place;
}

const settingOf = (piles: number, round: number): Setting => {
  const name = `profile ${piles} ${round}`;
  const city = cityOf(name, 1, piles);
  const map = city.offers.map(({ position, pricePerKwh }) => ({
    ...position,
    ask: Number(pricePerKwh),
  }));
  const position = city.requests[0]?.position;
  if (position === undefined) throw new Error("settingOf: expected a buyer");
  return { name, city, map, position };
};

const errorM = ({ map, position }: Setting, numbers: readonly bigint[]): number => {
  const { place } = placeFromProfile(map, profileOf(numbers), SIDE_M, STARTS_A_SIDE);
  return Math.hypot(place.xM - position.xM, place.yM - position.yM);
};

describe("a cloud that knows the map of all piles", () => {
  for (const [piles, rounds] of [
    [10, 20],
    [30, 8],
    [100, 3],
  ] as const) {
    const settings = Array.from({ length: rounds }, (_, round) => settingOf(piles, round));

    it(`guesses where a buyer is, among ${piles}`, async () => {
      const errors: number[] = [];
      for (const setting of settings) {
        const { cloud } = await playServers(seededRng(setting.name), recordsOf(setting.city));
        errors.push(errorM(setting, wordsHeard(cloud).slice(0, piles).map(BigInt)));
      }
      expect(medianOf(errors)).to.be.above(0.3 * SIDE_M);
    });

    it(`straw man: finds it to the metre where ratios of scores are seen, among ${piles}`, () => {
      const errors = settings.map((setting) => {
        const stream = seededStream(setting.name, "scale");
        return errorM(setting, scaledScores(setting.position, setting.map, stream));
      });
      expect(Math.max(...errors)).to.be.below(1);
    });
  }
});
