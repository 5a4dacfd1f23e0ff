/**
 * Reproducible randomness for worlds. A stream is named by a seed and a label; its 128-bit start
 * state is the head of SHA-256 over both, and pure-rand's xoroshiro128+ walks on from there. Every
 * entity of a world draws from its own stream ("ask/cp-50911", "trip/event-7411295"), so that a
 * value depends on the seed and on that entity alone: reordering a file, dropping a row or asking
 * for more vehicles leaves everybody else's values as they were.
 *
 * None of this is secret or unpredictable. Keys, salts and blinding for real use come from the
 * system's generator; `seededRng` says so of itself (`deterministic: true`) and production
 * constructors refuse it.
 */
import { createHash } from "node:crypto";

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

import type { Rng } from "../../core/primitives/random.ts";

/** A number 7 and a text "7" name the same seed. */
export type Seed = number | string;

/** One independent sequence of draws; every call moves it on. */
export interface SeededStream {
  /** A whole number, uniform on lo..hi, both included. */
  readonly uniformInt: (lo: number, hi: number) => number;
  /** A multiple of 2^-53, uniform on [0, 1). */
  readonly uniform: () => number;
  /** A normal variate; takes two uniforms, always. */
  readonly normal: (mean: number, sd: number) => number;
  /** An index into `weights`, drawn in proportion to them; they need not sum to one. */
  readonly pick: (weights: readonly number[]) => number;
}

export class SeededRngError extends Error {
  override readonly name = "SeededRngError";
  readonly code: "E_SEED" | "E_DRAW_RANGE" | "E_DRAW_WEIGHTS";

  constructor(code: SeededRngError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The stream of draws named by a seed and a label. Equal arguments give equal draws on every
 * machine with the pinned Node; different arguments give unrelated ones (128-bit start states out
 * of a hash; our own construction). Throws SeededRngError E_SEED for a number that is not a safe
 * integer, and for an empty text. Run by whoever builds a world.
 */
export function seededStream(seed: Seed, label: string): SeededStream {
  const generator = generatorOf(seed, label);
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    uniformInt: (lo, hi) => drawInt(generator, lo, hi),
    normal: (mean, sd) => mean + sd * standardNormal(uniform),
    pick: (weights) => pickIndex(uniform, weights),
  };
}

/**
 * A deterministic byte source with the interface that roles take for their randomness, so that a
 * test can repeat a whole round bit for bit. Never a source of secrets. Throws like `seededStream`.
 */
export function seededRng(seed: Seed): Rng {
  const generator = generatorOf(seed, "bytes");
  return { deterministic: true, bytes: (length) => drawBytes(generator, length) };
}

/** The text under which a seed is recorded. Throws SeededRngError E_SEED as `seededStream` does. */
export function seedText(seed: Seed): string {
  // Most likely a variable of the shell that was not set.
  if (seed === "") throw new SeededRngError("E_SEED", "seed: expected a text, got none");
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new SeededRngError("E_SEED", `seed: expected a safe integer or a text, got ${seed}`);
  }
  return String(seed);
}

function generatorOf(seed: Seed, label: string): RandomGenerator {
  const text = seedText(seed);
  // The length in front keeps ("ab", "c") and ("a", "bc") apart.
  const digest = createHash("sha256").update(`${text.length}:${text}:${label}`).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

function drawInt(generator: RandomGenerator, lo: number, hi: number): number {
  if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi) || lo > hi) {
    throw new SeededRngError(
      "E_DRAW_RANGE",
      `uniformInt: expected safe integers lo <= hi, got ${lo} and ${hi}`,
    );
  }
  return uniformInt(generator, lo, hi);
}

// Box and Muller 1958, cosine branch only: a fixed number of uniforms per variate.
function standardNormal(uniform: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

function pickIndex(uniform: () => number, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || !Number.isFinite(total) || weights.some((weight) => weight < 0)) {
    throw new SeededRngError(
      "E_DRAW_WEIGHTS",
      `pick: expected finite weights >= 0 with a sum > 0, got [${weights.join(", ")}]`,
    );
  }
  return indexAt(weights, uniform() * total);
}

function indexAt(weights: readonly number[], target: number): number {
  let reached = 0;
  const index = weights.findIndex((weight) => (reached += weight) > target);
  // Rounding in the sum may leave the target a hair above it: then the last positive weight wins.
  return index >= 0 ? index : weights.findLastIndex((weight) => weight > 0);
}

function drawBytes(generator: RandomGenerator, length: number): Uint8Array {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new SeededRngError("E_DRAW_RANGE", `bytes: expected a length >= 0, got ${length}`);
  }
  const words = Int32Array.from({ length: Math.ceil(length / 4) }, () => generator.next());
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setInt32(index * 4, word, true);
  return new Uint8Array(view.buffer, 0, length).slice();
}
