import { expect } from "chai";
import { goalsOf } from "../../../offchain/bench/goals.ts";
import type { GoalRow, RoundRow } from "../../../offchain/bench/report.ts";
import { goalsText } from "../../../offchain/bench/roundsText.ts";
import { BENCH_REPORT, PEER_ROW, ROUND_ROWS } from "./rows.ts";

const HUNDRED = { ...PEER_ROW, buyers: 100, sellers: 100 };
const ROUNDS: readonly RoundRow[] = [
  { ...HUNDRED, mode: "masked", pairsPerSecond: 999, ratioToPeer: 140 },
  { ...HUNDRED, mode: "masked", cores: 2, gain: 1.8 },
  { ...HUNDRED, mode: "strict", pairsPerSecond: 1_234, ratioToPeer: 250 },
  { ...HUNDRED, mode: "paper", ratioToPeer: 9_999 },
  ...ROUND_ROWS,
];
const GROWTH = [
  { mode: "masked", cores: 1, exponent: 0.6, memoryExponent: 0.2 },
  { mode: "strict", cores: 1, exponent: 1.02, memoryExponent: 0.01 },
];

function metOf(goals: readonly GoalRow[]): readonly (boolean | null)[] {
  return goals.map(({ met }) => met);
}

describe("goals", () => {
  const goals = goalsOf({ ...BENCH_REPORT, rounds: ROUNDS, growth: GROWTH });

  it("are met or not, exactly at the limit as well", () => {
    const [encrypt, decrypt] = [true, null];
    const [paper, speed, ratio] = [false, false, true];
    const strict = [null, null];
    const [gain, time, memory] = [true, true, false];
    expect(metOf(goals)).to.deep.equal([
      ...[encrypt, decrypt, paper, speed, ratio],
      ...strict,
      ...[gain, time, memory],
    ]);
  });

  it("say what was measured, also where none was set", () => {
    expect(goals.map(({ measured }) => measured)).to.deep.equal([
      ...[42, null, 9_999, 999, 140],
      ...[1_234, 250],
      ...[1.8, 1.02, 0.2],
    ]);
    expect(goals.find(({ what }) => what.startsWith("strict"))).to.include({
      goal: null,
      is: "measured",
    });
  });

  it("are open where nothing was measured", () => {
    const nothing = goalsOf({ ...BENCH_REPORT, operations: [], rounds: [], growth: [] });
    expect(metOf(nothing).every((met) => met === null)).to.equal(true);
    expect(nothing.every(({ measured }) => measured === null)).to.equal(true);
  });

  it("are a table at most 100 columns wide", () => {
    const lines = goalsText(goals).split("\n");
    const cells = lines
      .filter((line) => line.includes("masked, 100 × 100, pairs/s"))
      .map((line) => line.split("│").map((cell) => cell.trim()));
    expect(cells).to.deep.equal([
      ["", "masked, 100 × 100, pairs/s a core", "at least", "1,000", "999", "no", ""],
    ]);
    for (const line of lines) expect(Array.from(line).length, line).to.be.at.most(100);
  });
});
