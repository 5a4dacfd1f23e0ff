/** The area of an auction and cells of it on the command line. */
import {
  cellsFault,
  checkArea,
  sortedCells,
  type Area,
  type Cell,
} from "../../offchain/core/messages/area.ts";
import { InputError } from "./outcome.ts";

/** As the options of `auction open` have them. */
export interface AreaArguments {
  readonly cell: number;
  readonly west: number;
  readonly south: number;
  readonly columns: number;
  readonly rows: number;
  readonly reach: number;
}

/** The area that the options describe. @throws AreaError for one that cannot be */
export function areaOf({ cell, west, south, columns, rows, reach }: AreaArguments): Area {
  const area = { cellM: cell, west, south, columns, rows, reachM: reach };
  checkArea(area);
  return area;
}

/**
 * Cells as `--cells` lists them, "12:4,13:4" by column and row, in the order in which they are
 * uploaded; none for an empty text, which means anywhere.
 * @throws InputError for another text, or cells outside the area
 */
export function cellsNamed(area: Area, list: string): readonly Cell[] {
  const names = list.split(",").filter((name) => name !== "");
  const cells = sortedCells(names.map(cellNamed));
  const fault = cellsFault(area, cells);
  if (fault !== null) throw new InputError(`--cells: ${fault}`);
  return cells;
}

function cellNamed(name: string): Cell {
  const [, column, row] = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(name.trim()) ?? [];
  if (column === undefined || row === undefined) {
    throw new InputError(`--cells: expected column:row, with commas between, got ${name}`);
  }
  return { column: Number(column), row: Number(row) };
}
