import { expect } from "chai";
import fc from "fast-check";

import {
  decimal,
  shortened,
  textTable,
  wrapped,
} from "../../../../offchain/study/figures/textTable.ts";

const COLUMNS = [{ head: "Name", mostWide: 8 }, { head: "Count" }];

describe("textTable", () => {
  it("puts text to the left, numbers to the right, and a heading above", () => {
    const table = textTable("Things", COLUMNS, [
      ["one", "1"],
      ["two", "1,000"],
    ]);
    expect(table.split("\n")).to.deep.equal([
      "Things",
      "┌──────┬───────┐",
      "│ Name │ Count │",
      "├──────┼───────┤",
      "│ one  │     1 │",
      "│ two  │ 1,000 │",
      "└──────┴───────┘",
    ]);
  });

  it("cuts text, never numbers, and appends a remark", () => {
    const table = textTable("Things", COLUMNS, [["a long name", "123456789012"]], "that is all");
    expect(table).to.include("a long …").and.include("123456789012");
    expect(table.split("\n").at(-1)).to.equal("that is all");
  });

  it("says none where there is no row and draws no head where there is none", () => {
    expect(textTable("Things", COLUMNS, [])).to.equal("Things\nnone");
    const headless = textTable("Things", [{ head: "", mostWide: 8 }, { head: "" }], [["a", "1"]]);
    expect(headless.split("\n")).to.have.length(4);
  });

  it("passes on no terminal command", () => {
    const table = textTable("Things", COLUMNS, [["\u001b[31mred", "1"]]);
    // What a colour code begins with.
    expect(table).not.to.include("\u001b");
  });
});

describe("shortened", () => {
  it("keeps what fits, to the last column", () => {
    expect(shortened("12345678", 8)).to.equal("12345678");
    expect(shortened("123456789", 8)).to.equal("1234567…");
  });

  it("takes wide characters for wide", () => {
    expect(shortened("充電充電", 8)).to.equal("充電充電");
    expect(shortened("充電充電充", 8)).to.equal("充電充…");
  });

  it("never gives more characters than columns, and none that a terminal obeys", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 12 }), (text, most) => {
        const result = shortened(text, most);
        expect(Array.from(result).length).to.be.at.most(most);
        expect(result).not.to.match(/\p{C}/u);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("wrapped", () => {
  it("breaks between words and cuts nothing", () => {
    expect(wrapped("one two three", 7)).to.equal("one two\nthree");
    expect(wrapped("one two", 7)).to.equal("one two");
    expect(wrapped("unbreakable", 5).replaceAll("\n", "")).to.equal("unbreakable");
  });
});

describe("decimal", () => {
  it("separates thousands and keeps the decimals", () => {
    expect(decimal(1_234_567.5, 2)).to.equal("1,234,567.50");
    expect(decimal(0.005, 0)).to.equal("0");
  });
});
