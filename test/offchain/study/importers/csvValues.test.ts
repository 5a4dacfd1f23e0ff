import { expect } from "chai";
import fc from "fast-check";

import {
  distanceCell,
  energyCell,
  latitudeCell,
  longitudeCell,
  nameCell,
  optionalCell,
  powerCell,
  priceCell,
  readRows,
  UnusableRowError,
} from "../../../../offchain/study/importers/csvValues.ts";
import { expectError } from "../../../support/importers/errors.ts";

function reasonOf(act: () => unknown): string {
  const error = expectError(act, UnusableRowError, "E_ROW_UNUSABLE");
  return error instanceof UnusableRowError ? error.reason : "";
}

const NO_NUMBERS = ["x", "1,5", "1e3", "0x10", "1 kW", "--1", "1.", ".5", "NaN", "Infinity", "١"];

describe("cells", () => {
  it("reads numbers into whole units", () => {
    expect(energyCell("12.3456")).to.equal(12_346);
    expect(energyCell("150")).to.equal(150_000);
    expect(powerCell("7.4")).to.equal(7_400);
    expect(latitudeCell("56.47296514")).to.equal(56.47296514);
    expect(longitudeCell("-3.011192798")).to.equal(-3.011192798);
    expect(distanceCell("1500.9", 2_000)).to.equal(1_500);
  });

  it("refuses what is no plain decimal", () => {
    for (const text of NO_NUMBERS) {
      expect(
        reasonOf(() => energyCell(text)),
        text,
      ).to.equal("malformed energy");
      expect(
        reasonOf(() => powerCell(text)),
        text,
      ).to.equal("malformed power");
      expect(
        reasonOf(() => latitudeCell(text)),
        text,
      ).to.equal("malformed latitude");
      expect(
        reasonOf(() => distanceCell(text, 9)),
        text,
      ).to.equal("malformed distance");
      expect(
        reasonOf(() => priceCell(text)),
        text,
      ).to.equal("malformed price");
    }
    expect(reasonOf(() => energyCell("9".repeat(400)))).to.equal("malformed energy");
  });

  it("tells blank, zero, negative and implausible energies apart", () => {
    expect(reasonOf(() => energyCell(""))).to.equal("energy is blank");
    expect(reasonOf(() => energyCell("0"))).to.equal("zero energy");
    expect(reasonOf(() => energyCell("0.0004"))).to.equal("zero energy");
    expect(reasonOf(() => energyCell("-1"))).to.equal("negative energy");
    expect(reasonOf(() => energyCell("150.001"))).to.equal("implausible energy");
    expect(reasonOf(() => energyCell("1430.5"))).to.equal("implausible energy");
  });

  it("refuses positions, powers and distances that are none", () => {
    expect(reasonOf(() => latitudeCell(""))).to.equal("no position");
    expect(reasonOf(() => latitudeCell("86"))).to.equal("implausible latitude");
    expect(reasonOf(() => longitudeCell("181"))).to.equal("implausible longitude");
    expect(reasonOf(() => powerCell("0"))).to.equal("implausible power");
    expect(reasonOf(() => powerCell("1000.1"))).to.equal("implausible power");
    expect(reasonOf(() => distanceCell("-1", 9))).to.equal("implausible distance");
    expect(reasonOf(() => distanceCell("10", 9))).to.equal("implausible distance");
  });

  it("reads prices exactly to the last unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 24 - 1 }), (units) => {
        const text = `${Math.floor(units / 1e6)}.${String(units % 1e6).padStart(6, "0")}`;
        expect(priceCell(text)).to.equal(BigInt(units));
      }),
      { numRuns: 300, seed: 20250710 },
    );
    expect(priceCell("0.3")).to.equal(300_000n);
    for (const text of ["0", "0.000000", "16.777216", "99999"]) {
      expect(
        reasonOf(() => priceCell(text)),
        text,
      ).to.equal("price outside the market's range");
    }
    for (const text of ["0.0000001", "-0.3", ""]) {
      expect(
        reasonOf(() => priceCell(text)),
        text,
      ).to.equal("malformed price");
    }
  });

  it("refuses names that the market cannot carry", () => {
    expect(nameCell("cp 7", "station name")).to.equal("cp 7");
    expect(reasonOf(() => nameCell("", "station name"))).to.equal("station name is blank");
    expect(reasonOf(() => nameCell("../x", "station name"))).to.equal("malformed station name");
  });

  it("reads a blank optional cell as undefined, and a wrong one not at all", () => {
    expect(optionalCell("", priceCell)).to.equal(undefined);
    expect(optionalCell("1", priceCell)).to.equal(1_000_000n);
    expect(reasonOf(() => optionalCell("x", priceCell))).to.equal("malformed price");
  });
});

describe("readRows", () => {
  const ROWS = [2, 3, 4].map((line) => ({ line }));

  it("lists the rows that cannot be used and goes on", () => {
    const read = ({ line }: { line: number }): number => {
      if (line === 3) throw new UnusableRowError("odd", "v".repeat(500));
      return line * 10;
    };
    const { usable, unusable } = readRows("f.csv", ROWS, read);
    expect(usable).to.deep.equal([
      { line: 2, value: 20 },
      { line: 4, value: 40 },
    ]);
    expect(unusable).to.have.length(1);
    expect(unusable[0]).to.include({ file: "f.csv", line: 3, reason: "odd" });
    expect(unusable[0]?.value).to.have.length.below(80);
  });

  it("lets other errors through", () => {
    const fail = (): never => {
      throw new TypeError("a fault of the program");
    };
    expect(() => readRows("f.csv", ROWS, fail)).to.throw(TypeError);
  });
});
