/**
 * Rounds of small cities; what they take is nobody's business here. That a row is there means that
 * the oracle agreed.
 */
import { expect } from "chai";
import { cityFigure } from "../../../../offchain/study/bench/cityFigure.ts";
import { cityFiles, cityGrowth, cityText } from "../../../../offchain/study/bench/cityFiles.ts";
import {
  CITY,
  CITY_STAGES,
  exponentBetween,
  measureCities,
  type CityBench,
  type CityRow,
} from "../../../../offchain/study/bench/cityRound.ts";
import { cityWorld } from "../../../../offchain/study/bench/cityWorld.ts";
import { cellOf } from "../../../../offchain/core/cloak/grid.ts";
import { cellsFault } from "../../../../offchain/core/messages/area.ts";
import { expectNear } from "../../../support/near.ts";
import { parseSvg, textsOf } from "../../../support/figures/svg.ts";
import { dealtKey, workOf } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const MACHINE = { processor: "a", cores: 1, node: "24", openssl: "3", peer: "p" };

/** A clock on which every look takes ten milliseconds. */
function benchOf(signal = new AbortController().signal) {
  let now = 0;
  const said: string[] = [];
  const { roundKey, privateKey } = dealtKey();
  const bench: CityBench = {
    roundKey,
    privateKey,
    nowMs: () => (now += 10),
    signal,
    rng: counterRng("city"),
    work: workOf("city"),
    progress: { say: (line) => said.push(line), update: () => undefined },
  };
  return { bench, said };
}

describe("the city of a round", () => {
  const world = cityWorld(400, CITY, () => 0);

  it("has cloaked vehicles in buckets of k to 2k − 1 with the same cells, their own among them", () => {
    const { requests, located, area, buckets, suppressed } = world;
    expect(requests.length).to.equal(400 - suppressed);
    expect(located.requests.length).to.equal(requests.length);
    const members = Map.groupBy(located.requests, ({ setId }) => setId);
    expect(members.size).to.equal(buckets);
    for (const all of members.values()) {
      expect(all.length).to.be.within(5, 9);
      expect(new Set(all.map(({ cells }) => JSON.stringify(cells))).size).to.equal(1);
      expect(all[0]?.cells).to.have.lengthOf(all.length);
    }
    for (const [k, { position }] of requests.entries()) {
      const cells = located.requests[k]?.cells ?? [];
      expect(cells).to.deep.include(cellOf(position, area.cellM));
      expect(cellsFault(area, cells)).to.equal(null);
    }
  });

  it("has piles that name their own cell, and trips that go no farther than the reach", () => {
    const { requests, offers, located, area } = world;
    for (const [k, { position }] of offers.entries()) {
      expect(located.offers[k]?.cells).to.deep.equal([cellOf(position, area.cellM)]);
    }
    expect(Math.max(...requests.map(({ maxDistanceM }) => maxDistanceM))).to.be.at.most(1_600);
  });
});

describe("the cost of a round as a city grows", function () {
  this.timeout(120_000);
  let rows: readonly CityRow[];
  const { bench, said } = benchOf();

  before(async () => {
    rows = await measureCities([8, 16, 200], 16, CITY, bench);
  });

  it("has a row a size, all done up to one of them, and says so", () => {
    expect(rows.map(({ count, isWhole }) => [count, isWhole])).to.deep.equal([
      [8, true],
      [16, true],
      [200, false],
    ]);
    expect(said.map((line) => line.split(":")[0])).to.deep.equal(["8 × 8", "16 × 16", "200 × 200"]);
  });

  it("compares fewer pairs than are in reach, and far fewer than there are", () => {
    for (const row of rows) {
      expect(row.comparedPairs).to.be.within(row.matches, row.candidatePairs);
      expect(row.candidatePairs).to.be.at.most(row.allPairs);
      expect(row.allPairs).to.equal(row.count ** 2);
      expect(row.matches).to.be.greaterThan(row.count / 3);
    }
    expect(rows.at(-1)?.candidatePairs).to.be.below(0.4 * 200 ** 2);
  });

  it("adds up all stages but the owners', reckoned by records where not all is done", () => {
    for (const { secondsPerStage, seconds } of rows) {
      const servers = CITY_STAGES.filter((stage) => stage !== "owners");
      expectNear(
        seconds,
        servers.reduce((sum, stage) => sum + secondsPerStage[stage], 0),
        1e-9,
      );
    }
    const [, whole, large] = rows;
    if (!whole || !large) throw new Error("expected three rows");
    const records = (row: CityRow): number => 2 * row.count - row.suppressed;
    for (const stage of ["owners", "admission", "masking", "opening"] as const) {
      const ratio = large.secondsPerStage[stage] / whole.secondsPerStage[stage];
      expectNear(ratio, records(large) / records(whole), 1e-9);
    }
  });

  it("agrees with the oracle on masked records and on real ones", async () => {
    const [one, two] = await measureCities([8, 40], 8, CITY, benchOf().bench);
    expect([one?.isWhole, two?.isWhole]).to.deep.equal([true, false]);
    expect(two?.matches).to.be.greaterThan(20);
  });

  it("does a smaller round first where the smallest is too large to be done in full", async () => {
    const [row, ...more] = await measureCities([30], 8, CITY, benchOf().bench);
    expect(more).to.deep.equal([]);
    expect(row).to.include({ count: 30, isWhole: false });
    expect(row?.secondsPerStage.owners).to.be.greaterThan(0);
  });

  it("ends with the signal's reason", async () => {
    class StoppedError extends Error {
      readonly code = "E_STOPPED";
    }
    const { bench: stopped } = benchOf(AbortSignal.abort(new StoppedError()));
    expect(await asyncRefusal(() => measureCities([12], 12, CITY, stopped))).to.equal(
      "StoppedError E_STOPPED",
    );
  });

  it("grows with an exponent: 1 is as fast as the city", () => {
    expectNear(exponentBetween([100, 3], [1_000, 30]), 1, 1e-12);
    expectNear(exponentBetween([10, 5], [40, 80]), 2, 1e-12);
    const growth = cityGrowth(rows);
    expect(growth.map(({ from, to }) => [from, to])).to.deep.equal([
      [8, 16],
      [16, 200],
    ]);
    for (const { allPairs } of growth) expectNear(allPairs, 2, 1e-12);
  });

  it("is written as JSON, table and chart, the same for the same rows", () => {
    const files = cityFiles(MACHINE, rows);
    expect(Object.keys(files)).to.deep.equal(["city.json", "city.csv", "city.svg"]);
    expect(files).to.deep.equal(cityFiles(MACHINE, rows));
    expect(JSON.parse(files["city.json"] ?? "")).to.deep.include({ machine: MACHINE, rows });
    const [header, ...lines] = (files["city.csv"] ?? "").trimEnd().split("\n");
    expect(header).to.include("vehicles,piles,").and.to.include(",matching_s,servers_s");
    expect(lines.map((line) => line.split(",").length)).to.deep.equal(
      rows.map(() => header?.split(",").length),
    );
    expect(cityText(rows))
      .to.match(/200 │.* no /)
      .and.to.include("Exponents");
  });

  it("is drawn with a line a stage, the total, and two lines to compare with", () => {
    const document = parseSvg(cityFigure(rows));
    const lines = (name: string): number =>
      document.querySelectorAll(`g.${name} path, path.${name}`).length;
    expect(lines("series")).to.equal(CITY_STAGES.length);
    expect(lines("slope")).to.equal(2);
    // Of three sizes: hollow where admission, masking, opening and so the total are reckoned.
    expect(document.querySelectorAll("circle")).to.have.lengthOf(3 * CITY_STAGES.length);
    const hollow = [...document.querySelectorAll("circle")].filter(
      (circle) => circle.getAttribute("fill") === "white",
    );
    expect(hollow).to.have.lengthOf(4);
    expect(textsOf(document).filter((text) => text.startsWith("slope 1"))).to.have.lengthOf(1);
    expect(textsOf(parseSvg(cityFigure([])))).to.include("Nothing was measured.");
  });
});
