import { expect } from "chai";
import fc from "fast-check";

import { panelAround, stepText } from "../../../../offchain/study/figures/mapGround.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { expectNear } from "../../../support/near.ts";

const WORLD = buildScenario("hamlet", { seed: 1 });
const coordinate = fc.integer({ min: 0, max: 65_535 });
const positions = fc.array(fc.record({ xM: coordinate, yM: coordinate }), { minLength: 1 });

describe("panelAround", () => {
  it("holds every position, at one scale in both directions, with lines at round steps", () => {
    fc.assert(
      fc.property(positions, (shown) => {
        const { eastM, northM, widthPx, heightPx, pxPerM, stepM } = panelAround(shown, WORLD);
        for (const { xM, yM } of shown) {
          expect(xM).to.be.within(eastM[0], eastM[1]);
          expect(yM).to.be.within(northM[0], northM[1]);
        }
        expectNear(widthPx / (eastM[1] - eastM[0]), pxPerM, 1e-9 * pxPerM);
        expectNear(heightPx / (northM[1] - northM[0]), pxPerM, 1e-9 * pxPerM);
        expect(Math.max(widthPx, heightPx)).to.be.within(639, 950);
        expect(Math.min(widthPx, heightPx)).to.be.within(430, 641);
        expect(stepM * pxPerM).to.be.within(64, 161);
        expect(String(stepM)).to.match(/^[125]0*$/);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("crops to the positions, not to the frame", () => {
    const { eastM, northM } = panelAround(
      [
        { xM: 400, yM: 500 },
        { xM: 600, yM: 650 },
      ],
      WORLD,
    );
    expect(eastM).to.deep.equal([394, 606]);
    expect(northM).to.deep.equal([494, 656]);
  });

  it("shows the frame of a world without a position", () => {
    const { eastM, northM } = panelAround([], WORLD);
    expect(eastM).to.deep.equal([-30, 1030]);
    expect(northM).to.deep.equal([-30, 1030]);
  });
});

describe("stepText", () => {
  it("uses metres below 200 m and kilometres from there on", () => {
    expect([50, 100, 200, 500, 5_000].map(stepText)).to.deep.equal([
      "50 m",
      "100 m",
      "0.2 km",
      "0.5 km",
      "5 km",
    ]);
  });
});
