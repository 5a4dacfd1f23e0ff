import { expect } from "chai";
import fc from "fast-check";
import {
  LEAST_CELL_M as LEAST_OF_CLOAKING,
  MOST_COORDINATE_M,
} from "../../../../offchain/core/cloak/grid.ts";
import {
  areaFromJson,
  areaHash,
  cellsFault,
  checkArea,
  LEAST_CELL_M,
  MOST_CELLS,
  MOST_REACH_M,
  sortedCells,
  wholeFrame,
  type Area,
  type Cell,
} from "../../../../offchain/core/messages/area.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const TOWN: Area = { cellM: 250, west: 10, south: 20, columns: 12, rows: 8, reachM: 1_600 };
const RANGE = "AreaError E_AREA_RANGE";
const FORM = "AreaError E_AREA_FORM";

describe("an area", () => {
  it("is the whole frame, with every cell that a place can be in", () => {
    expect(wholeFrame(250)).to.deep.equal({
      cellM: 250,
      west: 0,
      south: 0,
      columns: 263,
      rows: 263,
      reachM: MOST_REACH_M,
    });
    expect(LEAST_CELL_M).to.equal(LEAST_OF_CLOAKING);
    expect(wholeFrame(MOST_COORDINATE_M, 5)).to.deep.include({ columns: 2, rows: 2, reachM: 5 });
  });

  it("has another hash where any of its numbers is another", () => {
    const others = Object.keys(TOWN).map((name) => ({ ...TOWN, [name]: 251 }));
    const fitting = others.filter((area) => refusal(() => areaHash(area)) === "accepted");
    expect(fitting.length).to.be.at.least(4);
    const hashes = [TOWN, ...fitting].map(areaHash);
    expect(new Set(hashes).size).to.equal(hashes.length);
  });

  it("is refused where a number is out of its range, or a cell beyond the frame", () => {
    const wrong: readonly Partial<Area>[] = [
      { cellM: 249 },
      { cellM: 65_536 },
      { cellM: 250.5 },
      { west: -1 },
      { west: 263 },
      { columns: 0 },
      { columns: 254 },
      { rows: 244 },
      { south: NaN },
      { reachM: -1 },
      { reachM: MOST_REACH_M + 1 },
    ];
    for (const change of wrong) {
      const name = JSON.stringify(change);
      expect(
        refusal(() => {
          checkArea({ ...TOWN, ...change });
        }),
        name,
      ).to.equal(RANGE);
      expect(
        refusal(() => areaHash({ ...TOWN, ...change })),
        name,
      ).to.equal(RANGE);
    }
    checkArea({ ...TOWN, columns: 253, rows: 243, reachM: 0 });
  });

  it("is read from its JSON, and from no other", () => {
    expect(areaFromJson(JSON.parse(JSON.stringify(TOWN)))).to.deep.equal(TOWN);
    const { reachM, ...short } = TOWN;
    for (const json of [short, { ...TOWN, more: 1 }, { ...TOWN, west: "1" }, [], null, reachM]) {
      expect(refusal(() => areaFromJson(json))).to.equal(FORM);
    }
    expect(refusal(() => areaFromJson({ ...TOWN, rows: 300 }))).to.equal(RANGE);
  });
});

describe("cells of an upload", () => {
  const inTown = fc.record({
    column: fc.integer({ min: 10, max: 21 }),
    row: fc.integer({ min: 20, max: 27 }),
  });

  it("are accepted sorted, repeated or not, whatever there are", () => {
    fc.assert(
      fc.property(fc.array(inTown, { maxLength: 20 }), (cells) => {
        expect(cellsFault(TOWN, sortedCells([...cells, ...cells]))).to.equal(null);
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(cellsFault(TOWN, [])).to.equal(null);
  });

  it("have one order", () => {
    fc.assert(
      fc.property(fc.array(inTown, { minLength: 2, maxLength: 9 }), (cells) => {
        const sorted = sortedCells(cells);
        expect(sortedCells(cells.toReversed())).to.deep.equal(sorted);
        const same = JSON.stringify(cells) === JSON.stringify(sorted);
        expect(cellsFault(TOWN, cells) === null).to.equal(same);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it("are refused outside the area, between cells, and too many", () => {
    const corner: Cell = { column: 21, row: 27 };
    expect(cellsFault(TOWN, [corner])).to.equal(null);
    for (const cell of [
      { column: 22, row: 27 },
      { column: 21, row: 28 },
      { column: 9, row: 20 },
      { column: 10, row: 19 },
      { column: 10.5, row: 20 },
      { column: NaN, row: 20 },
    ]) {
      expect(cellsFault(TOWN, [cell]), JSON.stringify(cell)).to.be.a("string");
    }
    const many = Array.from({ length: MOST_CELLS }, () => corner);
    expect(cellsFault(TOWN, many)).to.equal(null);
    expect(cellsFault(TOWN, [...many, corner])).to.be.a("string");
  });
});
