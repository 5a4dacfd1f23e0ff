import { expect } from "chai";
import { getAddress, id as hashOfText, toBeHex, ZeroHash } from "ethers";
import fc from "fast-check";
import {
  bestOfEach,
  elect,
  electBookkeeper,
  lotOf,
  quartileBar,
  type Candidate,
} from "../../../../offchain/core/reputation/election.ts";
import { expectNear } from "../../../support/near.ts";

const RUNS = 1_000;

function candidate(place: number, score: number, evaluation = place): Candidate {
  return { vehicle: vehicle(place), score, evaluation: BigInt(evaluation) };
}

function vehicle(place: number): string {
  return getAddress(toBeHex(0xe000 + place, 20));
}

function chance(label: string): { readonly electionId: string; readonly seed: string } {
  return { electionId: ZeroHash, seed: hashOfText(label) };
}

describe("the election of the bookkeeper", () => {
  it("knows each vehicle once, by its best evaluation, the earliest of equals", () => {
    const found = bestOfEach([
      candidate(1, 3, 10),
      candidate(2, 5, 11),
      candidate(1, 7, 12),
      candidate(1, 7, 13),
      candidate(3, 0, 14),
      candidate(4, -2, 15),
    ]);
    expect(found).to.deep.equal([candidate(1, 7, 12), candidate(2, 5, 11)]);
    expect(bestOfEach([])).to.deep.equal([]);
  });

  it("sets the bar where the top quartile ends, rounded up, equals included", () => {
    const bar = (...scores: readonly number[]): number =>
      quartileBar(scores.map((score, k) => candidate(k, score)));
    expect(bar()).to.equal(1);
    expect(bar(4)).to.equal(4);
    expect(bar(1, 2, 3, 4)).to.equal(4);
    expect(bar(1, 2, 3, 4, 5)).to.equal(4);
    expect(bar(9, 9, 9, 9, 1, 1, 1, 1)).to.equal(9);
    expect(bar(20, 3, 3, 3, 3, 3, 3, 3)).to.equal(3);
  });

  it("takes the highest score, and lets chance decide between equals", () => {
    const candidates = [candidate(1, 4), candidate(2, 9), candidate(3, 9), candidate(4, 8)];
    const wins = new Map<string, number>();
    for (let run = 0; run < RUNS; run += 1) {
      const winner = elect("highest", candidates, 1, chance(`highest ${run}`))?.vehicle ?? "";
      wins.set(winner, (wins.get(winner) ?? 0) + 1);
    }
    expect([...wins.keys()]).to.have.members([vehicle(2), vehicle(3)]);
    const sd = Math.sqrt(0.25 / RUNS);
    expectNear((wins.get(vehicle(2)) ?? 0) / RUNS, 0.5, 4 * sd);
  });

  it("draws in proportion to the scores: four standard deviations over 1,000 draws", () => {
    const candidates = [1, 2, 3, 4].map((score) => candidate(score, score));
    const wins = new Map<string, number>();
    for (let run = 0; run < RUNS; run += 1) {
      const winner = elect("draw", candidates, 1, chance(`draw ${run}`))?.vehicle ?? "";
      wins.set(winner, (wins.get(winner) ?? 0) + 1);
    }
    for (const { vehicle: account, score } of candidates) {
      const share = score / 10;
      const sd = Math.sqrt((share * (1 - share)) / RUNS);
      expectNear((wins.get(account) ?? 0) / RUNS, share, 4 * sd, account);
    }
  });

  it("elects nobody below the bar, and nobody where there is nobody", () => {
    const candidates = [candidate(1, 2), candidate(2, 5)];
    for (let run = 0; run < 50; run += 1) {
      expect(elect("draw", candidates, 3, chance(`${run}`))?.vehicle).to.equal(vehicle(2));
    }
    expect(elect("draw", candidates, 6, chance("none"))).to.equal(null);
    expect(elect("highest", [], 1, chance("none"))).to.equal(null);
  });

  it("does not depend on the order in which candidates are told", () => {
    const scores = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, fc.string(), (drawn, label) => {
        const candidates = drawn.map((score, k) => candidate(k, score));
        const there = electBookkeeper(candidates, chance(label));
        const back = electBookkeeper(candidates.toReversed(), chance(label));
        expect(there.highest).to.deep.equal(back.highest);
        expect(there.draw).to.deep.equal(back.draw);
        expect(there.bar).to.equal(back.bar);
        expect(there.draw?.score).to.be.at.least(there.bar);
        expect(there.highest?.score).to.equal(Math.max(...drawn));
      }),
      { numRuns: 100, seed: 0x5eed },
    );
  });

  it("gives a lot to every ticket, and another for every part of it", () => {
    const base = { electionId: hashOfText("one"), seed: hashOfText("seed") };
    const lots = [
      lotOf("draw", base, candidate(1, 5), 0),
      lotOf("draw", base, candidate(1, 5), 1),
      lotOf("draw", base, candidate(2, 5), 0),
      lotOf("draw", { ...base, electionId: hashOfText("two") }, candidate(1, 5), 0),
      lotOf("draw", { ...base, seed: hashOfText("other") }, candidate(1, 5), 0),
      lotOf("highest", base, candidate(1, 5), 0),
    ];
    expect(new Set(lots).size).to.equal(lots.length);
    expect(lotOf("highest", base, candidate(1, 5), 0) >> 248n).to.equal(5n);
  });
});
