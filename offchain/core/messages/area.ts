/**
 * The ground of an auction: a rectangle of cells, and the farthest pile that anybody is compared
 * with. It is public and the same for all, so it says nothing about anybody. Uploads name cells of
 * it instead of places, so that a buyer is compared with the sellers around its cells and with
 * nobody else.
 */
import { z } from "zod";
import { COORDINATE_BITS } from "./domain.ts";
import { taggedHash, type Bytes32 } from "./market.ts";

/** A square of the plain grid on the frame of the city, counted from its corner. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

export interface Area {
  /** Side of a cell in metres, `LEAST_CELL_M` to 65,535. */
  readonly cellM: number;
  /** The first column. */
  readonly west: number;
  /** The first row. */
  readonly south: number;
  readonly columns: number;
  readonly rows: number;
  /** The farthest pile that anybody is compared with, in metres, 0 to `MOST_REACH_M`. */
  readonly reachM: number;
}

/** Smaller cells would be places (metres). */
export const LEAST_CELL_M = 250;
/** The last metre of the frame, east and north. */
const MOST_COORDINATE_M = 2 ** COORDINATE_BITS - 1;
/** Farther than any two places of the frame are from each other (metres). */
export const MOST_REACH_M = 2 * MOST_COORDINATE_M;
/** The longest list of cells. A bucket has at most 2k − 1 members, k at most 64. */
export const MOST_CELLS = 128;

type AreaErrorCode = "E_AREA_FORM" | "E_AREA_RANGE";

export class AreaError extends Error {
  override readonly name = "AreaError";
  readonly code: AreaErrorCode;

  constructor(code: AreaErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `ChargeVeil.Area.v1`: what the terms of an auction name. @throws AreaError as `checkArea` */
export function areaHash(area: Area): Bytes32 {
  checkArea(area);
  const { cellM, west, south, columns, rows, reachM } = area;
  const values = [cellM, west, south, columns, rows, reachM];
  return taggedHash(
    "ChargeVeil.Area.v1",
    values.map(() => "uint32"),
    values,
  );
}

/** All cells of the frame. @throws AreaError E_AREA_RANGE for a size or a reach out of its range */
export function wholeFrame(cellM: number, reachM: number = MOST_REACH_M): Area {
  const side = Math.floor(MOST_COORDINATE_M / cellM) + 1;
  const area = { cellM, west: 0, south: 0, columns: side, rows: side, reachM };
  checkArea(area);
  return area;
}

/** @throws AreaError E_AREA_RANGE for a number out of its range, or cells beyond the frame */
export function checkArea({ cellM, west, south, columns, rows, reachM }: Area): void {
  demandWithin("cell", cellM, LEAST_CELL_M, MOST_COORDINATE_M);
  const most = Math.floor(MOST_COORDINATE_M / cellM);
  demandWithin("west", west, 0, most);
  demandWithin("south", south, 0, most);
  demandWithin("columns", columns, 1, most - west + 1);
  demandWithin("rows", rows, 1, most - south + 1);
  demandWithin("reach", reachM, 0, MOST_REACH_M);
}

/**
 * What is wrong with a list of cells in an area; null if it may be uploaded. Run by owners and by
 * the proxy.
 */
export function cellsFault(area: Area, cells: readonly Cell[]): string | null {
  if (cells.length > MOST_CELLS) return `expected at most ${MOST_CELLS} cells, got ${cells.length}`;
  const outside = cells.find((cell) => !covers(area, cell));
  if (outside !== undefined) {
    const { west, south, columns, rows } = area;
    const ranges = `columns ${west}..${west + columns - 1}, rows ${south}..${south + rows - 1}`;
    return `expected cells in ${ranges}, got ${outside.column}:${outside.row}`;
  }
  return isSorted(cells) ? null : "expected cells sorted by column and row, got another order";
}

/** Cells in the one order that they have in an upload: it says nothing but which there are. */
export function sortedCells(cells: readonly Cell[]): readonly Cell[] {
  return cells.toSorted(byColumnAndRow);
}

const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const areaForm = z.strictObject({
  cellM: uint32,
  west: uint32,
  south: uint32,
  columns: uint32,
  rows: uint32,
  reachM: uint32,
});

/**
 * Reads an area from elsewhere; its JSON is the object itself.
 * @throws AreaError E_AREA_FORM, E_AREA_RANGE
 */
export function areaFromJson(json: unknown): Area {
  const parsed = areaForm.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new AreaError("E_AREA_FORM", `areaFromJson: expected an area, got another at "${where}"`);
  }
  checkArea(parsed.data);
  return parsed.data;
}

function covers({ west, south, columns, rows }: Area, { column, row }: Cell): boolean {
  const within = (value: number, first: number, count: number): boolean =>
    Number.isInteger(value) && value >= first && value < first + count;
  return within(column, west, columns) && within(row, south, rows);
}

function isSorted(cells: readonly Cell[]): boolean {
  return cells.every((cell, k) => k === 0 || byColumnAndRow(cells[k - 1] ?? cell, cell) <= 0);
}

function byColumnAndRow(a: Cell, b: Cell): number {
  return a.column - b.column || a.row - b.row;
}

function demandWithin(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = `expected a whole number in ${least}..${most}`;
  throw new AreaError("E_AREA_RANGE", `area: ${name}: ${expected}, got ${value}`);
}
