/** A pile's rating: floating point in TypeScript against fixed point on the EVM, step by step. */
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { ParityHarness } from "../../types/ethers-contracts/index.js";
import { USUAL_REPUTATION } from "../../offchain/chain/deployment/terms.ts";
import { walkHistory } from "../../offchain/chain/history.ts";
import {
  nextRating,
  ratingDamping,
  ratingPath,
  raterWeight,
} from "../../offchain/core/reputation/pileRating.ts";
import { byLibrary } from "../../offchain/study/rating/ratingStage.ts";
import { rateAs, ratingStage } from "../support/market/ratingStage.ts";

const TOLERANCE = 1e-9;
const WAD = 10n ** 18n;

interface Step {
  readonly score: number;
  readonly weight: number;
}

interface Vector {
  readonly start: number;
  readonly scores: readonly number[];
  readonly ratings: readonly number[];
}

/** Weight 1, to six decimals. */
const VECTORS: readonly Vector[] = [
  {
    start: 0,
    scores: [3, 3, 1, 2, 3],
    ratings: [0.299258, 0.56812, 0.610977, 0.748721, 0.971381],
  },
  { start: 2.5, scores: [1, 1, 1], ratings: [2.390341, 2.283015, 2.179409] },
];

function walk(start: number, steps: readonly Step[]): readonly number[] {
  let rating = start;
  return steps.map(({ score, weight }) => (rating = nextRating(rating, score, weight)));
}

function atWeightOne(scores: readonly number[]): readonly Step[] {
  return scores.map((score) => ({ score, weight: 1 }));
}

describe("pile rating, TypeScript and Solidity", () => {
  let connection: NetworkConnection;
  let harness: ParityHarness;

  before(async () => {
    connection = await network.create();
    harness = await connection.ethers.deployContract("ParityHarness");
  });
  after(() => connection.close());

  async function walkOnChain(start: number, steps: readonly Step[]): Promise<readonly number[]> {
    const ratings = await harness.rate(
      toWad(start),
      steps.map(({ score }) => score),
      steps.map(({ weight }) => toWad(weight)),
    );
    return ratings.map(fromWad);
  }

  it("damps as the source says: Φ of 0, 1, 2, 3, 4", () => {
    const expected = [0.99753, 0.98201, 0.8808, 0.5, 0.1192];
    for (const [rating, damping] of expected.entries()) {
      expectClose([ratingDamping(rating)], [damping], 5e-6);
    }
  });

  for (const { start, scores, ratings } of VECTORS) {
    it(`agree with the vector from ${start} with ${scores.join(", ")}`, async () => {
      const steps = atWeightOne(scores);
      expectClose(walk(start, steps), ratings, 5e-7);
      expectClose(await walkOnChain(start, steps), ratings, 5e-7);
    });
  }

  it("agree within 1e-9 after every step of 1,000 random histories", async () => {
    const step = fc.record({
      score: fc.integer({ min: 1, max: 3 }),
      weight: fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1e6),
    });
    const start = fc.integer({ min: 0, max: 3_000_000 }).map((millionths) => millionths / 1e6);
    const histories = fc.array(step, { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(start, histories, async (from, steps) => {
        expectClose(await walkOnChain(from, steps), walk(from, steps), TOLERANCE);
      }),
      { numRuns: 1_000, seed: 0x5eed },
    );
  });

  it("agree within 1e-9 on real scores, in and around the scale", async () => {
    const stage = await ratingStage(connection);
    const score = fc
      .integer({ min: -3_000_000, max: 6_000_000 })
      .map((millionths) => millionths / 1e6);
    const scores = fc.array(score, { minLength: 1, maxLength: 60 });
    const onChain = byLibrary(stage);
    await fc.assert(
      fc.asyncProperty(scores, async (drawn) => {
        expectClose(await onChain("any", drawn), ratingPath(0, drawn, 1), TOLERANCE);
      }),
      { numRuns: 200, seed: 0x5eed },
    );
  });

  it("agree within 1e-9 through the contract, with the weights of its raters", async () => {
    const stage = await ratingStage(connection);
    const bounds = { maxCredibility: USUAL_REPUTATION.maxCredibility, minWeight: 0.1 };
    const step = fc.record({
      score: fc.integer({ min: 1, max: 3 }),
      credibility: fc.integer({ min: -5, max: 20 }),
    });
    let pile = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        pile += 1;
        const account = await stage.stage.pileAt(pile);
        for (const [serial, given] of steps.entries()) {
          await rateAs(stage, stage.rater, { pile, serial, ...given });
        }
        const { evaluations } = await walkHistory(stage.reputation, { kind: "pile", account });
        const weighted = steps.map(({ score, credibility }) => {
          return { score, weight: raterWeight(credibility, bounds) };
        });
        const onChain = evaluations.toReversed().map(({ ratingWad }) => fromWad(ratingWad));
        expectClose(onChain, walk(0, weighted), TOLERANCE);
      }),
      { numRuns: 30, seed: 0x5eed },
    );
  });

  it("is told apart from the printed formula", () => {
    const printed = (rating: number, score: number): number =>
      rating + (ratingDamping(rating) / 10) * (score - rating / 3);
    expectClose([printed(0.299258, 3)], [0.587981], 5e-7);
    expectClose([nextRating(0.299258, 3, 1)], [0.56812], 5e-7);
  });
});

/** Hardhat's matchers replace chai's `closeTo` by one for whole numbers. */
function expectClose(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void {
  expect(actual).to.have.lengthOf(expected.length);
  for (const [k, value] of actual.entries()) {
    expect(Math.abs(value - (expected[k] ?? NaN)), `step ${k}`).to.be.at.most(tolerance);
  }
}

/** Exact for up to six decimals. */
function toWad(value: number): bigint {
  return (BigInt(Math.round(value * 1e6)) * WAD) / 1_000_000n;
}

function fromWad(value: bigint): number {
  return Number(value) / Number(WAD);
}
