import { expect } from "chai";
import { threeDigits, times } from "../../../../offchain/study/bench/numbers.ts";
import {
  credentialsText,
  operationsText,
} from "../../../../offchain/study/bench/operationsText.ts";
import { CREDENTIAL_ROWS, operationRow, OPERATION_ROWS } from "../../../support/bench/rows.ts";

describe("numbers of a benchmark", () => {
  it("have three digits that count, and never an exponent", () => {
    const shown = [0, 0.0000004, 0.0123456, 0.123456, 1.23456, 12.3456, 123.456, 1234.56].map(
      threeDigits,
    );
    expect(shown).to.deep.equal([
      "0.00",
      "0.0000",
      "0.0123",
      "0.123",
      "1.23",
      "12.3",
      "123",
      "1,235",
    ]);
  });

  it("are a dash where nothing was measured", () => {
    expect(threeDigits(null)).to.equal("–");
    expect(times(null)).to.equal("–");
    expect(times(41.98)).to.equal("42.0×");
  });
});

describe("operationsText", () => {
  const lines = operationsText(OPERATION_ROWS).split("\n");

  it("has a table for each size of key, with times, ratio and limit", () => {
    const heads = lines.filter((line) => line.startsWith("Operations with keys of"));
    expect(heads).to.have.lengthOf(2);
    const cells = lines
      .filter((line) => line.startsWith("│ encrypt"))
      .map((line) => line.split("│").map((cell) => cell.trim()));
    expect(cells).to.deep.equal([
      ["", "encrypt", "2.00", "84.0", "42.0×", "1.00", "2.00", ""],
      ["", "encrypt", "5.00", "1,234", "247×", "–", "–", ""],
    ]);
  });

  it("says once what an operation was and what limits it", () => {
    const said = lines.filter((line) => line.startsWith("encrypt:"));
    expect(said).to.deep.equal(["encrypt: encrypt as we do. Limit: an exponentiation."]);
  });

  it("says both where it was not the same at all sizes", () => {
    const rows = [2048, 3072].map((bits) => ({
      ...operationRow("build", bits, 1, null, null),
      how: `at ${bits}`,
    }));
    expect(operationsText(rows)).to.include("build: at 2048; at 3072.");
  });

  it("is at most 100 columns wide", () => {
    const long = {
      ...operationRow("a long name ".repeat(9), 2048, 1e6, 1e9, 1e5),
      how: "word ".repeat(60),
    };
    for (const line of operationsText([long]).split("\n")) {
      expect(Array.from(line).length, line).to.be.at.most(100);
    }
  });

  it("is empty without rows", () => {
    expect(operationsText([])).to.equal("");
  });
});

describe("credentialsText", () => {
  const lines = credentialsText(CREDENTIAL_ROWS).split("\n");

  it("has a line for each operation, with its time, its limit and what it sends", () => {
    const cells = lines
      .filter((line) => /^│ (show|verify)/.test(line))
      .map((line) => line.split("│").map((cell) => cell.trim()));
    expect(cells).to.deep.equal([
      ["", "show", "40.0", "32.0", "1.25", "405", ""],
      ["", "verify", "60.0", "–", "–", "–", ""],
    ]);
  });

  it("says what each operation was", () => {
    expect(lines).to.include("show: shown as we do. Limit: multiplications.");
  });
});
