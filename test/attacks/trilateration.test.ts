/**
 * P3 once more: the paper holds that "only a straight distance" does not locate anybody. Three of
 * them do.
 */
import { expect } from "chai";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { literalRule, paperDistanceM } from "../../offchain/study/paper/rules.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, tinyKey, uploadsOf } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import type { Place } from "../support/attacks/constellation.ts";
import { type Circle, placesOnCircles } from "../support/attacks/trilateration.ts";

describe("trilateration attack on the paper's round", () => {
  const key = tinyKey();
  const zeros = uniformZeros(key.publicKey, counterRng("trilateration"));
  const victims: readonly Place[] = [
    { xM: 1234, yM: 567 },
    { xM: 3, yM: 2999 },
    { xM: 2500, yM: 1801 },
  ];
  const inTriangle: readonly Place[] = [
    { xM: 200, yM: 300 },
    { xM: 2600, yM: 450 },
    { xM: 1400, yM: 2700 },
  ];
  const inLine: readonly Place[] = [
    { xM: 100, yM: 100 },
    { xM: 900, yM: 500 },
    { xM: 2900, yM: 1500 },
  ];

  /**
   * For every victim the circles around the colluding sellers: places of theirs, distances of the
   * cloud's.
   */
  const circlesFrom = (colluders: readonly Place[]): readonly (readonly Circle[])[] => {
    const circles = victims.map((): Circle[] => []);
    runPairwiseRound({
      ...uploadsOf(zeros, {
        // Nobody is in reach, so nobody leaves and every pair is looked at.
        buyers: victims.map((place) => aBuyer({ ...place, maxDistanceM: 0 })),
        sellers: colluders.map((place) => aSeller(place)),
      }),
      rule: literalRule,
      open: (c) => decrypt(key, c),
      onSighting: ({ buyer, seller, pair }) => {
        const centre = colluders[seller];
        if (centre === undefined) throw new Error("expected a colluder");
        circles[buyer]?.push({ centre, radiusM: paperDistanceM(pair) });
      },
    });
    return circles;
  };

  const rounded = (places: readonly Place[]): readonly Place[] =>
    places.map(({ xM, yM }) => ({ xM: Math.round(xM), yM: Math.round(yM) }));

  it("finds the one place with three colluding sellers", () => {
    for (const [k, circles] of circlesFrom(inTriangle).entries()) {
      expect(rounded(placesOnCircles(circles))).to.deep.equal([victims[k]]);
    }
  });

  it("finds two candidates with two, one of them the place", () => {
    for (const [k, circles] of circlesFrom(inTriangle.slice(0, 2)).entries()) {
      const places = rounded(placesOnCircles(circles));
      expect(places).to.have.lengthOf(2);
      expect(places).to.deep.include(victims[k]);
      expect(places[0]).to.not.deep.equal(places[1]);
    }
  });

  it("finds two candidates with three in line: the mirror stays", () => {
    for (const [k, circles] of circlesFrom(inLine).entries()) {
      const places = rounded(placesOnCircles(circles));
      expect(places).to.have.lengthOf(2);
      expect(places).to.deep.include(victims[k]);
    }
  });

  it("finds nobody at distances that do not belong together", () => {
    const [circles] = circlesFrom(inTriangle);
    const masked = (circles ?? []).map((circle, k) => ({ ...circle, radiusM: 700 + 13 * k }));
    expect(placesOnCircles(masked)).to.deep.equal([]);
  });
});
