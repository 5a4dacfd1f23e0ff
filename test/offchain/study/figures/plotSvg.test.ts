import { dot } from "@observablehq/plot";
import { expect } from "chai";
import fc from "fast-check";

import { fitted, plotSvg, type Figure } from "../../../../offchain/study/figures/plotSvg.ts";
import { marksOf, parseSvg, textsOf } from "../../../support/figures/svg.ts";

const FIGURE: Figure = {
  title: "Title",
  subtitle: "Subtitle",
  footnote: "Footnote",
  description: "Three dots.",
  plot: {
    width: 300,
    height: 200,
    marks: [
      dot(
        [1, 2, 3].map((x) => ({ x, y: x, name: `<script>alert(${x})</script> & "x"` })),
        { x: "x", y: "y", title: "name", className: "dots" },
      ),
    ],
  },
};

const HOSTILE = `<script>alert("1")</script> & ]]> =cmd()`;

describe("plotSvg", () => {
  it("draws every mark once on a white sheet", () => {
    const document = parseSvg(plotSvg(FIGURE));
    expect(marksOf(document, "dots")).to.have.length(3);
    const sheet = document.querySelector("svg > rect");
    expect(sheet?.getAttribute("fill")).to.equal("white");
    expect(sheet?.getAttribute("width")).to.equal("300");
  });

  it("is a standalone file: a namespace, a size, a name, no style sheet and no HTML", () => {
    const document = parseSvg(plotSvg(FIGURE));
    const root = document.documentElement;
    expect(root.namespaceURI).to.equal("http://www.w3.org/2000/svg");
    expect(root.getAttribute("viewBox")).to.match(/^0 0 300 \d+$/);
    expect(root.querySelector(":scope > title")?.textContent).to.equal("Title");
    expect(root.querySelector(":scope > desc")?.textContent).to.equal("Three dots.");
    const foreign = [...document.querySelectorAll("*")].filter(
      (element) => element.namespaceURI !== root.namespaceURI || element.localName === "style",
    );
    expect(foreign).to.be.empty;
  });

  it("is as high as its parts: without a footnote it is lower", () => {
    const height = (figure: Figure): number =>
      Number(parseSvg(plotSvg(figure)).documentElement.getAttribute("height"));
    expect(height({ ...FIGURE, footnote: null })).to.be.lessThan(height(FIGURE));
    expect(textsOf(parseSvg(plotSvg({ ...FIGURE, footnote: null })))).not.to.include("Footnote");
  });

  it("gives the same bytes for the same figure and numbers no ids", () => {
    const first = plotSvg(FIGURE);
    expect(plotSvg(FIGURE)).to.equal(first);
    expect(first).not.to.match(/\sid=/);
  });

  it("keeps hostile text as text", () => {
    const document = parseSvg(
      plotSvg({ ...FIGURE, title: HOSTILE, subtitle: HOSTILE, footnote: HOSTILE }),
    );
    expect(document.querySelectorAll("script")).to.be.empty;
    expect(document.querySelector("title")?.textContent).to.equal(HOSTILE);
    expect(marksOf(document, "dots")[1]?.textContent).to.equal(`<script>alert(2)</script> & "x"`);
  });

  it("writes well-formed XML whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const document = parseSvg(plotSvg({ ...FIGURE, title: text, footnote: text }));
        expect(marksOf(document, "dots")).to.have.length(3);
      }),
      { numRuns: 20, seed: 1, examples: [["\u0000\u001b[31m\ud800\uffff"]] },
    );
  });
});

describe("fitted", () => {
  it("keeps what fits and cuts the rest with an ellipsis, between characters", () => {
    expect(fitted("short", 400, 10)).to.equal("short");
    expect(fitted("🚗".repeat(50), 62, 10)).to.equal(`${"🚗".repeat(9)}…`);
    expect(fitted("long", 0, 10)).to.equal("…");
  });
});
