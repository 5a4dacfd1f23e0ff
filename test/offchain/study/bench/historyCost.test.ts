import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  ASKED_EVALUATIONS,
  BLOCKS_PER_EVALUATION,
  BLOCKS_PER_QUERY,
  historyCostText,
  measureHistories,
  type HistoryCost,
} from "../../../../offchain/study/bench/historyCost.ts";
import { ratingStage } from "../../../support/market/ratingStage.ts";

const LENGTHS = [100, 400];

describe("the cost of a pile's history", () => {
  let connection: NetworkConnection;
  let costs: readonly HistoryCost[];

  before(async () => {
    connection = await network.create();
    let now = 0;
    costs = await measureHistories({
      stage: await ratingStage(connection),
      lengths: LENGTHS,
      repetitions: 3,
      nowMs: () => (now += 1),
    });
  });
  after(() => connection.close());

  it("is the same to walk, however long the chain", () => {
    expect(costs.map(({ evaluations }) => evaluations)).to.deep.equal(LENGTHS);
    for (const { walk } of costs) expect(walk.reads).to.equal(ASKED_EVALUATIONS + 1);
  });

  it("grows with the chain in the logs", () => {
    for (const { evaluations, scan } of costs) {
      const least = (evaluations * BLOCKS_PER_EVALUATION) / BLOCKS_PER_QUERY;
      expect(scan.reads).to.be.within(Math.ceil(least), Math.ceil(least) + 1);
    }
  });

  it("is printed as a table", () => {
    const text = historyCostText(costs);
    expect(text).to.match(/100 │ +21 │ +1\.0 │ +2 │ +1\.0/);
    expect(text).to.match(/400 │ +21 │ +1\.0 │ +5 │ +1\.0/);
  });
});
