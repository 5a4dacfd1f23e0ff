/**
 * Vehicles into buckets of k to 2k − 1, every vehicle into one or none, so that everybody in a
 * bucket has the same bucket. Vehicles are shuffled and ordered along the Hilbert curve of their
 * cells, and this order is cut. A cut looks at cells and at chance and never at a name: to whoever
 * sees only which names and which cells a bucket has, every assignment of the ones to the others is
 * equally likely. What cannot be in a bucket that meets the rule is suppressed.
 *
 * Of all cuts the one that leaves out the fewest is taken, and of these the one with the least
 * spread a vehicle. Over the ordered vehicles this is a shortest path: best(i) is the least of
 * best(i − 1) with vehicle i left out, and of best(i − s) with the last s in one bucket, s = k … 2k
 * − 1. Where many stand in one cell, neighbours along the curve are too much alike: who is left out
 * is ordered again by squares of 2, 4 and 8 cells a side, with chance within the squares, and cut
 * again. Our own construction on the reciprocity of Kalnis et al.
 */
import type { Rng } from "../primitives/random.ts";
import { demand } from "./cloakError.ts";
import { drawsOf, shuffled, type Draws } from "./draws.ts";
import { centreOf, checkCell, checkCellSize, distanceM, hilbertIndex, type Cell } from "./grid.ts";

/** What every bucket has to meet. */
export interface CloakRule {
  /** The least number of vehicles, 2 to MOST_K. */
  readonly k: number;
  /** At most one in l vehicles is in the same cell, 1 to k. */
  readonly l: number;
  /** δ: the least mean distance between the cell centres of all pairs, in metres. */
  readonly leastSpreadM: number;
  /**
   * The greatest: a bucket that is spread more widely would be compared with half a city's piles.
   * At least δ.
   */
  readonly mostSpreadM: number;
  /** Side of a cell in metres. */
  readonly cellM: number;
}

/** A vehicle as the cloaker knows it. */
export interface Placed {
  /** Its name for this epoch. */
  readonly nym: string;
  readonly cell: Cell;
}

/** k to 2k − 1 vehicles, in an order that says nothing but where the cells are. */
export type Bucket = readonly Placed[];

export interface Partition {
  readonly buckets: readonly Bucket[];
  readonly suppressed: readonly Placed[];
}

const MOST_K = 64;
/** Cells in the squares within which chance orders, pass by pass. */
const SQUARES: readonly number[] = [1, 4, 16, 64];

/** @throws CloakError E_CLOAK_RULE, E_CLOAK_CELL_SIZE */
export function checkRule({ k, l, leastSpreadM, mostSpreadM, cellM }: CloakRule): void {
  const isK = Number.isInteger(k) && k >= 2 && k <= MOST_K;
  demand(isK, "E_CLOAK_RULE", `k: expected a whole number in 2..${MOST_K}, got ${k}`);
  const isL = Number.isInteger(l) && l >= 1 && l <= k;
  demand(isL, "E_CLOAK_RULE", `l: expected a whole number in 1..${k}, which is k, got ${l}`);
  const isSpread = Number.isFinite(leastSpreadM) && leastSpreadM >= 0;
  demand(isSpread, "E_CLOAK_RULE", `spread: expected metres, at least 0, got ${leastSpreadM}`);
  const isWidest = Number.isFinite(mostSpreadM) && mostSpreadM >= leastSpreadM;
  const widest = `most spread: expected metres, at least ${leastSpreadM}`;
  demand(isWidest, "E_CLOAK_RULE", `${widest}, got ${mostSpreadM}`);
  checkCellSize(cellM);
}

/**
 * The buckets of an epoch. Run by the cloaker; the same bytes from `rng` give the same buckets.
 * @param rng a source that nobody else can repeat: who could would know the order within cells
 * @throws CloakError E_CLOAK_RULE, E_CLOAK_CELL_SIZE, E_CLOAK_CELL, E_CLOAK_NYM (two vehicles of
 *   one name)
 */
export function reciprocalBuckets(
  vehicles: readonly Placed[],
  rule: CloakRule,
  rng: Rng,
): Partition {
  checkRule(rule);
  for (const { cell } of vehicles) checkCell(cell, rule.cellM);
  const nyms = new Set(vehicles.map(({ nym }) => nym));
  demand(
    nyms.size === vehicles.length,
    "E_CLOAK_NYM",
    "buckets: expected each nym once, got twins",
  );
  const draws = drawsOf(rng);
  const buckets: Bucket[] = [];
  let suppressed = vehicles;
  for (const cellsInSquare of SQUARES) {
    const cut = cutAt(alongCurve(suppressed, cellsInSquare, draws), rule);
    buckets.push(...cut.buckets);
    suppressed = cut.suppressed;
  }
  return { buckets, suppressed };
}

/**
 * Whether a set of cells may be a bucket's: neither its size nor anything else about it falls below
 * the rule.
 */
export function meets(cells: readonly Cell[], rule: CloakRule): boolean {
  const run = runOf(rule.cellM);
  for (const cell of cells) run.add(cell);
  return isAllowed(run.state(), rule);
}

function isAllowed(
  { size, crowd, spreadM }: RunState,
  { k, l, leastSpreadM, mostSpreadM }: CloakRule,
): boolean {
  const isHidden = size >= k && size < 2 * k && crowd * l <= size;
  return isHidden && spreadM >= leastSpreadM && spreadM <= mostSpreadM;
}

function alongCurve(
  vehicles: readonly Placed[],
  cellsInSquare: number,
  draws: Draws,
): readonly Placed[] {
  const indexed = shuffled(vehicles, draws).map((vehicle) => ({
    vehicle,
    // The curve passes all cells of a square one after the other.
    index: Math.floor(hilbertIndex(vehicle.cell) / cellsInSquare),
  }));
  // The sort is stable: within a square the shuffle stays.
  return indexed.sort((a, b) => a.index - b.index).map(({ vehicle }) => vehicle);
}

/** The best way to cut the first vehicles, and how it ends. */
interface Cut {
  readonly suppressed: number;
  /** Sum over the vehicles in buckets of the mean distance in theirs. */
  readonly spreadM: number;
  /** The size of the last bucket; 0 if the last vehicle is suppressed. */
  readonly last: number;
}

function cutAt(ordered: readonly Placed[], rule: CloakRule): Partition {
  const cuts: Cut[] = [{ suppressed: 0, spreadM: 0, last: 0 }];
  for (let end = 1; end <= ordered.length; end += 1) cuts.push(bestCut(ordered, cuts, end, rule));
  const buckets: Bucket[] = [];
  const suppressed: Placed[] = [];
  for (let end = ordered.length; end > 0;) {
    const last = cuts[end]?.last ?? 0;
    const vehicles = ordered.slice(end - Math.max(1, last), end);
    if (last === 0) suppressed.push(...vehicles);
    else buckets.push(vehicles);
    end -= vehicles.length;
  }
  return { buckets: buckets.reverse(), suppressed: suppressed.reverse() };
}

function bestCut(
  ordered: readonly Placed[],
  cuts: readonly Cut[],
  end: number,
  rule: CloakRule,
): Cut {
  let best = extended(cuts, end - 1, { suppressed: 1, spreadM: 0, last: 0 });
  const run = runOf(rule.cellM);
  for (let begin = end - 1; begin >= 0 && begin > end - 2 * rule.k; begin -= 1) {
    const vehicle = ordered[begin];
    if (vehicle === undefined) break;
    run.add(vehicle.cell);
    const state = run.state();
    if (!isAllowed(state, rule)) continue;
    const spreadM = state.size * state.spreadM;
    const cut = extended(cuts, begin, { suppressed: 0, spreadM, last: state.size });
    if (isBetter(cut, best)) best = cut;
  }
  return best;
}

function extended(cuts: readonly Cut[], begin: number, step: Cut): Cut {
  const before = cuts[begin];
  if (before === undefined) throw new RangeError(`extended: expected a cut at ${begin}`);
  return {
    suppressed: before.suppressed + step.suppressed,
    spreadM: before.spreadM + step.spreadM,
    last: step.last,
  };
}

function isBetter(a: Cut, b: Cut): boolean {
  return a.suppressed < b.suppressed || (a.suppressed === b.suppressed && a.spreadM < b.spreadM);
}

interface RunState {
  readonly size: number;
  /** Vehicles in the fullest cell. */
  readonly crowd: number;
  readonly spreadM: number;
}

/** A set of cells that grows by one, and what the rule asks of it. */
function runOf(cellM: number): { add: (cell: Cell) => void; state: () => RunState } {
  const places: { readonly xM: number; readonly yM: number }[] = [];
  let [crowd, sumM] = [0, 0];
  return {
    add: (cell) => {
      const place = centreOf(cell, cellM);
      let here = 1;
      for (const other of places) {
        const apartM = distanceM(place, other);
        sumM += apartM;
        if (apartM === 0) here += 1;
      }
      crowd = Math.max(crowd, here);
      places.push(place);
    },
    state: () => {
      const size = places.length;
      return { size, crowd, spreadM: size < 2 ? 0 : sumM / ((size * (size - 1)) / 2) };
    },
  };
}
