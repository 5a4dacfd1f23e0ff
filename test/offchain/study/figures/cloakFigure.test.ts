import { expect } from "chai";

import { drawsOf } from "../../../../offchain/core/cloak/draws.ts";
import {
  drawnScene,
  sceneFacts,
  type CloakReport,
} from "../../../../offchain/study/cloak/cloakReport.ts";
import { cityTraffic } from "../../../../offchain/study/cloak/traffic.ts";
import { OURS, PAPER } from "../../../../offchain/study/cloak/trials.ts";
import { attacksText } from "../../../../offchain/study/figures/attacksTable.ts";
import { cloakFigure } from "../../../../offchain/study/figures/cloakFigure.ts";
import { seededRng } from "../../../../offchain/study/worlds/seededRng.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";

const RULE = { k: 5, l: 2, leastSpreadM: 250, mostSpreadM: 1_500, cellM: 250 };

function reported(vehicles: number, attribution: string | null = null) {
  const scene = cityTraffic(vehicles, 4_000).sceneOf(drawsOf(seededRng("figure")));
  const drawn = drawnScene(scene, RULE, seededRng("figure"));
  const attack = { name: "centre", bound: 0.25, trials: 2_000 };
  const report: CloakReport = {
    ...RULE,
    traffic: "a <city>",
    seed: "s",
    ...sceneFacts(drawn, RULE.cellM),
    attacks: [
      { ...attack, mode: PAPER, success: 0.5 },
      { ...attack, mode: OURS, success: 0.2 },
      { ...attack, mode: "straw man: none", success: 1 },
      { ...attack, name: "order", mode: OURS, success: 0.1 },
    ],
    unusableRows: 2,
    attribution,
  };
  return { report, drawn };
}

describe("cloakFigure", () => {
  it("draws every vehicle once, every bucket with its size, every attack with its promise", () => {
    const { report, drawn } = reported(46);
    const document = parseSvg(cloakFigure(report, drawn));
    expect(marksOf(document, "member").length + marksOf(document, "suppressed").length).to.equal(
      46,
    );
    expect(marksOf(document, "suppressed")).to.have.length(report.suppressed);
    const sizes = [...document.querySelectorAll("g.size text")].map((text) => text.textContent);
    expect(sizes).to.deep.equal(report.bucketSizes.map(String));
    expect(marksOf(document, "bucket")).to.have.length(report.buckets);
    expect(marksOf(document, "ours")).to.have.length(2);
    expect(marksOf(document, "paper")).to.have.length(1);
    expect(marksOf(document, "straw")).to.have.length(1);
    expect(document.querySelectorAll("g.promise")).to.have.length(2);
    expect(textsOf(document)).to.include.members(["centre", "order"]);
  });

  it("fills the cells of buckets and no others", () => {
    const { report, drawn } = reported(46);
    const cells = drawn.buckets.map(({ cells: of }) => {
      return new Set(of.map(({ column, row }) => `${column},${row}`)).size;
    });
    const document = parseSvg(cloakFigure(report, drawn));
    const filled = marksOf(document, "cell").length;
    expect(filled).to.equal(cells.reduce((sum, count) => sum + count, 0));
  });

  it("is well-formed without a bucket, and prints an attribution", () => {
    const { report, drawn } = reported(3, "by & for all");
    expect(report.buckets).to.equal(0);
    const document = parseSvg(cloakFigure(report, drawn));
    expect(marksOf(document, "suppressed")).to.have.length(3);
    expect(textsOf(document)).to.include("by & for all");
  });

  it("gives the same bytes for the same report", () => {
    const [a, b] = [reported(46), reported(46)];
    expect(cloakFigure(a.report, a.drawn)).to.equal(cloakFigure(b.report, b.drawn));
  });
});

describe("attacksText", () => {
  it("says of every attack whether it is above its bound", () => {
    const lines = attacksText(reported(46).report).split("\n");
    const above = lines.filter((line) => line.includes("above"));
    expect(above).to.have.length(2);
    expect(above[0]).to.include(PAPER);
    expect(lines.filter((line) => line.includes(OURS))).to.have.length(2);
    expect(lines.at(-1)).to.include("2000 trials");
  });

  it("has no size where there is no bucket", () => {
    expect(attacksText(reported(3).report)).to.match(/vehicles in a bucket +│ +– │/);
  });
});
