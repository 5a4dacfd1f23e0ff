import { expect } from "chai";
import { readFileSync } from "node:fs";
import { GAS_GOALS } from "../../../../offchain/study/gas/gasGoals.ts";
import { parseSnapshot } from "../../../../offchain/study/gas/gasSnapshot.ts";

/** Measured gas is told in tens. */
const ROUNDED_TO_GAS = 10;
/** The columns behind the name of a row. */
const COLUMNS = 7;
/** A row that ends its first cell with a function of the snapshot, and its other cells. */
const ROW = /^\| [^|]*\(`(\w+\.[^`]+)`\) *\|([\d,| ]+)\|$/gm;

describe("gas table of contracts/README.md", () => {
  const { averages } = parseSnapshot(readFileSync("gas.snapshot.json", "utf8"));
  const rows = gasTable(readFileSync("contracts/README.md", "utf8"));

  it("has a row for every goal, and no other", () => {
    const promised = GAS_GOALS.map(({ contract, function: name }) => `${contract}.${name}`);
    expect(rows.map(({ name }) => name)).to.have.members(promised);
  });

  it("tells the goals", () => {
    for (const { contract, function: name, goal } of GAS_GOALS) {
      const row = rows.find((one) => one.name === `${contract}.${name}`);
      expect(row?.cells[0], name).to.equal(goal);
    }
  });

  it("tells what the snapshot keeps, rounded to ten", () => {
    for (const { name, cells } of rows) {
      const average = averages[name] ?? Number.NaN;
      const rounded = Math.round(average / ROUNDED_TO_GAS) * ROUNDED_TO_GAS;
      expect(cells[1], name).to.equal(rounded);
    }
  });

  it("adds up", () => {
    for (const { name, cells } of rows) {
      expect(cells, name).to.have.lengthOf(COLUMNS);
      const [, measured = 0, unavoidable = 0, transaction = 0, storage = 0, logs = 0, ours] = cells;
      expect(transaction + storage + logs, name).to.equal(unavoidable);
      expect(measured - unavoidable, name).to.equal(ours);
    }
  });
});

interface GasTableRow {
  /** "Contract.function", as in the snapshot. */
  readonly name: string;
  readonly cells: readonly number[];
}

function gasTable(text: string): readonly GasTableRow[] {
  return Array.from(text.matchAll(ROW), ([, name = "", cells = ""]) => ({
    name,
    cells: cells.split("|").map((cell) => Number(cell.replaceAll(",", ""))),
  }));
}
