/** The paper's own numbers, and its algorithm's conditions. */
import { expect } from "chai";

import { drawsOf } from "../../../../offchain/core/cloak/draws.ts";
import { distanceM, type Place } from "../../../../offchain/core/cloak/grid.ts";
import {
  closedNeighbourhood,
  graphOf,
  isComplete,
  meanShare,
  shareOf,
} from "../../../../offchain/study/cloak/paperReproduction/graph.ts";
import {
  paperChoice,
  type PaperSettings,
} from "../../../../offchain/study/cloak/paperReproduction/paperCloak.ts";
import { seededRng, seededStream } from "../../../../offchain/study/worlds/seededRng.ts";
import { expectNear } from "../../../support/near.ts";
import { FIGURE_4, FIGURE_5 } from "../../../support/cloak/paperFigures.ts";

const SETTINGS: PaperSettings = {
  k: 5,
  r: 10,
  leastSpreadM: 300,
  edgeM: 1_500,
  seconds: 60,
  leastRadiusM: 500,
  mostRadiusM: 40_000,
  mostExchanges: 50,
};

function places(seed: string, count: number, sideM: number): readonly Place[] {
  const stream = seededStream(seed, "places");
  const coordinate = (): number => stream.uniformInt(0, sideM);
  return Array.from({ length: count }, () => ({ xM: coordinate(), yM: coordinate() }));
}

describe("the paper's graphs", () => {
  it("have Δ = 4/6 at all vertices of its figure 4, and so on average", () => {
    for (const vertex of FIGURE_4.keys()) expectNear(shareOf(FIGURE_4, vertex), 4 / 6, 1e-12);
    expectNear(meanShare(FIGURE_4), 0.6667, 5e-5);
  });

  it("have Δ_A = 4/6, Δ_B = 5/6 and a mean of 0.7222 in its figure 5", () => {
    expectNear(shareOf(FIGURE_5, 0), 4 / 6, 1e-12);
    expectNear(shareOf(FIGURE_5, 1), 5 / 6, 1e-12);
    expectNear(meanShare(FIGURE_5), 0.7222, 5e-5);
  });

  it("have exactly the four triangles of figure 5", () => {
    const triangles: string[] = [];
    for (let a = 0; a < 6; a += 1) {
      for (let b = a + 1; b < 6; b += 1) {
        for (let c = b + 1; c < 6; c += 1) {
          const all = [a, b, c].every((v) =>
            [a, b, c].every((w) => closedNeighbourhood(FIGURE_5, v).includes(w)),
          );
          if (all) triangles.push([a, b, c].map((v) => "ABCDEF"[v]).join(""));
        }
      }
    }
    expect(triangles).to.deep.equal(["ABC", "BCE", "BDE", "DEF"]);
  });

  it("have a mean of 1 when they are complete, and only then", () => {
    const triangle = graphOf(3, [
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
    expect(isComplete(triangle)).to.equal(true);
    expect(meanShare(triangle)).to.equal(1);
    expect(isComplete(FIGURE_5)).to.equal(false);
  });
});

describe("the paper's algorithm", () => {
  const draws = drawsOf(seededRng("paper"));
  const crowd = places("crowd", 80, 5_000);

  it("gives k different vehicles, the target among them, at least δ apart on average", () => {
    for (const target of crowd.keys()) {
      const choice = paperChoice(target, 10, crowd, SETTINGS, draws);
      if (choice === null) throw new Error("expected a choice in a dense crowd");
      expect(new Set(choice.members).size).to.equal(SETTINGS.k);
      expect(choice.members[0]).to.equal(target);
      expect(choice.spreadM).to.be.at.least(SETTINGS.leastSpreadM);
      expect(choice.vertices).to.be.within(SETTINGS.k + 1, SETTINGS.r);
      expect(choice.meanShare).to.be.within(0, 1 - 1e-9);
    }
  });

  it("draws a centre around the target: not at it, never farther than the radius", () => {
    const offsets = [...crowd.keys()].map((target) => {
      const choice = paperChoice(target, 10, crowd, SETTINGS, draws);
      const at = crowd[target];
      return choice === null || at === undefined
        ? NaN
        : distanceM(choice.centre, at) / choice.radiusM;
    });
    expect(Math.max(...offsets)).to.be.at.most(1);
    // Uniform in a disc: two thirds of the radius on average.
    expectNear(offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length, 2 / 3, 0.11);
  });

  it("fails rather than to lower δ or k: too few vehicles, too close, or all connected", () => {
    const fails = (of: readonly Place[], changed: Partial<PaperSettings>): void => {
      expect(paperChoice(0, 10, of, { ...SETTINGS, ...changed }, draws)).to.equal(null);
    };
    fails(places("few", 20, 5_000), {});
    fails(crowd, { leastSpreadM: 20_000 });
    fails(places("close", 80, 100), {});
    fails(crowd, { edgeM: 1 });
  });

  it("takes the farthest where exchanging does not help", () => {
    // Four arms around a spot: only they and the target are spread enough.
    const spot = Array.from({ length: 24 }, (_, index) => ({ xM: 5_000 + index, yM: 5_000 }));
    const arms = [
      { xM: 7_000, yM: 5_000 },
      { xM: 3_000, yM: 5_000 },
      { xM: 5_000, yM: 7_000 },
      { xM: 5_000, yM: 3_000 },
    ];
    const settings = { ...SETTINGS, r: 13, edgeM: 2_050, leastSpreadM: 2_700, mostExchanges: 0 };
    const all = [{ xM: 5_000, yM: 5_000 }, ...arms, ...spot];
    const choice = paperChoice(0, 10, all, settings, draws);
    expect(choice?.members.slice().sort((a, b) => a - b)).to.deep.equal([0, 1, 2, 3, 4]);
  });
});
