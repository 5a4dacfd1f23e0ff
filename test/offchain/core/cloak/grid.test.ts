import { expect } from "chai";
import fc from "fast-check";

import { CloakError } from "../../../../offchain/core/cloak/cloakError.ts";
import {
  cellOf,
  centreOf,
  checkCell,
  distanceM,
  hilbertIndex,
  leastDistanceM,
  MOST_COORDINATE_M,
} from "../../../../offchain/core/cloak/grid.ts";
import { meanPairDistanceM } from "../../../../offchain/core/cloak/spread.ts";
import { expectNear } from "../../../support/near.ts";
import { expectError } from "../../../support/importers/errors.ts";

const coordinate = fc.integer({ min: 0, max: MOST_COORDINATE_M });
const place = fc.record({ xM: coordinate, yM: coordinate });
const cellM = fc.integer({ min: 250, max: 5_000 });
const runs = { numRuns: 300, seed: 11 };

describe("grid", () => {
  it("has every place in the cell around it", () => {
    fc.assert(
      fc.property(place, cellM, (at, sideM) => {
        const centre = centreOf(cellOf(at, sideM), sideM);
        expect(Math.abs(at.xM - centre.xM)).to.be.at.most(sideM / 2);
        expect(Math.abs(at.yM - centre.yM)).to.be.at.most(sideM / 2);
      }),
      runs,
    );
  });

  it("never takes two cells to be farther apart than places in them are", () => {
    fc.assert(
      fc.property(place, place, cellM, (a, b, sideM) => {
        const leastM = leastDistanceM(cellOf(a, sideM), cellOf(b, sideM), sideM);
        const reallyM = distanceM(a, b);
        expect(leastM).to.be.at.most(reallyM);
        expect(reallyM - leastM).to.be.at.most(2 * Math.SQRT2 * sideM);
      }),
      runs,
    );
  });

  it("refuses cells that would be places, and places off the plane", () => {
    const refused = (xM: number, yM: number, sideM: number, code: string): void => {
      expectError(() => cellOf({ xM, yM }, sideM), CloakError, code);
    };
    refused(0, 0, 249, "E_CLOAK_CELL_SIZE");
    refused(0, 0, 250.5, "E_CLOAK_CELL_SIZE");
    refused(-1, 0, 250, "E_CLOAK_PLACE");
    refused(0, MOST_COORDINATE_M + 1, 250, "E_CLOAK_PLACE");
    refused(0.5, 0, 250, "E_CLOAK_PLACE");
    const outside = { column: 263, row: 0 };
    expectError(
      () => {
        checkCell(outside, 250);
      },
      CloakError,
      "E_CLOAK_CELL",
    );
  });

  it("walks the Hilbert curve: every cell once, each step to a neighbour", () => {
    const side = 512;
    const visited = new Int32Array(side * side).fill(-1);
    for (let column = 0; column < side; column += 1) {
      for (let row = 0; row < side; row += 1) {
        visited[hilbertIndex({ column, row })] = column * side + row;
      }
    }
    const steps = visited.slice(1).map((key, index) => {
      const before = visited[index] ?? NaN;
      const columns = Math.abs(Math.floor(key / side) - Math.floor(before / side));
      return columns + Math.abs((key % side) - (before % side));
    });
    expect(visited.indexOf(-1)).to.equal(-1);
    expect(steps.every((step) => step === 1)).to.equal(true);
  });
});

describe("mean pair distance", () => {
  it("is 400 m on the corners of a rectangle of 300 m by 400 m", () => {
    const corners = [
      { xM: 0, yM: 0 },
      { xM: 0, yM: 300 },
      { xM: 400, yM: 0 },
      { xM: 400, yM: 300 },
    ];
    expectNear(meanPairDistanceM(corners), 400, 1e-9);
  });

  it("is 0 for one place and for none", () => {
    expect(meanPairDistanceM([{ xM: 3, yM: 4 }])).to.equal(0);
    expect(meanPairDistanceM([])).to.equal(0);
  });
});
