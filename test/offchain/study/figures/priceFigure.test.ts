import { expect } from "chai";

import { pricesCsv } from "../../../../offchain/study/figures/csvFiles.ts";
import { priceFigure, type PriceStory } from "../../../../offchain/study/figures/priceFigure.ts";
import type { Bidder } from "../../../../offchain/core/pricing/bidder.ts";
import { openPath, sealedPath } from "../../../../offchain/core/pricing/pricePath.ts";
import { threePiles } from "../../../support/pricing/bidders.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";

/** Cents instead of units. */
function bidders(): readonly Bidder[] {
  const cent = 10_000n;
  return threePiles().map(({ name, costPerKwh, advantage, startPricePerKwh }) => ({
    name,
    costPerKwh: costPerKwh * cent,
    advantage: advantage * cent,
    startPricePerKwh: startPricePerKwh * cent,
  }));
}

function storyOf(of: readonly Bidder[], maxRounds: number): PriceStory {
  const decrement = 50_000n;
  return {
    request: "a trip",
    bidders: of,
    open: { path: openPath(of, decrement), decrement },
    sealed: { path: sealedPath(of, decrement, maxRounds), decrement },
  };
}

describe("priceFigure", () => {
  const story = storyOf(bidders(), 16);
  const { open, sealed } = story;

  it("draws a dot a bid, a ring where a pile begins, and what leads", () => {
    const document = parseSvg(priceFigure(story));
    const bids = open.path.points.length + sealed.path.points.length - 6;
    expect(marksOf(document, "bid")).to.have.length(bids);
    expect(marksOf(document, "start")).to.have.length(6);
    expect(marksOf(document, "leading")).to.have.length(2);
    expect(marksOf(document, "band")).to.have.length(2);
  });

  it("says who wins, at which price, after how much", () => {
    const texts = textsOf(parseSvg(priceFigure(story)));
    const subtitle = "a trip · 3 piles · open: 14 bids, third wins at 130 ct · sealed: 15 rounds";
    expect(texts).to.include(subtitle);
    expect(texts.filter((text) => text === "130")).to.have.length(2);
    for (const { name } of story.bidders) expect(texts).to.include(name);
  });

  it("says when the rounds were cut off", () => {
    const texts = textsOf(parseSvg(priceFigure(storyOf(bidders(), 3))));
    expect(texts.join("\n")).to.contain("sealed: 3 rounds, then cut off");
  });

  it("lets equal bids of a round stand beside each other", () => {
    const document = parseSvg(priceFigure(story));
    const places = marksOf(document, "bid").map(
      (mark) => `${mark.getAttribute("cx") ?? ""},${mark.getAttribute("cy") ?? ""}`,
    );
    expect(new Set(places).size).to.equal(places.length);
  });

  it("draws a market in which nobody moves, and one with a single pile", () => {
    const [alone] = bidders();
    if (alone === undefined) throw new Error("expected a pile");
    const document = parseSvg(priceFigure(storyOf([alone], 16)));
    expect(marksOf(document, "bid")).to.be.empty;
    expect(marksOf(document, "band")).to.be.empty;
  });

  it("gives more than six piles one colour beyond the sixth", () => {
    const many = Array.from({ length: 9 }, (_, k) => ({
      name: `pile ${k}`,
      costPerKwh: BigInt(200_000 + 1_000 * k),
      advantage: 0n,
      startPricePerKwh: 600_000n,
    }));
    const document = parseSvg(priceFigure(storyOf(many, 16)));
    expect(marksOf(document, "name")).to.have.length(6);
  });

  it("gives the same bytes for the same story and keeps hostile names as text", () => {
    const hostile = bidders().map((bidder) => ({ ...bidder, name: "<script>&" }));
    const once = priceFigure(storyOf(hostile, 16));
    expect(priceFigure(storyOf(hostile, 16))).to.equal(once);
    expect(parseSvg(once).querySelectorAll("script")).to.be.empty;
  });
});

describe("pricesCsv", () => {
  it("has one row a bid, of both auctions", () => {
    const story = storyOf(bidders(), 16);
    const [header, ...rows] = pricesCsv(story).trim().split("\n");
    expect(header).to.equal(
      "auction,step,pile,price_token_units_per_kwh,effective_price_token_units_per_kwh",
    );
    const { open, sealed } = story;
    expect(rows).to.have.length(open.path.points.length + sealed.path.points.length);
    expect(rows[2]).to.equal("open,0,third,2000000,1500000");
    expect(rows.at(-1)).to.match(/^sealed,15,/);
  });
});
