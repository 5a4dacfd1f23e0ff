/**
 * Numbers as bit planes: plane b holds bit b of every number, one number in each lane. The layout
 * in which 32 numbers are compared by one machine word.
 */
import type { Bits } from "./party.ts";

/** Least significant plane first. */
export type Planes = readonly Bits[];

const WORD_BITS = 32;

/** Words that `lanes` bits take. */
export function wordsFor(lanes: number): number {
  return Math.ceil(lanes / WORD_BITS);
}

/** The low `bits` bits of each number. Lanes that fill up the last word are 0. */
export function planesOf(numbers: BigUint64Array, bits: number): Planes {
  const words = wordsFor(numbers.length);
  const planes = Array.from({ length: bits }, () => new Uint32Array(words));
  const halves = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
  for (let lane = 0; lane < numbers.length; lane += 1) {
    const [word, place] = [lane >>> 5, lane & 31];
    for (let b = 0; b < bits; b += 1) {
      const half = halves[2 * lane + (b >>> 5)] ?? 0;
      const plane = planes[b];
      if (plane !== undefined)
        plane[word] = (plane[word] ?? 0) | (((half >>> (b & 31)) & 1) << place);
    }
  }
  return planes;
}

/** The number in one lane. */
export function laneOf(planes: Planes, lane: number): bigint {
  return planes.reduce((sum, plane, b) => sum | (BigInt(bitAt(plane, lane)) << BigInt(b)), 0n);
}

/** One bit of a plane. */
export function bitAt(plane: Bits, lane: number): 0 | 1 {
  return (((plane[lane >>> 5] ?? 0) >>> (lane & 31)) & 1) === 1 ? 1 : 0;
}

/** A plane with the bits that `isSet` says. */
export function planeWhere(lanes: number, isSet: (lane: number) => boolean): Bits {
  const plane = new Uint32Array(wordsFor(lanes));
  for (let lane = 0; lane < lanes; lane += 1) {
    if (isSet(lane)) plane[lane >>> 5] = (plane[lane >>> 5] ?? 0) | (1 << (lane & 31));
  }
  return plane;
}
