import { expect } from "chai";
import { alone, contest, type Operation } from "../../../../offchain/study/bench/operation.ts";
import {
  DisagreementError,
  measureOperation,
} from "../../../../offchain/study/bench/operations.ts";
import { powerImplementation } from "../../../../offchain/core/primitives/modexp.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import { fakeTime, type FakeTime } from "../../../support/bench/fakeTime.ts";

const WORDS = { name: "square", how: "by hand", unavoidable: "a product" };
const EFFORT = { rounds: 3, milliseconds: 0 };

interface Squares {
  readonly operation: Operation;
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/**
 * Squares of 1, 2, 3; ours in 30 ms and the peer's, which may be wrong, in 90; 10 ms are
 * unavoidable.
 */
function squares({ pass, side }: FakeTime, peerError = 0): Squares {
  const [ours, peer]: [number[], number[]] = [[], []];
  const operation = contest({
    ...WORDS,
    inputs: [1, 2, 3],
    ours: (input) => {
      pass(30);
      ours.push(input);
      return input * input;
    },
    peer: (input) => {
      pass(90);
      peer.push(input);
      return Promise.resolve(input ** 2 + peerError);
    },
    same: (mine, theirs) => mine === theirs,
    limit: () => [{ times: 2, side: side("part", 5) }],
  });
  return { operation, ours, peer };
}

describe("an operation", () => {
  it("becomes a row: both medians, their ratio, and the sum of its unavoidable parts", async () => {
    const time = fakeTime();
    const row = await measureOperation(squares(time).operation, 2048, EFFORT, time.watch);
    const limitMs = powerImplementation() === "openssl" ? 10 : null;
    expect(row).to.deep.include({ oursMs: 30, peerMs: 90, ratio: 3, limitMs });
    expect(row).to.deep.include({ operation: "square", bits: 2048, how: "by hand" });
    expect(row.unavoidable).to.equal("a product");
    expect(row.samples).to.be.at.least(3);
  });

  it("takes its inputs in turn, the same on both sides", async () => {
    const time = fakeTime();
    const { operation, ours, peer } = squares(time);
    await measureOperation(operation, 2048, EFFORT, time.watch);
    // The first was computed once more, to be compared.
    expect(peer.slice(0, 5)).to.deep.equal([1, 1, 2, 3, 1]);
    expect(ours.slice(0, 5)).to.deep.equal([1, 1, 2, 3, 1]);
  });

  it("is refused untimed when the sides come to different results", async () => {
    const time = fakeTime();
    const { operation, ours } = squares(time, 1);
    let caught: unknown;
    try {
      await measureOperation(operation, 2048, EFFORT, time.watch);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.be.instanceOf(DisagreementError);
    expect(ours).to.deep.equal([1]);
  });

  it("has neither peer nor ratio where ours is alone, and is refused when it is wrong", async () => {
    const { watch, pass } = fakeTime();
    const root = (right: boolean): Operation =>
      alone({
        ...WORDS,
        inputs: [4],
        ours: (input) => {
          pass(30);
          return Math.sqrt(input);
        },
        right: (result) => (result === 2) === right,
        limit: () => [],
      });
    const row = await measureOperation(root(true), 2048, EFFORT, watch);
    expect(row).to.deep.include({ oursMs: 30, peerMs: null, ratio: null, limitMs: null });
    expect(await asyncRefusal(() => measureOperation(root(false), 2048, EFFORT, watch))).to.equal(
      "DisagreementError E_BENCH_DISAGREEMENT",
    );
  });

  it("counts a run for as many operations as it does, and more effort for more weight", async () => {
    const { watch, pass } = fakeTime();
    const heavy = (weight: number): Operation =>
      alone({
        ...WORDS,
        inputs: [0],
        operations: 5,
        weight,
        ours: () => {
          pass(50);
        },
        right: () => true,
        limit: () => [],
      });
    const effort = { rounds: 1, milliseconds: 100 };
    const once = await measureOperation(heavy(1), 2048, effort, watch);
    const thrice = await measureOperation(heavy(3), 2048, effort, watch);
    expect(once).to.deep.include({ oursMs: 10, samples: 2 });
    expect(thrice).to.deep.include({ oursMs: 10, samples: 6 });
  });
});
