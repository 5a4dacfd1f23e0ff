/**
 * A plain grid on the market's plane. A cell is a square named by column and row; its Hilbert index
 * orders all cells on one line so that neighbours on the line are neighbours on the ground
 * (Hilbert, 1891; the other way round it fails now and then, which costs some spread and no
 * privacy).
 */
import { demand } from "./cloakError.ts";

/** Whole metres east and north of the frame's corner, 0 to MOST_COORDINATE_M. */
export interface Place {
  readonly xM: number;
  readonly yM: number;
}

export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** Places fit 16 bits. */
export const MOST_COORDINATE_M = 2 ** 16 - 1;
/** Smaller cells would be places (metres). */
export const LEAST_CELL_M = 250;
/**
 * The Hilbert curve passes 2^LEVELS columns and as many rows: more than the plane has at
 * LEAST_CELL_M.
 */
const LEVELS = 9;

/**
 * @throws CloakError E_CLOAK_CELL_SIZE outside LEAST_CELL_M..MOST_COORDINATE_M, or for no whole
 *   number
 */
export function checkCellSize(cellM: number): void {
  const fits = Number.isInteger(cellM) && cellM >= LEAST_CELL_M && cellM <= MOST_COORDINATE_M;
  const range = `whole metres in ${LEAST_CELL_M}..${MOST_COORDINATE_M}`;
  demand(fits, "E_CLOAK_CELL_SIZE", `cell size: expected ${range}, got ${cellM}`);
}

/**
 * The cell in which a place is. Run by a vehicle: nothing finer leaves it.
 * @throws CloakError E_CLOAK_PLACE for a place outside the plane, E_CLOAK_CELL_SIZE
 */
export function cellOf({ xM, yM }: Place, cellM: number): Cell {
  checkCellSize(cellM);
  demand(onPlane(xM) && onPlane(yM), "E_CLOAK_PLACE", "cellOf: expected a place on the plane");
  return { column: Math.floor(xM / cellM), row: Math.floor(yM / cellM) };
}

function onPlane(coordinateM: number): boolean {
  return Number.isInteger(coordinateM) && coordinateM >= 0 && coordinateM <= MOST_COORDINATE_M;
}

/** @throws CloakError E_CLOAK_CELL for a cell that no place is in */
export function checkCell({ column, row }: Cell, cellM: number): void {
  const most = Math.floor(MOST_COORDINATE_M / cellM);
  const within = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;
  const expected = `cell: expected column and row in 0..${most}`;
  demand(within(column) && within(row), "E_CLOAK_CELL", `${expected}, got ${column}, ${row}`);
}

/** The middle of a cell. */
export function centreOf({ column, row }: Cell, cellM: number): Place {
  return { xM: (column + 0.5) * cellM, yM: (row + 0.5) * cellM };
}

/**
 * Metres between the points of two cells that are closest to each other: 0 for cells that touch.
 */
export function leastDistanceM(a: Cell, b: Cell, cellM: number): number {
  const apart = (steps: number): number => Math.max(0, Math.abs(steps) - 1);
  return cellM * hypotenuse(apart(a.column - b.column), apart(a.row - b.row));
}

/** Metres between two places. */
export function distanceM(a: Place, b: Place): number {
  return hypotenuse(a.xM - b.xM, a.yM - b.yM);
}

// Unlike Math.hypot, the square root is exact to the last bit by its standard: every machine cuts
// alike.
function hypotenuse(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Where the cell stands on the Hilbert curve: 0 to 4^9 − 1. */
export function hilbertIndex({ column, row }: Cell): number {
  let [x, y, index] = [column, row, 0];
  for (let side = 2 ** (LEVELS - 1); side >= 1; side /= 2) {
    const [right, upper] = [(x & side) > 0 ? 1 : 0, (y & side) > 0 ? 1 : 0];
    index += side * side * ((3 * right) ^ upper);
    [x, y] = turned(x, y, right, upper);
  }
  return index;
}

/** The lower quadrants hold the curve mirrored, so that it goes on where the last one ended. */
function turned(x: number, y: number, right: number, upper: number): [number, number] {
  const most = 2 ** LEVELS - 1;
  if (upper === 1) return [x, y];
  return right === 1 ? [most - y, most - x] : [y, x];
}
