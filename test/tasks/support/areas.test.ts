import { expect } from "chai";
import { LEAST_CELL_M, wholeFrame } from "../../../offchain/core/messages/area.ts";
import { auction } from "../../../tasks/definitions/auction.ts";
import { areaOf, cellsNamed } from "../../../tasks/support/areas.ts";
import { refusal } from "../../support/primitives/draws.ts";

const AREA = areaOf({ cell: 500, west: 2, south: 3, columns: 10, rows: 8, reach: 2_000 });
const INPUT = "InputError E_INPUT";

describe("an area on the command line", () => {
  it("is what the options say", () => {
    expect(AREA).to.deep.equal({
      cellM: 500,
      west: 2,
      south: 3,
      columns: 10,
      rows: 8,
      reachM: 2_000,
    });
    const wrong = { cell: 100, west: 0, south: 0, columns: 1, rows: 1, reach: 0 };
    expect(refusal(() => areaOf(wrong))).to.equal("AreaError E_AREA_RANGE");
  });
});

describe("the area of an auction that names none", () => {
  it("is the whole frame, with everybody in reach", () => {
    const open = auction.find(({ id }) => id.join(" ") === "auction open");
    const options = open !== undefined && "options" in open ? Object.values(open.options) : [];
    const defaults = new Map(options.map(({ name, defaultValue }) => [name, defaultValue]));
    const names = ["cell", "west", "south", "columns", "rows", "reach"];
    const [cell = 0, west = 0, south = 0, columns = 0, rows = 0, reach = 0] = names.map((name) =>
      Number(defaults.get(name)),
    );
    expect(areaOf({ cell, west, south, columns, rows, reach })).to.deep.equal(
      wholeFrame(LEAST_CELL_M),
    );
  });
});

describe("cells on the command line", () => {
  it("are sorted, repeated ones kept; none means anywhere", () => {
    expect(cellsNamed(AREA, "")).to.deep.equal([]);
    expect(cellsNamed(AREA, "11:3, 2:10,2:4,11:3")).to.deep.equal([
      { column: 2, row: 4 },
      { column: 2, row: 10 },
      { column: 11, row: 3 },
      { column: 11, row: 3 },
    ]);
  });

  it("are refused outside the area, and as other text", () => {
    for (const list of ["12:3", "2:2", "2", "2:x", "2:3:4", "-2:3", "2.5:3", "1e1:3", "2;3"]) {
      expect(
        refusal(() => cellsNamed(AREA, list)),
        list,
      ).to.equal(INPUT);
    }
  });
});
