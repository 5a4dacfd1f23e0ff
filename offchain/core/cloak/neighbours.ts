/**
 * Which buckets of buyers and which piles can be in reach of each other. Only cells are known, so a
 * pair counts when the nearest points of two cells are close enough: no pair that is in reach is
 * lost. Piles are filed under their cells, and each bucket looks at the cells around its own, or at
 * those where piles are if these are fewer; nobody is compared with everybody.
 */
import { demand } from "./cloakError.ts";
import { checkCell, checkCellSize, leastDistanceM, MOST_COORDINATE_M, type Cell } from "./grid.ts";

/** More than the diagonal of the plane (metres). */
const MOST_REACH_M = 2 * MOST_COORDINATE_M;

/** A bucket as the matcher knows it. */
export interface Reaching {
  readonly cells: readonly Cell[];
  /**
   * The farthest pile that any member accepts, in metres, at least 0; one number a bucket, best one
   * for all.
   */
  readonly reachM: number;
}

/** A pile as the matcher knows it; with several cells if it is cloaked itself. */
export interface Standing {
  readonly cells: readonly Cell[];
}

export interface Neighbours {
  /** For each bucket the indices of the piles in reach, ascending. */
  readonly pilesOf: readonly (readonly number[])[];
  /** Cells looked at and piles found there: what the search cost. */
  readonly steps: number;
}

/**
 * For each bucket the piles in reach. Run by the matcher.
 * @throws CloakError E_CLOAK_REACH, E_CLOAK_CELL, E_CLOAK_CELL_SIZE
 */
export function pairsInReach(
  buckets: readonly Reaching[],
  piles: readonly Standing[],
  cellM: number,
): Neighbours {
  checkCellSize(cellM);
  const pilesIn = filedByCell(piles, cellM);
  const around = new Map<number, readonly Cell[]>();
  let steps = 0;
  const pilesOf = buckets.map(({ cells, reachM }) => {
    checkReach(reachM);
    const own = distinct(cells);
    for (const cell of own) checkCell(cell, cellM);
    const isWide = stepsAcross(reachM, cellM) ** 2 > pilesIn.size;
    const offsets = isWide ? [] : (around.get(reachM) ?? offsetsWithin(reachM, cellM));
    around.set(reachM, offsets);
    const looked = isWide
      ? occupiedWithin(own, pilesIn, reachM, cellM)
      : own.flatMap((cell) => offsets.map((offset) => pilesIn.get(keyOf(moved(cell, offset)))));
    const found = new Set<number>();
    for (const there of looked) {
      for (const pile of there?.piles ?? []) found.add(pile);
      steps += 1 + (there?.piles.length ?? 0);
    }
    return [...found].sort((a, b) => a - b);
  });
  return { pilesOf, steps };
}

/** A cell, and the piles that are filed under it. */
interface Occupied {
  readonly cell: Cell;
  readonly piles: number[];
}

function filedByCell(piles: readonly Standing[], cellM: number): ReadonlyMap<number, Occupied> {
  const filed = new Map<number, Occupied>();
  for (const [index, { cells }] of piles.entries()) {
    for (const cell of distinct(cells)) {
      checkCell(cell, cellM);
      const there = filed.get(keyOf(cell));
      if (there === undefined) filed.set(keyOf(cell), { cell, piles: [index] });
      else there.piles.push(index);
    }
  }
  return filed;
}

function checkReach(reachM: number): void {
  const isReach = reachM >= 0 && reachM <= MOST_REACH_M;
  const expected = `reach: expected metres in 0..${MOST_REACH_M}`;
  demand(isReach, "E_CLOAK_REACH", `${expected}, got ${reachM}`);
}

/** Columns, and as many rows, in which something may be within reach of a cell. */
function stepsAcross(reachM: number, cellM: number): number {
  return 2 * (Math.floor(reachM / cellM) + 1) + 1;
}

/** Steps in columns and rows to all cells that may hold something within reach. */
function offsetsWithin(reachM: number, cellM: number): readonly Cell[] {
  const across = stepsAcross(reachM, cellM);
  const steps = Array.from({ length: across }, (_, index) => index - (across - 1) / 2);
  const here = { column: 0, row: 0 };
  return steps
    .flatMap((column) => steps.map((row) => ({ column, row })))
    .filter((offset) => leastDistanceM(here, offset, cellM) <= reachM);
}

/** Where piles are in reach of one of some cells: for a reach across more cells than have piles. */
function occupiedWithin(
  own: readonly Cell[],
  filed: ReadonlyMap<number, Occupied>,
  reachM: number,
  cellM: number,
): readonly Occupied[] {
  return [...filed.values()].filter(({ cell }) =>
    own.some((one) => leastDistanceM(one, cell, cellM) <= reachM),
  );
}

function moved(cell: Cell, offset: Cell): Cell {
  return { column: cell.column + offset.column, row: cell.row + offset.row };
}

function distinct(cells: readonly Cell[]): readonly Cell[] {
  return [...new Map(cells.map((cell) => [keyOf(cell), cell])).values()];
}

// Columns and rows stay below 2^9, and steps around them below 2^10: one number a cell.
function keyOf({ column, row }: Cell): number {
  return column * 2 ** 16 + row;
}
