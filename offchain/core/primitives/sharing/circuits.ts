/**
 * What is computed on shared bits: sums of two private numbers, disjunctions, and the lane with the
 * smallest key.
 */
import { and, constant, not, xor, type Bits, type Party } from "./party.ts";
import { planesOf, type Planes } from "./planes.ts";

/**
 * Shared bits of (first's number + second's number) mod 2^bits, lane by lane. One exchange a bit,
 * one triple a bit. A number that is shared by addition modulo 2^64 so becomes shared bits.
 */
export async function sumBits(party: Party, mine: BigUint64Array, bits: number): Promise<Planes> {
  const own = planesOf(mine, bits);
  const sum: Bits[] = [];
  let carry: Bits = new Uint32Array(own[0]?.length ?? 0);
  for (const [b, plane] of own.entries()) {
    // Bit b of the first is shared as (bit, 0), that of the second as (0, bit).
    sum.push(xor(plane, carry));
    if (b === bits - 1) break;
    const withFirst = party.isFirst ? xor(plane, carry) : carry;
    const withSecond = party.isFirst ? carry : xor(plane, carry);
    const [turned] = await and(party, [withFirst], [withSecond]);
    carry = turned === undefined ? carry : xor(carry, turned);
  }
  return sum;
}

/** Words of triples that `sumBits` takes for numbers in so many words. */
export function sumBitsCost(words: number, bits: number): number {
  return words * (bits - 1);
}

/** x₀ ∨ x₁ ∨ …, in ⌈log₂⌉ exchanges. */
export async function anyOf(party: Party, planes: Planes): Promise<Bits> {
  let level = planes.map((plane) => not(party, plane));
  while (level.length > 1) {
    const half = level.length >>> 1;
    const products = await and(party, level.slice(0, half), level.slice(half, 2 * half));
    level = [...products, ...level.slice(2 * half)];
  }
  const [none] = level;
  if (none === undefined) throw new RangeError("anyOf: expected at least one plane");
  return not(party, none);
}

/** Words of triples that `anyOf` takes for so many planes of so many words. */
export function anyOfCost(planes: number, words: number): number {
  return words * (planes - 1);
}

/**
 * Keeps, of all lanes, the one with the smallest number, by halving: the number ends in lane 0 of
 * the result. Lanes must be a power of two; numbers must differ, or one of the equal ones is kept.
 */
export async function smallestLane(party: Party, numbers: Planes, lanes: number): Promise<Planes> {
  let left = numbers;
  for (let width = lanes; width > 1; width /= 2) {
    const [low, high] = halves(left, width);
    const isHighSmaller = await lessThan(party, high, low);
    left = await chosen(party, isHighSmaller, high, low);
  }
  return left;
}

/** Words of triples that `smallestLane` takes for numbers of so many bits. */
export function smallestLaneCost(bits: number, lanes: number): number {
  let cost = 0;
  for (let width = lanes; width > 1; width /= 2) {
    const words = Math.max(1, width / 64);
    cost += words * (lessThanCost(bits) + bits);
  }
  return cost;
}

/** [x < y], in ⌈log₂ bits⌉ + 1 exchanges and 3 triples a bit. */
export async function lessThan(party: Party, x: Planes, y: Planes): Promise<Bits> {
  const below = await and(
    party,
    x.map((plane) => not(party, plane)),
    y,
  );
  let level = below.map((less, b) => ({ less, equal: equalPlane(party, x[b], y[b]) }));
  while (level.length > 1) {
    const pairs = pairUp(level);
    const products = await and(
      party,
      pairs.flatMap(({ high }) => [high.equal, high.equal]),
      pairs.flatMap(({ low }) => [low.less, low.equal]),
    );
    const joined = pairs.map(({ high }, k) => ({
      less: xor(high.less, products[2 * k] ?? high.less),
      equal: products[2 * k + 1] ?? high.equal,
    }));
    level = level.length % 2 === 0 ? joined : [...joined, ...level.slice(-1)];
  }
  const [all] = level;
  if (all === undefined) throw new RangeError("lessThan: expected at least one plane");
  return all.less;
}

/** Planes of triples: one a bit, and two for each of the joins that leave one bit of all. */
function lessThanCost(bits: number): number {
  return bits + 2 * (bits - 1);
}

interface Ordered {
  readonly less: Bits;
  readonly equal: Bits;
}

/**
 * Neighbours, the more significant one as `high`; a last one without a neighbour is the most
 * significant of all.
 */
function pairUp(
  level: readonly Ordered[],
): readonly { readonly high: Ordered; readonly low: Ordered }[] {
  const pairs = [];
  for (let k = 0; k + 1 < level.length; k += 2) {
    const [low, high] = [level[k], level[k + 1]];
    if (low !== undefined && high !== undefined) pairs.push({ low, high });
  }
  return pairs;
}

function equalPlane(party: Party, x: Bits | undefined, y: Bits | undefined): Bits {
  if (x === undefined || y === undefined) throw new RangeError("lessThan: expected equal widths");
  return not(party, xor(x, y));
}

/** takeFirst ? x : y, lane by lane. */
async function chosen(party: Party, takeFirst: Bits, x: Planes, y: Planes): Promise<Planes> {
  const differences = x.map((plane, b) => xor(plane, y[b] ?? plane));
  const moved = await and(
    party,
    differences.map(() => takeFirst),
    differences,
  );
  return y.map((plane, b) => xor(plane, moved[b] ?? plane));
}

/** Lanes 0 to width/2 − 1, and the rest moved to the same places. */
function halves(planes: Planes, width: number): readonly [Planes, Planes] {
  if (width > 32) {
    const words = width / 64;
    return [
      planes.map((plane) => plane.subarray(0, words)),
      planes.map((plane) => plane.subarray(words, 2 * words)),
    ];
  }
  const moved = (plane: Bits): Bits => Uint32Array.of((plane[0] ?? 0) >>> (width / 2));
  return [planes, planes.map(moved)];
}

/** Shares of numbers that both parties know. */
export function knownPlanes(party: Party, numbers: BigUint64Array, bits: number): Planes {
  return planesOf(numbers, bits).map((plane) => constant(party, plane));
}
