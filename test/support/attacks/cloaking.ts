/** What tests of attacks on cloaking share: the table of a kind of traffic, and how to read it. */
import { attackSuite } from "../../../offchain/study/cloak/attackSuite.ts";
import type { CloakRule } from "../../../offchain/core/cloak/reciprocalBuckets.ts";
import type { Traffic } from "../../../offchain/study/cloak/traffic.ts";
import { OURS, PAPER, type AttackResult } from "../../../offchain/study/cloak/trials.ts";
import { seededRng } from "../../../offchain/study/worlds/seededRng.ts";

export const RULE: CloakRule = {
  k: 5,
  l: 2,
  leastSpreadM: 250,
  mostSpreadM: 4_000,
  cellM: 250,
};

export const TRIALS = 2_000;

export interface AttackTable {
  readonly all: readonly AttackResult[];
  readonly ours: readonly AttackResult[];
  readonly straws: readonly AttackResult[];
  /** How often an attack on the paper's mode is right. */
  readonly onPaper: (name: string) => number;
}

/** All attacks on a kind of traffic. */
export function attackTable(traffic: Traffic, seed: string): AttackTable {
  const all = attackSuite(traffic, RULE, TRIALS, seededRng(seed));
  const [ours, paper] = [OURS, PAPER].map((mode) => all.filter((row) => row.mode === mode));
  return {
    all,
    ours: ours ?? [],
    straws: all.filter(({ mode }) => mode.startsWith("straw man")),
    onPaper: (name) => paper?.find((row) => row.name === name)?.success ?? NaN,
  };
}
