import { expect } from "chai";
import { privacyText } from "../../../../offchain/study/figures/privacyTables.ts";
import type { PrivacyReport } from "../../../../offchain/study/reports/privacyReport.ts";

const PRIVACY: PrivacyReport = {
  k: 5,
  l: 2,
  cellM: 250,
  reachM: 1_596,
  buckets: 6,
  requestsFromBuckets: 39,
  requestsFromAnywhere: 3,
  pilesInBuckets: 24,
  pilesAnywhere: 1,
  sessionAccounts: 42,
  attacks: [{ name: "centre", success: 0.1545, bound: 0.2358, trials: 2_000 }],
  links: [{ name: "pile", success: 0.606, chance: 0.0784, bound: 0.2651, trials: 33 }],
  coinsOwedUnits: 2_434_287_000,
  coinsHeldUnits: 2_434_304_151,
};

const cellsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("privacyText", () => {
  const text = privacyText(PRIVACY);
  const cells = cellsOf(text);

  it("says what was promised and what was played", () => {
    expect(cells).to.deep.include(["Vehicles behind a request, at least (k)", "5"]);
    expect(cells).to.deep.include(["Requests from a bucket", "39"]);
    expect(cells).to.deep.include(["Piles in buckets of piles, and anywhere", "24, 1"]);
  });

  it("puts every attack beside what bounds it", () => {
    expect(cells).to.deep.include(["centre", "0.155", "0.236", "2,000"]);
    expect(cells).to.deep.include(["pile", "0.606", "0.078", "0.265", "33"]);
  });

  it("says so where there was nobody to be attacked, and nothing to be linked", () => {
    const none = { name: "pile", success: 0, chance: 0, bound: 0, trials: 0 };
    const empty = privacyText({ ...PRIVACY, attacks: [], links: [none] });
    expect(empty).to.include("too few vehicles in every slot to be attacked");
    expect(empty).to.include("no vehicle came back: nothing to be linked");
    expect(cellsOf(empty).flat()).not.to.include.members(["pile"]);
  });

  it("is at most 100 columns wide", () => {
    expect(Math.max(...text.split("\n").map(({ length }) => length))).to.be.at.most(100);
  });
});
