/**
 * Colluding sellers on our matching, at places and prices of their choice, together with the cloud.
 * They get the winners: of each buyer at most as many bits as there are of them. Where ratios of
 * scores are seen, four sellers that are recognised by their scores find every buyer, and one that
 * is recognised by its price gets closer than a guess.
 */
import { expect } from "chai";
import type { ClearOffer } from "../../offchain/core/messages/records.ts";
import { seededRng, seededStream } from "../../offchain/study/worlds/seededRng.ts";
import { cityOf, recordsOf, SIDE_M, type City } from "../support/attacks/city.ts";
import { medianOf, type Place } from "../support/attacks/constellation.ts";
import { anyPile, learnMarket, placeFromCrowd } from "../support/attacks/crowd.ts";
import {
  gridOf,
  placeFromLabelled,
  profileOf,
  scaledScores,
  type MappedPile,
} from "../support/attacks/profile.ts";
import { playBare, playServers, wordsHeard, type ServerView } from "../support/attacks/servers.ts";
import { placesOnCircles, type Circle } from "../support/attacks/trilateration.ts";

const BUYERS = 20;
const CENTRE: Place = { xM: SIDE_M / 2, yM: SIDE_M / 2 };
const DEAREST = 2 ** 24 - 1;

const [aRequest, anOffer] = (() => {
  const { requests, offers } = cityOf("anybody", 1, 1);
  const [request, offer] = [requests[0], offers[0]];
  if (!request || !offer) throw new Error("expected one of each");
  return [{ ...request, featureBids: [null, null] }, offer] as const;
})();

const fake = ({ xM, yM, ask }: MappedPile): ClearOffer => ({
  ...anOffer,
  position: { xM, yM },
  pricePerKwh: BigInt(ask),
});

describe("colluding sellers and the cloud", () => {
  const victims = gridOf(SIDE_M, 14).map(({ xM, yM }) => ({
    xM: Math.round(xM),
    yM: Math.round(yM),
  }));
  const cityAround = (position: Place, fakes: readonly MappedPile[]): City => ({
    requests: [{ ...aRequest, position, maxDistanceM: 3_000 }],
    offers: fakes.map(fake),
  });

  for (const sellers of [1, 3, 7]) {
    it(`learn of a buyer at most log₂(${sellers + 1}) bits with ${sellers} sellers: who of them meets it`, async () => {
      const stream = seededStream("fakes", `${sellers}`);
      const fakes = Array.from({ length: sellers }, () => anyPile(stream, SIDE_M, [0, 100_000]));
      const outcomes = new Map<string, number>();
      for (const [k, victim] of victims.entries()) {
        const records = recordsOf(cityAround(victim, fakes.map(rounded)));
        const { matching } = await playServers(seededRng(k), records);
        const outcome = matching.winners.join();
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      const bits = entropyOf([...outcomes.values()]);
      expect(outcomes.size).to.be.within(2, sellers + 1);
      expect(bits).to.be.at.most(Math.log2(sellers + 1));
    });
  }

  it("learn nothing with sellers that nobody takes", async () => {
    const fakes = gridOf(SIDE_M, 3).map((place) => rounded({ ...place, ask: DEAREST }));
    const outcomes = new Set<string>();
    for (const [k, victim] of victims.entries()) {
      const records = recordsOf(cityAround(victim, fakes));
      const { matching } = await playServers(seededRng(k), records);
      outcomes.add(matching.winners.join());
    }
    expect(outcomes.size).to.equal(1);
  });

  const colluders: readonly MappedPile[] = [
    { xM: 2_000, yM: 3_000, ask: DEAREST },
    { xM: 9_000, yM: 4_500, ask: DEAREST },
    { xM: 5_000, yM: 9_000, ask: DEAREST },
  ];
  const victim: Place = { xM: 6_789, yM: 1_234 };

  it("draw no circles that meet", async () => {
    const records = recordsOf(cityAround(victim, colluders));
    const { cloud } = await playServers(seededRng("circles"), records);
    expect(placesOnCircles(circlesOf(cloud, colluders))).to.deep.equal([]);
  });

  it("straw man: find the buyer where the same circles meet if nothing is masked", async () => {
    const { cloud } = await playBare(recordsOf(cityAround(victim, colluders)));
    const [place, ...more] = placesOnCircles(circlesOf(cloud, colluders));
    expect(more).to.deep.equal([]);
    expect([place?.xM, place?.yM].map((metres = 0) => Math.round(metres))).to.deep.equal([
      victim.xM,
      victim.yM,
    ]);
  });
});

describe("colluding sellers that are recognised by their scores", () => {
  /**
   * So far away that each has the only score of its size, whoever buys. Nobody takes them, so
   * nobody audits them.
   */
  const far: readonly MappedPile[] = [
    { xM: 28_000, yM: 10_000, ask: 400_000 },
    { xM: 0, yM: 42_000, ask: 400_000 },
    { xM: 60_000, yM: 0, ask: 400_000 },
    { xM: 65_535, yM: 65_535, ask: 400_000 },
  ];
  const crowded = (name: string, fakes: readonly MappedPile[]): City => {
    const { requests, offers } = cityOf(name, BUYERS, 20 - fakes.length);
    return { requests, offers: [...offers, ...fakes.map(fake)] };
  };
  const errorsOf = ({ requests }: City, guesses: readonly Place[]): readonly number[] =>
    guesses.map((guess, k) => apartM(guess, requests[k]?.position ?? CENTRE));
  const mapOf = ({ offers }: City): readonly MappedPile[] =>
    offers.map(({ position, pricePerKwh }) => ({ ...position, ask: Number(pricePerKwh) }));

  it("are four, and find nobody", async () => {
    const city = crowded("four", far);
    const { cloud } = await playServers(seededRng("four"), recordsOf(city));
    const words = wordsHeard(cloud).map(BigInt);
    const guesses = city.requests.map((_, k) =>
      placeOfFour(profileOf(words.slice(20 * k, 20 * (k + 1))), far),
    );
    expect(medianOf(errorsOf(city, guesses))).to.be.above(0.3 * SIDE_M);
  });

  it("straw man: are four, and find every buyer to the metre where ratios are seen", () => {
    const city = crowded("four", far);
    const stream = seededStream("four", "scale");
    const guesses = city.requests.map(({ position }) =>
      placeOfFour(profileOf(scaledScores(position, mapOf(city), stream)), far),
    );
    const errors = errorsOf(city, guesses);
    expect(errors).to.have.lengthOf(BUYERS);
    expect(Math.max(...errors)).to.be.below(1);
  });

  it("straw man: are one, suspected by a price that nobody pays, and come closer than a guess", () => {
    const stream = seededStream("one", "market");
    const market = learnMarket(() => anyPile(stream, SIDE_M, [200_000, 500_000]), SIDE_M);
    const one: MappedPile = { xM: 1_000, yM: 1_000, ask: DEAREST };
    const [errors, prior]: [number[], number[]] = [[], []];
    for (let k = 0; k < 100; k += 1) {
      const { requests, offers } = cityOf(`one ${k}`, 1, 19);
      const city = { requests, offers: [...offers, fake(one)] };
      const guesses = requests.map(({ position, maxPricePerKwh }) => {
        const piles = mapOf(city);
        const scores = scaledScores(position, piles, stream);
        const suspects = tooDear(piles, scores, Number(maxPricePerKwh));
        return placeFromCrowd(market, one, { profile: profileOf(scores), suspects });
      });
      errors.push(...errorsOf(city, guesses));
      prior.push(...errorsOf(city, [CENTRE]));
    }
    expect(medianOf(errors)).to.be.below(0.8 * medianOf(prior));
  });
});

function rounded({ xM, yM, ask }: MappedPile): MappedPile {
  return { xM: Math.round(xM), yM: Math.round(yM), ask };
}

/** From the four largest numbers; the middle of the city if they do not suit. */
function placeOfFour(profile: readonly number[], four: readonly MappedPile[]): Place {
  return placeFromLabelled(four, profile.slice(-four.length))?.place ?? CENTRE;
}

/** Places of the profile whose piles ask more than the buyer pays. */
function tooDear(
  piles: readonly MappedPile[],
  scores: readonly bigint[],
  mostPaid: number,
): readonly number[] {
  const ascending = [...scores.keys()].sort((j, k) =>
    (scores[j] ?? 0n) < (scores[k] ?? 0n) ? -1 : 1,
  );
  return [...ascending.keys()].filter(
    (place) => (piles[ascending[place] ?? -1]?.ask ?? 0) > mostPaid,
  );
}

/** Around every colluder, as far as the cloud's summands are apart. */
function circlesOf({ summands }: ServerView, colluders: readonly MappedPile[]): readonly Circle[] {
  const [x = 0n, y = 0n] = summands.requests[0] ?? [];
  return colluders.map((centre, k) => {
    const [atX = 0n, atY = 0n] = summands.offers[k] ?? [];
    const [dx, dy] = [x - atX, y - atY].map((d) => Number(BigInt.asIntN(17, d)));
    return { centre, radiusM: Math.hypot(dx ?? 0, dy ?? 0) };
  });
}

/** In bits. */
function entropyOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}

function apartM(a: Place, b: Place): number {
  return Math.hypot(a.xM - b.xM, a.yM - b.yM);
}
