import { expect } from "chai";
import fc from "fast-check";

import { movedApart } from "../../../../offchain/study/figures/movedApart.ts";
import { distanceM } from "../../../../offchain/study/worlds/geography.ts";
import type { Position } from "../../../../offchain/study/worlds/world.ts";
import { expectNear } from "../../../support/near.ts";

function leastGap(points: readonly Position[]): number {
  return points
    .flatMap((a, index) => points.slice(index + 1).map((b) => distanceM(a, b)))
    .reduce((least, gap) => Math.min(least, gap), Infinity);
}

describe("movedApart", () => {
  it("leaves points alone that have room", () => {
    const points = [
      { xM: 0, yM: 0 },
      { xM: 10, yM: 0 },
      { xM: 0, yM: 10.5 },
    ];
    expect(movedApart(points, 10)).to.deep.equal(points);
  });

  it("parts two close points along their line and keeps their middle", () => {
    const [a, b] = movedApart(
      [
        { xM: 4, yM: 0 },
        { xM: 6, yM: 0 },
      ],
      10,
    );
    expectNear(a?.xM ?? NaN, 0, 0.01);
    expectNear(b?.xM ?? NaN, 10, 0.01);
    expectNear(a?.yM ?? NaN, 0, 1e-9);
  });

  it("parts a dozen points in the very same place", () => {
    const points = Array.from({ length: 12 }, () => ({ xM: 500, yM: 500 }));
    const moved = movedApart(points, 10);
    expect(leastGap(moved)).to.be.greaterThan(9);
    expect(
      Math.max(...moved.map((point) => distanceM(point, { xM: 500, yM: 500 }))),
    ).to.be.lessThan(40);
  });

  it("never brings points of a crowd closer than they were asked to be and repeats itself", () => {
    const position = fc.record({
      xM: fc.integer({ max: 99, min: 0 }),
      yM: fc.integer({ max: 99, min: 0 }),
    });
    fc.assert(
      fc.property(fc.array(position, { maxLength: 30 }), (points) => {
        const moved = movedApart(points, 10);
        expect(moved).to.have.length(points.length);
        expect(leastGap(moved)).to.be.at.least(Math.min(leastGap(points), 8));
        expect(movedApart(points, 10)).to.deep.equal(moved);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("ends quickly for thousands of points", function () {
    this.timeout(5_000);
    const points = Array.from({ length: 6_000 }, (_, index) => ({
      xM: index % 70,
      yM: index % 90,
    }));
    expect(movedApart(points, 10)).to.deep.equal(points);
  });
});
