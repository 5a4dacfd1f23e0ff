/** What frozen vectors are made of: plain JSON, from generators that a label names. */
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import type { Rng } from "../../../../offchain/core/primitives/random.ts";
import { counterRng } from "../../primitives/draws.ts";

/** How a second implementation draws the same. */
export const DRAWS =
  "Random bytes of a label are SHA-256(label/0) ‖ SHA-256(label/1) ‖ …; a draw takes whole blocks of its own and cuts the last.";

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A file of test/vectors: what it is, and its values. Bytes are hexadecimal with 0x. */
export interface FrozenFile {
  readonly what: string;
  readonly [name: string]: Json;
}

/** Draws for one step, which no other step shifts. */
export function drawsOf(step: string): Rng {
  return counterRng(`frozen/${step}`);
}

export function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** Fields of bytes as hexadecimal. */
export function hexed(fields: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, hex(bytes)]));
}

/** Whole numbers as digits: JSON has no large ones. */
export function digits(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
