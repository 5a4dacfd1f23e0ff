import { expect } from "chai";

import { gasFigure } from "../../../../offchain/study/figures/gasFigure.ts";
import { GAS_ROWS, gasRow } from "../../../support/figures/sample.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";
import { expectNear } from "../../../support/near.ts";

function groupTexts(document: Document, className: string): readonly (string | null)[] {
  return marksOf(document, className).map((mark) => mark.textContent);
}

describe("gasFigure", () => {
  it("draws a bar a function, and a whisker where calls differ", () => {
    const document = parseSvg(gasFigure(GAS_ROWS));
    const spread = GAS_ROWS.filter((row) => row.min < row.max);
    expect(marksOf(document, "average")).to.have.length(GAS_ROWS.length);
    expect(marksOf(document, "range")).to.have.length(spread.length);
    expect(spread.length).to.be.lessThan(GAS_ROWS.length);
  });

  it("makes a bar as long as its average", () => {
    const rows = [gasRow("A", "one", 1, 300, 300, 300), gasRow("A", "two", 2, 50, 100, 150)];
    const [dear = 0, cheap = 0] = marksOf(parseSvg(gasFigure(rows)), "average").map((bar) =>
      Number(bar.getAttribute("width")),
    );
    expect(dear).to.be.greaterThan(400);
    expectNear(dear / cheap, 3, 1e-9);
  });

  it("groups by contract, the dearest contract and function first", () => {
    const rows = [
      gasRow("A", "cheap", 1, 1, 1, 1),
      gasRow("B", "middle", 1, 50, 50, 50),
      gasRow("A", "dear", 1, 100, 100, 100),
      gasRow("B", "low", 1, 2, 2, 2),
    ];
    const document = parseSvg(gasFigure(rows));
    expect(groupTexts(document, "contract")).to.deep.equal(["A", "B"]);
    expect(groupTexts(document, "function")).to.deep.equal(["dear", "cheap", "middle", "low"]);
  });

  it("writes the average and the number of calls beside every bar", () => {
    const texts = textsOf(parseSvg(gasFigure(GAS_ROWS)));
    expect(texts).to.include("242,810 · 34 calls");
    expect(textsOf(parseSvg(gasFigure([gasRow("A", "f", 1, 9, 9, 9)])))).to.include("9 · 1 call");
  });

  it("tells functions of the same name in two contracts apart", () => {
    const rows = [
      gasRow("A", "f", 1, 5, 5, 5),
      gasRow("B", "f", 1, 7, 7, 7),
      gasRow("f", "A", 1, 1, 1, 1),
    ];
    expect(marksOf(parseSvg(gasFigure(rows)), "average")).to.have.length(3);
  });

  it("says that there is nothing to draw", () => {
    const document = parseSvg(gasFigure([]));
    expect(textsOf(document)).to.deep.equal(["Gas per function", "No transaction was recorded."]);
  });

  it("gives the same bytes for the same rows and keeps hostile names as text", () => {
    const rows = [gasRow("<script>&", "=cmd()", 3, 1, 2, 3)];
    expect(gasFigure(rows)).to.equal(gasFigure(rows));
    const document = parseSvg(gasFigure(rows));
    expect(document.querySelectorAll("script")).to.be.empty;
    expect(groupTexts(document, "contract")).to.deep.equal(["<script>&"]);
    expect(groupTexts(document, "function")).to.deep.equal(["=cmd()"]);
  });
});
