import { expect } from "chai";
import fc from "fast-check";
import { truncateSync } from "node:fs";
import { join } from "node:path";

import {
  layoutOf,
  MAX_FILE_BYTES,
  MAX_ROW_BYTES,
  parseCsv,
  readCsv,
  recordsOf,
  type CsvLayout,
  type CsvTable,
} from "../../../../offchain/study/importers/csv.ts";
import { ImportError } from "../../../../offchain/study/importers/importError.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { temporaryFolder, type TemporaryFolder } from "../../../support/importers/files.ts";

const AB: CsvLayout = { name: "ab", required: ["a", "b"], optional: ["c"] };

function parse(text: string): CsvTable {
  return parseCsv("some/where/t.csv", new TextEncoder().encode(text));
}

function linesAndFields(text: string): readonly (readonly [number, readonly string[]])[] {
  return parse(text).rows.map((row) => [row.line, row.fields] as const);
}

describe("parseCsv", () => {
  it("reads every line end, with and without one at the end, alike", () => {
    const expected = [
      [2, ["1", "2"]],
      [3, ["3", "4"]],
    ];
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["a,b", "1,2", "3,4"].join(end);
      expect(linesAndFields(text), JSON.stringify(end)).to.deep.equal(expected);
      expect(linesAndFields(text + end), JSON.stringify(end)).to.deep.equal(expected);
    }
  });

  it("drops a byte order mark and blanks around column names", () => {
    expect(parse("\uFEFF a ,b\n1,2\n").columns).to.deep.equal(["a", "b"]);
  });

  it("names the file without its folders", () => {
    expect(parse("a\n")).to.include({ file: "t.csv", path: "some/where/t.csv" });
  });

  it("keeps line numbers across empty lines and line breaks inside quotes", () => {
    const rows = linesAndFields('a,b\r\n\r\n"x\r\ny",2\r\n3,4\r\n"u\nv\nw",5\n6,7');
    expect(rows.map(([line]) => line)).to.deep.equal([3, 5, 6, 9]);
    expect(rows[0]?.[1][0]).to.equal("x\r\ny");
  });

  it("leaves quotes inside unquoted text as they are", () => {
    expect(linesAndFields('a,b\n5" cable,2\n')).to.deep.equal([[2, ['5" cable', "2"]]]);
  });

  it("reads quoted commas and doubled quotes", () => {
    expect(linesAndFields('a,b\n"x, ""y""",2\n')).to.deep.equal([[2, ['x, "y"', "2"]]]);
  });

  it("finds the line on which any row starts", () => {
    const cell = fc.string().filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), (cells) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const rows = linesAndFields(`a,b\n${cells.map((text) => `${quote(text)},x\n`).join("")}`);
        expect(rows.map(([, fields]) => fields[0])).to.deep.equal(cells);
        let line = 2;
        for (const [index, [found]] of rows.entries()) {
          expect(found).to.equal(line);
          line += 1 + (cells[index]?.match(/\r\n|\n|\r/g)?.length ?? 0);
        }
      }),
      { numRuns: 200, seed: 20250710 },
    );
  });

  it("refuses nothing and blanks", () => {
    for (const text of ["", "\n\n", "\uFEFF", "   \r\n"]) {
      expectError(() => parse(text), ImportError, "E_CSV_EMPTY");
    }
  });

  it("refuses bytes that are no UTF-8 text", () => {
    const files: readonly number[][] = [
      [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00],
      [0xff, 0xfe, 0x61, 0x00],
      [0x61, 0x2c, 0xa3, 0x0a],
      [0x61, 0x00, 0x62],
    ];
    for (const bytes of files) {
      const act = (): unknown => parseCsv("t.csv", Uint8Array.from(bytes));
      expectError(act, ImportError, "E_CSV_NOT_TEXT");
    }
  });

  it("refuses a quote that never closes, with the line on which it opens", () => {
    const act = (): unknown => parse('a,b\n1,2\n"3,4\n5,6\n7,8\n');
    expect(expectError(act, ImportError, "E_CSV_SYNTAX").message).to.include("t.csv, line 3:");
  });

  it("refuses a row that is too long, with its line", () => {
    const fits = `a,b\n1,${"x".repeat(MAX_ROW_BYTES - 10)}\n`;
    expect(parse(fits).rows).to.have.length(1);
    const act = (): unknown => parse(`a,b\n1,2\n3,${"x".repeat(MAX_ROW_BYTES + 1)}\n`);
    expect(expectError(act, ImportError, "E_CSV_SYNTAX").message).to.include("t.csv, line 3:");
  });
});

describe("readCsv", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => {
    folder.remove();
  });

  it("reads a file", () => {
    expect(readCsv(folder.write("ok.csv", "a,b\n1,2\n")).rows).to.have.length(1);
  });

  it("refuses a path where nothing is, and a folder", () => {
    const nothing = join(folder.path, "none.csv");
    const error = expectError(() => readCsv(nothing), ImportError, "E_CSV_UNREADABLE");
    expect(error.message).to.include(nothing);
    expectError(() => readCsv(folder.path), ImportError, "E_CSV_UNREADABLE");
  });

  it("refuses a huge file before it reads it", () => {
    const path = folder.write("huge.csv", "");
    truncateSync(path, MAX_FILE_BYTES + 1);
    expectError(() => readCsv(path), ImportError, "E_CSV_TOO_LARGE");
  });
});

describe("layoutOf", () => {
  const OTHER: CsvLayout = { name: "other", required: ["x"], optional: [] };

  it("finds the first layout whose columns are all there, in any order, case and company", () => {
    expect(layoutOf(parse("B,,a,,zzz\n"), [OTHER, AB])).to.equal(AB);
    expect(layoutOf(parse("x,a,b\n"), [OTHER, AB])).to.equal(OTHER);
  });

  it("names the file, the columns found and what each layout needs and misses", () => {
    const act = (): unknown => layoutOf(parse("a,,zzz\n"), [AB, OTHER]);
    const { message } = expectError(act, ImportError, "E_CSV_COLUMNS");
    for (const part of [
      "some/where/t.csv",
      'got "a", "zzz"',
      'the ab layout needs "a", "b" (missing: "b")',
      'the other layout needs "x" (missing: "x")',
    ]) {
      expect(message).to.include(part);
    }
    expect(message).to.not.include("\n");
  });

  it("keeps the message short and printable whatever the header holds", () => {
    const wild = Array.from({ length: 500 }, (_, index) => `\u001b[31m${"w".repeat(90)}${index}`);
    const act = (): unknown => layoutOf(parse(`${wild.join(",")}\n`), [AB]);
    const { message } = expectError(act, ImportError, "E_CSV_COLUMNS");
    expect(message).to.have.length.below(1_500);
    expect(message).to.not.match(/\p{C}/u);
  });

  it("refuses a needed column that stands there twice, and no other", () => {
    expectError(() => layoutOf(parse("a,b,A\n"), [AB]), ImportError, "E_CSV_COLUMN_TWICE");
    expectError(() => layoutOf(parse("a,b,c,c\n"), [AB]), ImportError, "E_CSV_COLUMN_TWICE");
    expect(layoutOf(parse("a,b,,,z,z\n"), [AB])).to.equal(AB);
  });
});

describe("recordsOf", () => {
  it("gives cells by column name, trimmed, and nothing for a column that is not there", () => {
    const { records } = recordsOf(parse("b,x,A\n 2 ,9, 1\n"), AB);
    const [record] = records;
    expect(["a", "b", "c"].map((column) => record?.cell(column))).to.deep.equal(["1", "2", ""]);
  });

  it("lists blank rows and rows of another width, and keeps the rest", () => {
    const { records, unusable } = recordsOf(parse("a,b\n1,2\n, \n3\n4,5,6\n7,8\n"), AB);
    expect(records.map((record) => record.line)).to.deep.equal([2, 6]);
    expect(unusable).to.deep.equal([
      { file: "t.csv", line: 3, reason: "blank row", value: "" },
      { file: "t.csv", line: 4, reason: "wrong number of fields", value: "1 instead of 2" },
      { file: "t.csv", line: 5, reason: "wrong number of fields", value: "3 instead of 2" },
    ]);
  });
});
