import { expect } from "chai";
import fc from "fast-check";

import {
  distanceCell,
  energyCell,
  nameCell,
  optionalCell,
  placeCells,
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

const NO_NUMBERS = [
  "x",
  "1.5,0",
  "1e",
  "0x10",
  "1 kW",
  "--1",
  ".",
  "NaN",
  "Infinity",
  "١",
  "1e999",
];

describe("cells", () => {
  it("reads numbers into whole units", () => {
    expect(energyCell("12.3456")).to.equal(12_346);
    expect(energyCell("150")).to.equal(150_000);
    expect(powerCell("7.4")).to.equal(7_400);
    expect(placeCells("56.47296514", "-3.011192798")).to.deep.equal({
      latitude: 56.47296514,
      longitude: -3.011192798,
    });
    expect(distanceCell("1500.9", 2_000)).to.equal(1_500);
  });

  it("reads every number that a program prints", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 149, noNaN: true }), (value) => {
        const expected = Math.round(value * 1000);
        for (const text of [String(value), value.toExponential(), value.toPrecision(40)]) {
          expect(energyCell(text), text).to.equal(expected);
        }
      }),
      { numRuns: 300, seed: 20250710 },
    );
    expect(energyCell("1.25e+1")).to.equal(12_500);
    expect(energyCell("1.")).to.equal(1_000);
    expect(energyCell(".5")).to.equal(500);
    expect(placeCells("56.462000000000003", "-2.9706999999999999").latitude).to.equal(56.462);
    expect(priceCell("0.30000000000000004")).to.equal(300_000n);
    expect(priceCell("4.5e-1")).to.equal(450_000n);
  });

  it("refuses what is no number, with an example of one", () => {
    for (const text of NO_NUMBERS) {
      const faults: Readonly<Record<string, () => unknown>> = {
        "energy, not like 12.5": () => energyCell(text),
        "power, not like 22": () => powerCell(text),
        "latitude, not like 56.462": () => placeCells(text, "1"),
        "longitude, not like -2.9707": () => placeCells("1", text),
        "distance, not like 900": () => distanceCell(text, 9),
        "price, not like 0.45": () => priceCell(text),
      };
      for (const [reason, read] of Object.entries(faults)) {
        expect(reasonOf(read), text).to.equal(`malformed ${reason}`);
      }
    }
    expect(reasonOf(() => energyCell("9".repeat(400)))).to.match(/^malformed energy/);
    expect(reasonOf(() => energyCell("12,5"))).to.equal("decimal comma in energy, not like 12.5");
  });

  it("tells blank, zero, negative and implausible energies apart", () => {
    expect(reasonOf(() => energyCell(""))).to.equal("energy is blank");
    expect(reasonOf(() => energyCell("0"))).to.equal("zero energy");
    expect(reasonOf(() => energyCell("0.0004"))).to.equal("zero energy");
    expect(reasonOf(() => energyCell("-1"))).to.equal("negative energy");
    expect(reasonOf(() => energyCell("150.001"))).to.equal("implausible energy, above 150 kWh");
    expect(reasonOf(() => energyCell("12500"))).to.equal("implausible energy, above 150 kWh");
  });

  it("refuses positions, powers and distances that are none", () => {
    const place = (latitude: string, longitude: string): string =>
      reasonOf(() => placeCells(latitude, longitude));
    expect(place("", "1")).to.equal("no position");
    expect(place("1", "")).to.equal("no position");
    expect(place("0", "0.0")).to.equal("position 0, 0");
    expect(place("86", "86")).to.equal("implausible latitude");
    expect(place("1", "181")).to.equal("implausible longitude");
    expect(place("-118.2", "34.1")).to.equal("latitude and longitude swapped?");
    for (const power of ["0", "1000.1"]) {
      expect(reasonOf(() => powerCell(power))).to.match(/^implausible power, expected/);
    }
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
    for (const text of ["0", "0.000000", "16.777216", "99999", "0.0000001", "-0.3"]) {
      expect(
        reasonOf(() => priceCell(text)),
        text,
      ).to.equal("price outside 0.000001 to 16.777215");
    }
    expect(reasonOf(() => priceCell(""))).to.equal("price is blank");
  });

  it("refuses names that the market cannot carry", () => {
    expect(nameCell("cp 7", "station name")).to.equal("cp 7");
    expect(reasonOf(() => nameCell("", "station name"))).to.equal("station name is blank");
    expect(nameCell("Depot A/B", "station name")).to.equal("Depot A/B");
    expect(reasonOf(() => nameCell("a\u0007b", "station name"))).to.equal("malformed station name");
  });

  it("reads a blank optional cell as undefined, and a wrong one not at all", () => {
    expect(optionalCell("", priceCell)).to.equal(undefined);
    expect(optionalCell("1", priceCell)).to.equal(1_000_000n);
    expect(reasonOf(() => optionalCell("x", priceCell))).to.match(/^malformed price/);
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
