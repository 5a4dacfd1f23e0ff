/** The files of test/vectors and what makes each. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { coinVectors } from "./coins.ts";
import type { FrozenFile } from "./form.ts";
import { handshakeVectors } from "./handshake.ts";
import { presentationVectors } from "./member.ts";
import { meterVectors } from "./meter.ts";
import { standingVectors } from "./standing.ts";
import { typedDataVectors } from "./typedData.ts";

export const FROZEN: Readonly<Record<string, () => FrozenFile | Promise<FrozenFile>>> = {
  presentation: presentationVectors,
  coins: coinVectors,
  handshake: handshakeVectors,
  meter: meterVectors,
  standing: standingVectors,
  typedData: typedDataVectors,
};

export function frozenPath(name: string): string {
  return fileURLToPath(new URL(`../../../vectors/${name}.json`, import.meta.url));
}

/** A file as it is kept. */
export function readFrozen(name: string): unknown {
  return JSON.parse(readFileSync(frozenPath(name), "utf8"));
}
