import { expect } from "chai";
import { scoreOf } from "../../../../offchain/core/messages/score.ts";

describe("score", () => {
  it("is d² minus the price margin", () => {
    expect(scoreOf(250_000n, 100_000n)).to.equal(150_000n);
    expect(scoreOf(0n, 0n)).to.equal(0n);
  });

  it("counts one cent as much as 100 m of distance alone", () => {
    expect(scoreOf(100n * 100n, 10_000n)).to.equal(scoreOf(0n, 0n));
  });

  it("prefers the nearer at equal prices and the cheaper at equal distances", () => {
    expect(scoreOf(100n, 5n) < scoreOf(101n, 5n)).to.equal(true);
    expect(scoreOf(100n, 6n) < scoreOf(100n, 5n)).to.equal(true);
  });
});
