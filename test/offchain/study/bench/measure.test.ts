import { expect } from "chai";
import fc from "fast-check";
import { measureSideBySide, median, sideOf } from "../../../../offchain/study/bench/measure.ts";
import { expectNear } from "../../../support/near.ts";
import { fakeTime } from "../../../support/bench/fakeTime.ts";

const THREE_ROUNDS = { rounds: 3, milliseconds: 0 };

/** A side that takes at least 20 ms is warm after one run. */
const WARM = 1;

describe("median", () => {
  it("is the value in the middle, or the mean of the two there", () => {
    expect(median([7])).to.equal(7);
    expect(median([9, 1])).to.equal(5);
    expect(median([10, 9, 1])).to.equal(9);
    expect(median([4, 1000, 1, 2])).to.equal(3);
    expect(median([])).to.deep.equal(NaN);
  });

  it("has as many values above as below, and leaves the list alone", () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        const before = [...list];
        const middle = median(list);
        const below = list.filter((value) => value < middle).length;
        const above = list.filter((value) => value > middle).length;
        expect(Math.abs(below - above)).to.be.at.most(list.filter((v) => v === middle).length);
        expect(list).to.deep.equal(before);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe("measuring side by side", () => {
  it("gives the median of every side, whatever a few samples were disturbed by", async () => {
    const { side, watch } = fakeTime();
    const ours = side("ours", 40, 40, 4_000, 41, 39, 40);
    const peer = side("peer", 50);
    const measured = await measureSideBySide([ours, peer], { rounds: 5, milliseconds: 0 }, watch);
    expect(measured(ours)).to.deep.equal({ medianMs: 40, samples: 5 });
    expect(measured(peer)).to.deep.equal({ medianMs: 50, samples: 5 });
  });

  it("lets the sides take turns, in alternating order", async () => {
    const { side, watch, log } = fakeTime();
    await measureSideBySide([side("a", 40), side("b", 50), side("c", 45)], THREE_ROUNDS, watch);
    expect(log.slice(3 * WARM).join("")).to.equal("abccbaabc");
  });

  it("lets a quick side take more turns, spread over the round", async () => {
    const { side, watch, log } = fakeTime();
    const quick = side("q", 20);
    const slow = side("s", 160);
    const measured = await measureSideBySide([slow, quick], { rounds: 2, milliseconds: 0 }, watch);
    expect(log.slice(2 * WARM).join("")).to.equal("sqqqqqqs");
    expect(measured(quick).samples).to.equal(6);
    expect(measured(slow).samples).to.equal(2);
  });

  it("repeats short work within a sample", async () => {
    const { log, side, watch } = fakeTime();
    const short = side("short", 1 / 8);
    const measured = await measureSideBySide([short], THREE_ROUNDS, watch);
    expectNear(measured(short).medianMs, 1 / 8, 1e-9);
    // Three samples of eight runs, after the most single ones that it takes to be warm.
    expect(log).to.have.lengthOf(64 + 3 * 8);
  });

  it("gives the time of one operation where a run does many", async () => {
    const { side, watch } = fakeTime();
    const batch = { ...side("batch", 60), operations: 12 };
    expect((await measureSideBySide([batch], THREE_ROUNDS, watch))(batch).medianMs).to.equal(5);
  });

  it("goes on until the budget is spent, and takes its rounds even without one", async () => {
    const samples = async (rounds: number, milliseconds: number): Promise<number> => {
      const { side, watch } = fakeTime();
      const one = side("one", 50);
      return (await measureSideBySide([one], { rounds, milliseconds }, watch))(one).samples;
    };
    expect(await samples(2, 500)).to.equal(10);
    expect(await samples(2, 501)).to.equal(11);
    expect(await samples(20, 500)).to.equal(20);
    expect(await samples(4, 0)).to.equal(4);
  });

  it("waits for what a side promises", async () => {
    const { watch, pass } = fakeTime();
    const promising = sideOf(async () => {
      await Promise.resolve();
      pass(25);
    });
    const measured = await measureSideBySide([promising], THREE_ROUNDS, watch);
    expect(measured(promising).medianMs).to.equal(25);
  });

  it("stops on an abort before the next sample, with its reason", async () => {
    const controller = new AbortController();
    const { pass, watch } = fakeTime(controller.signal);
    const reason = new Error("enough");
    let runs = 0;
    const stopping = sideOf(() => {
      pass(50);
      runs++;
      if (runs === 4) controller.abort(reason);
    });
    let caught: unknown;
    try {
      await measureSideBySide([stopping], { rounds: 100, milliseconds: 0 }, watch);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.equal(reason);
    expect(runs).to.equal(4);
  });

  it("hears an abort that arrives by the event loop", async () => {
    const controller = new AbortController();
    const { side, watch, log } = fakeTime(controller.signal);
    setImmediate(() => {
      controller.abort(new Error("from outside"));
    });
    let caught: unknown;
    try {
      await measureSideBySide([side("endless", 50)], { rounds: Infinity, milliseconds: 0 }, watch);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.have.property("message", "from outside");
    expect(log.length).to.be.lessThan(5);
  });

  it("passes on what a side throws", async () => {
    const { watch } = fakeTime();
    const broken = sideOf(() => {
      throw new RangeError("broken");
    });
    let caught: unknown;
    try {
      await measureSideBySide([broken], THREE_ROUNDS, watch);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.be.instanceOf(RangeError);
  });
});
