import { expect } from "chai";
import fc from "fast-check";

import { CloakError } from "../../../../offchain/core/cloak/cloakError.ts";
import {
  cellOf,
  distanceM,
  leastDistanceM,
  type Place,
} from "../../../../offchain/core/cloak/grid.ts";
import {
  pairsInReach,
  type Reaching,
  type Standing,
} from "../../../../offchain/core/cloak/neighbours.ts";
import { expectError } from "../../../support/importers/errors.ts";

const CELL_M = 250;
const cell = fc.record({
  column: fc.integer({ min: 0, max: 30 }),
  row: fc.integer({ min: 0, max: 30 }),
});
const cells = fc.array(cell, { minLength: 1, maxLength: 6 });
const buckets = fc.array(fc.record({ cells, reachM: fc.constantFrom(0, 100, 250, 900, 2_000.5) }), {
  maxLength: 8,
});
const piles = fc.array(fc.record({ cells }), { maxLength: 25 });
const coordinate = fc.integer({ min: 0, max: 6_000 });
const places = fc.array(fc.record({ xM: coordinate, yM: coordinate }), { minLength: 1 });

/** Everybody with everybody. */
function bruteForce({ cells: own, reachM }: Reaching, of: readonly Standing[]): readonly number[] {
  return of.flatMap((pile, index) => {
    const near = own.some((a) => pile.cells.some((b) => leastDistanceM(a, b, CELL_M) <= reachM));
    return near ? [index] : [];
  });
}

describe("neighbours", () => {
  it("are those that comparing everybody with everybody finds", () => {
    fc.assert(
      fc.property(buckets, piles, (some, others) => {
        const expected = some.map((bucket) => bruteForce(bucket, others));
        expect(pairsInReach(some, others, CELL_M).pilesOf).to.deep.equal(expected);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it("miss no pair of places in reach of each other", () => {
    fc.assert(
      fc.property(places, places, fc.integer({ min: 0, max: 3_000 }), (buyers, sites, reachM) => {
        const bucket = { cells: buyers.map((at: Place) => cellOf(at, CELL_M)), reachM };
        const standing = sites.map((at) => ({ cells: [cellOf(at, CELL_M)] }));
        const [found = []] = pairsInReach([bucket], standing, CELL_M).pilesOf;
        for (const [index, site] of sites.entries()) {
          const inReach = buyers.some((buyer) => distanceM(buyer, site) <= reachM);
          if (inReach) expect(found).to.include(index);
        }
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it("cost no more in a larger city of the same density", () => {
    const stepsIn = (side: number): number => {
      const all = Array.from({ length: side * side }, (_, index) => ({
        cells: [{ column: index % side, row: Math.floor(index / side) }],
        reachM: 500,
      }));
      return pairsInReach(all, all, CELL_M).steps / all.length;
    };
    expect(stepsIn(60) / stepsIn(15)).to.be.below(1.15);
  });

  it("refuse a reach that is none and cells off the plane", () => {
    const here = [{ column: 1, row: 1 }];
    for (const reachM of [-1, NaN, Infinity, 1e9]) {
      const act = () => pairsInReach([{ cells: here, reachM }], [], CELL_M);
      expectError(act, CloakError, "E_CLOAK_REACH");
    }
    const far = [{ cells: [{ column: 0, row: 300 }] }];
    expectError(() => pairsInReach([], far, CELL_M), CloakError, "E_CLOAK_CELL");
    expectError(() => pairsInReach([], [], 10), CloakError, "E_CLOAK_CELL_SIZE");
  });
});
