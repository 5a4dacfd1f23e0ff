import { expect } from "chai";
import { growthFigure } from "../../../../offchain/study/bench/growthFigure.ts";
import { keyLengthsFigure } from "../../../../offchain/study/bench/keyLengthsFigure.ts";
import {
  endLabels,
  secondsText,
  spanOf,
  ticksOf,
} from "../../../../offchain/study/bench/logChart.ts";
import { roundsFigure } from "../../../../offchain/study/bench/roundsFigure.ts";
import { keyLengthsText, roundsText } from "../../../../offchain/study/bench/roundsText.ts";
import { growthOf } from "../../../../offchain/study/bench/growth.ts";
import type { RoundRow } from "../../../../offchain/study/bench/benchReport.ts";
import { parseSvg, textsOf } from "../../../support/figures/svg.ts";
import { KEY_LENGTH_ROWS, PEER_ROW, ROUND_ROWS } from "../../../support/bench/rows.ts";

const ROWS: readonly RoundRow[] = [
  ...ROUND_ROWS,
  ...ROUND_ROWS.map((row) => ({ ...row, mode: "other", cores: 1 })),
  PEER_ROW,
];

function labels(document: Document, className: string): readonly string[] {
  return [...document.querySelectorAll(`g.${className} text`)].map(
    ({ textContent }) => textContent,
  );
}

describe("the chart of rounds", () => {
  const document = parseSvg(roundsFigure(ROWS));

  it("has a line for each mode and number of cores, with its speed in the largest round", () => {
    expect(document.querySelectorAll("g.series path, path.series")).to.have.lengthOf(2);
    expect(labels(document, "label")).to.have.members([
      "strict, 2 cores: 4,000/s",
      "other: 4,000/s",
    ]);
  });

  it("has the goal and the peer across, and the sizes below", () => {
    expect(labels(document, "level")).to.deep.equal([
      "goal of paper, 10,000 times the peer",
      "paillier-bigint, the paper field by field: 5.00/s",
    ]);
    expect(textsOf(document)).to.include.members(["10 × 10", "20 × 20", "40 × 40", "10,000/s"]);
  });

  it("says that there is nothing to draw, and is the same for the same rows", () => {
    expect(textsOf(parseSvg(roundsFigure([])))).to.include("Nothing was measured.");
    expect(roundsFigure(ROWS)).to.equal(roundsFigure(ROWS));
  });
});

describe("the chart of growth", () => {
  const document = parseSvg(growthFigure(ROWS));

  it("has a fitted line with its exponent and the dots that were measured", () => {
    expect(labels(document, "label")).to.have.members([
      "strict, 2 cores: e = 0.50",
      "other: e = 0.50",
      "paillier-bigint: e = 1.00",
    ]);
    expect(document.querySelectorAll("circle")).to.have.lengthOf(6);
  });

  it("writes pairs and seconds as people do", () => {
    expect(textsOf(document)).to.include.members(["100", "200", "500", "1,000", "100 ms", "10 s"]);
  });

  it("says that there is nothing to draw", () => {
    expect(textsOf(parseSvg(growthFigure([PEER_ROW])))).to.include("Nothing was measured.");
  });
});

describe("the chart of key lengths", () => {
  const document = parseSvg(keyLengthsFigure(KEY_LENGTH_ROWS));

  it("has a panel for each operation and a line for each way", () => {
    expect(labels(document, "operation")).to.deep.equal(["Encryption", "Decryption"]);
    expect(labels(document, "label")).to.deep.equal(["plain", "paillier-bigint, CRT"]);
    expect(document.querySelectorAll("circle")).to.have.lengthOf(4);
  });

  it("has the lengths below and times beside", () => {
    expect(textsOf(document)).to.include.members(["1,024", "2,048", "1 ms", "10 ms"]);
  });

  it("says that there is nothing to draw", () => {
    expect(textsOf(parseSvg(keyLengthsFigure([])))).to.include("Nothing was measured.");
  });
});

describe("a logarithmic axis", () => {
  it("spans the values and a little more", () => {
    const [low, high] = spanOf([2, 50]);
    expect(low).to.be.within(1, 1.99);
    expect(high).to.be.within(50.1, 80);
    expect(spanOf([])).to.deep.equal([1, 10]);
  });

  it("has its ticks where the digits are asked for, inside the span alone", () => {
    expect(ticksOf([3, 1_200], [1])).to.deep.equal([10, 100, 1_000]);
    expect(ticksOf([3, 120], [1, 2, 5])).to.deep.equal([5, 10, 20, 50, 100]);
    expect(ticksOf([0.02, 0.3], [1]).map((tick) => Math.round(100 * tick))).to.deep.equal([10]);
  });

  it("writes times in the unit that suits them", () => {
    expect([2e-5, 0.1, 1, 1_000].map(secondsText)).to.deep.equal([
      "20 µs",
      "100 ms",
      "1 s",
      "1,000 s",
    ]);
  });

  it("has names at its end that never cover each other", () => {
    const frame = {
      ...{ width: 400, height: 300, marginLeft: 0, marginRight: 0 },
      ...{ marginTop: 0, marginBottom: 0 },
    };
    const ends = [1, 1.01, 1.02, 100].map((value) => ({ value, label: String(value), colour: "" }));
    expect(endLabels(ends, [1, 100], frame)).to.have.lengthOf(4);
    const heights = labelHeights(ROWS.slice(0, 6));
    const gaps = heights.slice(1).map((height, k) => height - (heights[k] ?? 0));
    expect(Math.min(...gaps)).to.be.at.least(16 - 1e-6);
  });
});

/** Of the names in a chart of growth, from the top. */
function labelHeights(rows: readonly RoundRow[]): readonly number[] {
  const document = parseSvg(growthFigure(rows));
  const moved = [...document.querySelectorAll("g.label text")].map((mark) =>
    /,([\d.]+)\)/u.exec(mark.getAttribute("transform") ?? ""),
  );
  const heights = moved.map((match) => Number(match?.[1]));
  expect(heights).to.have.lengthOf(2);
  return heights.toSorted((a, b) => a - b);
}

describe("rounds as tables", () => {
  const detailed: readonly RoundRow[] = [
    {
      ...PEER_ROW,
      mode: "other",
      secondsPerStage: { admission: 1, masking: 2, opening: 3, matching: 4, sealing: 5 },
      dealtBytes: 5_000,
      exchangesPerBuyer: 7.25,
      uploadBytes: 7_820,
      liveMiB: 0.6,
    },
    { ...PEER_ROW, mode: "other", cores: 2, gain: 1.8 },
  ];
  const lines = roundsText([...ROWS, ...detailed], growthOf(ROWS)).split("\n");
  const cellsOf = (line: string): readonly string[] => line.split("│").map((cell) => cell.trim());

  it("say speed, gain, stages, bytes and exponents", () => {
    const cells = lines.filter((line) => line.startsWith("│ other")).map(cellsOf);
    expect(cells).to.deep.include([
      "",
      "other",
      "1 × 5",
      "2",
      "5",
      "1.00",
      "5.00",
      "1.00×",
      "1.80×",
      "90",
      "",
    ]);
    expect(cells).to.deep.include([
      "",
      "other",
      "1 × 5",
      "1.00",
      "2.00",
      "3.00",
      "4.00",
      "5.00",
      "",
    ]);
    expect(cells).to.deep.include([
      "",
      "other",
      "1 × 5",
      "200,000",
      "1,000",
      "7.3",
      "7,820",
      "0.6",
      "",
    ]);
    expect(cells).to.deep.include(["", "other", "1", "0.500", "0.000", ""]);
  });

  it("are at most 100 columns wide", () => {
    for (const line of lines) expect(Array.from(line).length, line).to.be.at.most(100);
  });

  it("have a column for each length of key", () => {
    const text = keyLengthsText(KEY_LENGTH_ROWS);
    expect(text).to.include("1024 bits");
    const cells = text.split("\n").filter((line) => line.startsWith("│ decrypt"));
    expect(cells.map(cellsOf)).to.deep.equal([
      ["", "decrypt, paillier-bigint, CRT", "6.00", "36.5", ""],
    ]);
  });
});
