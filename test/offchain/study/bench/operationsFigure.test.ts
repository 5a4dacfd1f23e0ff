import { expect } from "chai";
import { operationsFigure } from "../../../../offchain/study/bench/operationsFigure.ts";
import { expectNear } from "../../../support/near.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";
import { operationRow, OPERATION_ROWS } from "../../../support/bench/rows.ts";

/** Where the dots of a class are, in pixels of their panel. */
function positions(document: Document, className: string): readonly number[] {
  return marksOf(document, className)
    .filter(({ tagName }) => tagName === "circle")
    .map((mark) => Number(mark.getAttribute("cx")));
}

function groupTexts(document: Document, className: string): readonly string[] {
  return [...document.querySelectorAll(`g.${className} text`)].map((mark) => mark.textContent);
}

describe("operationsFigure", () => {
  const document = parseSvg(operationsFigure(OPERATION_ROWS));

  it("has a dot for ours in every row, and for the peer where it has the operation", () => {
    expect(document.querySelectorAll("g.ours circle")).to.have.lengthOf(4);
    expect(document.querySelectorAll("g.peer circle")).to.have.lengthOf(3);
    expect(document.querySelectorAll("g.limit line")).to.have.lengthOf(3);
  });

  it("names every operation once and every size of key", () => {
    expect(groupTexts(document, "operation")).to.deep.equal(["encrypt", "add", "prove"]);
    expect(groupTexts(document, "size")).to.deep.equal(["2048-bit key", "3072-bit key"]);
  });

  it("writes the ratio where there is one", () => {
    expect(groupTexts(document, "ratio")).to.have.members(["42.0×", "1.00×", "247×"]);
  });

  it("puts equal ratios at equal distances, over the range of all rows", () => {
    const rows = [operationRow("a", 2048, 0.01, 1, null), operationRow("b", 2048, 10, 1_000, 1)];
    const one = parseSvg(operationsFigure(rows));
    const [oursA = 0, oursB = 0] = positions(one, "ours");
    const [peerA = 0, peerB = 0] = positions(one, "peer");
    expectNear(peerA - oursA, peerB - oursB, 1e-6);
    expect(peerA - oursA).to.be.greaterThan(50);
    expectNear((oursB - oursA) / (peerA - oursA), 3 / 2, 1e-6);
  });

  it("labels powers of ten as times", () => {
    const rows = [operationRow("a", 2048, 0.009, 2_000, null)];
    const texts = textsOf(parseSvg(operationsFigure(rows)));
    expect(texts).to.include.members(["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"]);
  });

  it("draws one time alone", () => {
    const texts = textsOf(parseSvg(operationsFigure([operationRow("a", 2048, 3, null, null)])));
    expect(texts).to.include("a");
  });

  it("says that there is nothing to draw", () => {
    const texts = textsOf(parseSvg(operationsFigure([])));
    expect(texts).to.deep.equal(["Operations on ciphertexts", "Nothing was measured."]);
  });

  it("gives the same bytes for the same rows and keeps hostile names as text", () => {
    const rows = [operationRow("<script>&", 2048, 1, 2, 1)];
    expect(operationsFigure(rows)).to.equal(operationsFigure(rows));
    const hostile = parseSvg(operationsFigure(rows));
    expect(hostile.querySelectorAll("script")).to.be.empty;
    expect(groupTexts(hostile, "operation")).to.deep.equal(["<script>&"]);
  });
});
