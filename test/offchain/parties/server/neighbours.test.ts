import { expect } from "chai";
import fc from "fast-check";
import { cellOf, distanceM, leastDistanceM } from "../../../../offchain/core/cloak/grid.ts";
import { sortedCells, type Area, type Cell } from "../../../../offchain/core/messages/area.ts";
import { candidatesOf } from "../../../../offchain/parties/server/neighbours.ts";

const AREA: Area = { cellM: 250, west: 0, south: 0, columns: 40, rows: 40, reachM: 900 };
const cell = fc.record({ column: fc.nat({ max: 39 }), row: fc.nat({ max: 39 }) });
const cells = fc.array(cell, { maxLength: 5 }).map(sortedCells);
const located = (given: readonly Cell[]) => ({ upload: { cells: given } });
const place = fc.record({ xM: fc.nat({ max: 9_999 }), yM: fc.nat({ max: 9_999 }) });

function inReach(some: readonly Cell[], others: readonly Cell[], { cellM, reachM }: Area): boolean {
  if (some.length === 0 || others.length === 0) return true;
  return some.some((a) => others.some((b) => leastDistanceM(a, b, cellM) <= reachM));
}

describe("who is compared with whom", () => {
  it("is told by the cells, as comparing all of them would", () => {
    fc.assert(
      fc.property(
        fc.array(cells, { maxLength: 6 }),
        fc.array(cells, { maxLength: 9 }),
        fc.constantFrom(0, 249, 900, 4_000, 131_070),
        (buyers, sellers, reachM) => {
          const area = { ...AREA, reachM };
          const expected = buyers.map((own) =>
            sellers.flatMap((theirs, k) => (inReach(own, theirs, area) ? [k] : [])),
          );
          const found = candidatesOf(area, buyers.map(located), sellers.map(located));
          expect(found).to.deep.equal(expected);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it("loses no pair that is in reach, however many cells hide where somebody is", () => {
    const hidden = fc.tuple(place, cells);
    fc.assert(
      fc.property(
        fc.array(hidden, { maxLength: 5 }),
        fc.array(hidden, { maxLength: 8 }),
        (buyers, sellers) => {
          const hide = ([at, others]: readonly [{ xM: number; yM: number }, readonly Cell[]]) =>
            located(sortedCells([cellOf(at, AREA.cellM), ...others]));
          const found = candidatesOf(AREA, buyers.map(hide), sellers.map(hide));
          for (const [i, [buyer]] of buyers.entries()) {
            for (const [j, [seller]] of sellers.entries()) {
              if (distanceM(buyer, seller) <= AREA.reachM) expect(found[i]).to.include(j);
            }
          }
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });

  it("is searched for once for each list of cells: a bucket shares what is found", () => {
    const [here, there] = [located([{ column: 1, row: 1 }]), located([{ column: 30, row: 30 }])];
    const sellers = [here, there, located([])];
    const [first, second, far, anywhere, alike] = candidatesOf(
      AREA,
      [here, located([{ column: 1, row: 1 }]), there, located([]), located([])],
      sellers,
    );
    expect(second).to.equal(first);
    expect(alike).to.equal(anywhere);
    expect([first, far, anywhere]).to.deep.equal([
      [0, 2],
      [1, 2],
      [0, 1, 2],
    ]);
  });
});
