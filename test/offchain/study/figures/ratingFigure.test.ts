import { expect } from "chai";
import { parse } from "csv-parse/sync";

import { ratingStudyCsv } from "../../../../offchain/study/figures/csvFiles.ts";
import { ratingFigure } from "../../../../offchain/study/figures/ratingFigure.ts";
import { ratingStudyText } from "../../../../offchain/study/figures/ratingTable.ts";
import { ratingPath } from "../../../../offchain/core/reputation/pileRating.ts";
import {
  FULL_WEIGHT,
  RATINGS,
  STUDIED_PILES,
  studyRatings,
  type OnChain,
  type RatingStudy,
} from "../../../../offchain/study/rating/ratingStudy.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";

/** As the chain, which other tests hold to it. */
const reference: OnChain = (_pile, scores) => Promise.resolve(ratingPath(0, scores, FULL_WEIGHT));

describe("ratingFigure", () => {
  let study: RatingStudy;

  before(async () => {
    study = await studyRatings("a figure", 5, { real: reference, whole: reference });
  });

  it("draws a line and a band for every pile, in two panels", () => {
    const document = parseSvg(ratingFigure(study));
    const paths = (className: string): number =>
      document.querySelectorAll(`g.${className} path`).length;
    expect(paths("history")).to.equal(2 * STUDIED_PILES.length);
    expect(paths("band")).to.equal(2 * STUDIED_PILES.length);
    expect(textsOf(document)).to.include.members([
      "real-valued scores · the library on chain",
      "scores 1, 2, 3 · Reputation.rate",
      "cheat turns",
    ]);
  });

  it("ends every line with the pile's name and its last rating", () => {
    const texts = textsOf(parseSvg(ratingFigure(study)));
    for (const { pile, onChain } of study.lines) {
      expect(texts).to.include(`${pile} ${onChain.at(-1)?.toFixed(2)}`);
    }
  });

  it("keeps labels apart that would lie on each other", () => {
    const [line] = study.lines;
    if (line === undefined) throw new Error("expected a line");
    const lines = ["one", "two", "three"].map((pile) => ({ ...line, pile }));
    const document = parseSvg(ratingFigure({ ...study, lines }));
    const heights = [...document.querySelectorAll("g.ending text")].map((mark) =>
      Number(/,([-0-9.]+)\)/.exec(mark.getAttribute("transform") ?? "")?.[1]),
    );
    expect(heights).to.have.lengthOf(3);
    for (const [k, height] of heights.slice(1).entries()) {
      expect((heights[k] ?? NaN) - height).to.be.above(12);
    }
  });

  it("gives the same bytes again, and keeps a hostile seed as text", () => {
    const hostile = { ...study, seed: "<script>&" };
    expect(ratingFigure(hostile)).to.equal(ratingFigure(hostile));
    const document = parseSvg(ratingFigure(hostile));
    expect(document.querySelectorAll("script")).to.be.empty;
    expect(marksOf(document, "ending")).not.to.be.empty;
  });

  it("has a row an evaluation as CSV, and a row a line as text", () => {
    const rows = parse(ratingStudyCsv(study), { columns: true });
    expect(rows).to.have.lengthOf(2 * STUDIED_PILES.length * RATINGS);
    expect(rows[0]).to.include({ scores: "real", pile: "low", evaluation: "1" });
    const text = ratingStudyText(study);
    expect(text)
      .to.match(/whole +│ cheat/)
      .and.to.contain("5 runs of the reference, seed a figure");
  });
});
