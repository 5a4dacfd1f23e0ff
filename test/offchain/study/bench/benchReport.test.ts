import { expect } from "chai";
import { benchFiles, benchText } from "../../../../offchain/study/bench/benchFiles.ts";
import { benchJson, type BenchReport } from "../../../../offchain/study/bench/benchReport.ts";
import { BENCH_REPORT } from "../../../support/bench/rows.ts";

describe("bench.json", () => {
  const parsed = JSON.parse(benchJson(BENCH_REPORT)) as BenchReport;

  it("is the whole report, numbers as they were measured", () => {
    expect(parsed).to.deep.equal(BENCH_REPORT);
  });

  it("has the fields that machines rely on", () => {
    const fields = ["operation", "bits", "oursMs", "peerMs", "ratio", "limitMs"];
    for (const row of parsed.operations) expect(row).to.include.all.keys(...fields);
    expect(parsed.rounds[0]).to.have.all.keys(
      "mode",
      "buyers",
      "sellers",
      "pairs",
      "cores",
      "seconds",
      "samples",
      "pairsPerSecond",
      "ratioToPeer",
      "bytes",
      "peakMiB",
    );
  });

  it("says null, not nothing, of what was not measured", () => {
    const proof = parsed.operations.find(({ operation }) => operation === "prove");
    expect(proof).to.include({ peerMs: null, ratio: null });
  });

  it("ends with a line feed", () => {
    expect(benchJson(BENCH_REPORT)).to.match(/\}\n$/);
  });
});

describe("files of a benchmark", () => {
  it("are JSON, tables and figures", () => {
    const files = benchFiles(BENCH_REPORT);
    expect(Object.keys(files)).to.deep.equal([
      "bench.json",
      "bench.txt",
      "operations.svg",
      "rounds.svg",
      "growth.svg",
      "paper.svg",
    ]);
    expect(files["bench.json"]).to.equal(benchJson(BENCH_REPORT));
    expect(files["bench.txt"]).to.equal(benchText(BENCH_REPORT));
    expect(files["operations.svg"]).to.match(/^<svg /);
  });

  it("name the machine and the versions, and that it was quick", () => {
    const [processor, versions] = benchText(BENCH_REPORT).split("\n");
    expect(processor).to.equal("A processor · 2 cores");
    expect(versions).to.equal("Node 24.0.0 · OpenSSL 3.5.0 · peer: peer 1 · quick");
    expect(benchText({ ...BENCH_REPORT, quick: false })).to.not.include("quick");
  });
});
