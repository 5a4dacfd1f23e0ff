/**
 * Numbers and shuffles out of an injected source of bytes. Bytes are taken in blocks, because a
 * shuffle asks for many small numbers; every draw is exactly uniform on its set.
 */
import { randomBytesOf, type Rng } from "../primitives/random.ts";
import { demand } from "./cloakError.ts";

export interface Draws {
  /** A whole number, uniform on 0..bound − 1; bound 1 to 2^32. */
  readonly below: (bound: number) => number;
  /** A multiple of 2^-32, uniform on [0, 1). */
  readonly uniform: () => number;
}

const BLOCK_BYTES = 512;
const WORDS = 2 ** 32;

/**
 * Draws from `rng`. Who guards somebody's place with them gives a source that nobody can repeat.
 */
export function drawsOf(rng: Rng): Draws {
  let view: DataView = new DataView(new ArrayBuffer(0));
  let offset = 0;
  const word = (): number => {
    if (offset >= view.byteLength) {
      const { buffer, byteOffset, byteLength } = randomBytesOf(rng, BLOCK_BYTES);
      view = new DataView(buffer, byteOffset, byteLength);
      offset = 0;
    }
    offset += 4;
    return view.getUint32(offset - 4);
  };
  return { below: (bound) => belowFrom(word, bound), uniform: () => word() / WORDS };
}

function belowFrom(word: () => number, bound: number): number {
  const inRange = Number.isInteger(bound) && bound >= 1 && bound <= WORDS;
  demand(inRange, "E_CLOAK_BOUND", `below: expected a bound in 1..2^32, got ${bound}`);
  const whole = WORDS - (WORDS % bound);
  for (;;) {
    const drawn = word();
    if (drawn < whole) return drawn % bound;
  }
}

/** A copy in an order that is uniform among all (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], draws: Draws): T[] {
  const result = items.slice();
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = draws.below(last + 1);
    const [a, b] = [result[last], result[other]];
    if (a === undefined || b === undefined) continue;
    result[last] = b;
    result[other] = a;
  }
  return result;
}

/** One of the items, uniform; undefined of none. */
export function oneOf<T>(items: readonly T[], draws: Draws): T | undefined {
  return items.length === 0 ? undefined : items[draws.below(items.length)];
}
