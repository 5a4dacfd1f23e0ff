import { expect } from "chai";

import { mapFigure } from "../../../../offchain/study/figures/mapFigure.ts";
import { importWorld } from "../../../../offchain/study/importers/importFiles.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import type { SimulationTruth } from "../../../../offchain/study/reports/truth.ts";
import type { World } from "../../../../offchain/study/worlds/world.ts";
import { findDundee } from "../../../support/importers/files.ts";
import { sampleReport, sampleTruth } from "../../../support/figures/sample.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";
import { expectNear } from "../../../support/near.ts";

const HOSTILE = `<script>x("&")</script>`;

function countOf(document: Document, ...classNames: readonly string[]): number {
  return classNames.reduce((count, name) => count + marksOf(document, name).length, 0);
}

/** Checks that the marks of a map are the piles, trips and trades of its data. */
function expectMarks(document: Document, world: World, truth: SimulationTruth): void {
  const settled = truth.trades.filter((trade) => trade.outcome === "settled");
  const used = new Set(settled.map((trade) => trade.pile));
  const usedKinds = ["pile-slow-used", "pile-fast-used", "pile-rapid-used"];
  const idleKinds = ["pile-slow-idle", "pile-fast-idle", "pile-rapid-idle"];
  expect(countOf(document, ...usedKinds)).to.equal(used.size);
  expect(countOf(document, ...idleKinds)).to.equal(world.piles.length - used.size);
  expect(countOf(document, "request-settled")).to.equal(settled.length);
  expect(countOf(document, "pair-settled")).to.equal(settled.length);
  const unsettled = truth.trades.length - settled.length;
  expect(countOf(document, "request-unsettled")).to.equal(unsettled);
  expect(countOf(document, "pair-unsettled")).to.equal(unsettled);
  expect(countOf(document, "request-unmatched")).to.equal(truth.withoutPile.length);
}

function centreOf(mark: Element): readonly [x: number, y: number] {
  return [Number(mark.getAttribute("cx")), Number(mark.getAttribute("cy"))];
}

describe("mapFigure", () => {
  const world = buildScenario("town", { seed: "map" });
  const report = sampleReport(world);
  const truth = sampleTruth(world);

  it("draws every pile, request and pair of a town once", () => {
    expectMarks(parseSvg(mapFigure(report, truth, world)), world, truth);
  });

  it("draws a pile by its power: below 22 kW, below 43 kW, more", () => {
    const document = parseSvg(mapFigure(report, { trades: [] }, world));
    const withPower = (least: number, most: number): number =>
      world.piles.filter(({ powerW }) => powerW >= least && powerW < most).length;
    expect(countOf(document, "pile-slow-idle")).to.equal(withPower(0, 22_000));
    expect(countOf(document, "pile-fast-idle")).to.equal(withPower(22_000, 43_000));
    expect(countOf(document, "pile-rapid-idle")).to.equal(withPower(43_000, Infinity));
  });

  it("says the date and what became of the requests, and explains every kind with its count", () => {
    const texts = textsOf(parseSvg(mapFigure(report, truth, world)));
    const { requests, matched, settled } = report;
    const { withoutPile } = truth;
    expect(texts).to.include(world.title);
    expect(texts).to.include(
      `${world.date} · ${requests} requests · ${matched} matched · ${settled} settled`,
    );
    expect(texts).to.include(`matched and settled (${settled})`);
    expect(texts).to.include(`matched, not settled (${matched - settled})`);
    expect(texts).to.include(`no pile found (${withoutPile.length})`);
  });

  it("tells settled pairs from others by dashes, not by colour alone", () => {
    const document = parseSvg(mapFigure(report, truth, world));
    const dashes = (kind: string): string | null | undefined =>
      document.querySelector(`g.${kind}`)?.getAttribute("stroke-dasharray");
    expect(dashes("pair-settled")).to.be.null;
    expect(dashes("pair-unsettled")).to.match(/\d/);
  });

  it("keeps to one scale in both directions, north up", () => {
    const places = [
      { xM: 100, yM: 100 },
      { xM: 2_900, yM: 600 },
    ];
    const trips = world.trips.slice(0, 2).map((trip, index) => ({
      ...trip,
      position: places[index] ?? trip.position,
    }));
    const trades = truth.trades.slice(0, 2).map((trade, index) => ({
      ...trade,
      outcome: "settled" as const,
      trip: trips[index]?.name ?? "",
      vehiclePosition: places[index] ?? trade.vehiclePosition,
    }));
    const document = parseSvg(mapFigure(report, { trades }, { ...world, piles: [], trips }));
    const [a = [0, 0], b = [0, 0]] = marksOf(document, "request-settled").map(centreOf);
    expect((b[0] - a[0]) / 2_800).to.be.greaterThan(0);
    expectNear((a[1] - b[1]) / 500, (b[0] - a[0]) / 2_800, 1e-6);
  });

  it("prints the attribution when there is one", () => {
    const attribution = "Contains data of somebody.";
    expect(textsOf(parseSvg(mapFigure({ ...report, attribution }, truth, world)))).to.include(
      attribution,
    );
    expect(mapFigure(report, truth, world)).not.to.include(attribution);
  });

  it("gives the same bytes for the same data", () => {
    expect(mapFigure(report, truth, world)).to.equal(mapFigure(report, truth, world));
  });

  it("keeps hostile names as text", () => {
    const hostile = {
      ...world,
      title: HOSTILE,
      piles: world.piles.map((pile, index) => ({ ...pile, name: `${HOSTILE}${index}` })),
      trips: world.trips.map((trip, index) => ({ ...trip, name: `${HOSTILE}${index}` })),
    };
    const document = parseSvg(mapFigure(sampleReport(hostile), sampleTruth(hostile), hostile));
    expect(document.querySelectorAll("script")).to.be.empty;
    expectMarks(document, hostile, sampleTruth(hostile));
    expect(document.querySelector("title")?.textContent).to.equal(HOSTILE);
  });

  it("draws a day without a match, and a world without anything", () => {
    const idle = { ...report, matched: 0, settled: 0 };
    const nobody = { trades: [] };
    const document = parseSvg(mapFigure(idle, nobody, world));
    expect(countOf(document, "pair-settled", "pair-unsettled")).to.equal(0);
    expect(countOf(document, "request-unmatched")).to.equal(world.trips.length);
    const empty = parseSvg(mapFigure(idle, nobody, { ...world, piles: [], trips: [] }));
    expect(empty.querySelectorAll("g[class^=pile], g[class^=request]")).to.be.empty;
  });
});

describe("mapFigure of Dundee", () => {
  before(function () {
    if (findDundee() !== null) return;
    console.log("      skipped: the shared Dundee files are not there");
    this.skip();
  });

  it("draws every pile, request and pair of a day, inside the map", () => {
    const files = findDundee();
    if (files === null) throw new Error("expected the Dundee files, got none");
    const world = importWorld({ ...files, date: "2018-07-10", seed: "1" });
    const truth = sampleTruth(world);
    const report = sampleReport(world);
    const document = parseSvg(mapFigure(report, truth, world));
    expectMarks(document, world, truth);
    const ground = document.querySelector("g > rect, rect[aria-label=frame]");
    const centres = marksOf(document, "request-settled").map(centreOf);
    const right = Number(ground?.getAttribute("x")) + Number(ground?.getAttribute("width"));
    const bottom = Number(ground?.getAttribute("y")) + Number(ground?.getAttribute("height"));
    expect(right).to.be.greaterThan(600);
    for (const [x, y] of centres) {
      expect(x).to.be.within(60, right);
      expect(y).to.be.within(8, bottom);
    }
  });
});
