/** What genuine records of the field say, where the contract cannot read them. */
import { expect } from "chai";
import fc from "fast-check";
import { readField } from "../../../../offchain/core/meter/fieldReading.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import { readRecord, readTransaction } from "../../../../offchain/core/meter/settlementRules.ts";
import { payloadOf, type Line } from "../../../support/meter/signing.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const recordOf = (lines: readonly Line[]) =>
  parseRecord(`OCMF|${payloadOf("T1", lines)}|{"SD":"00"}`);
const energyOf = (begin: string, end: string, line: Partial<Line> = {}): unknown =>
  readField(
    [
      recordOf([
        { ...line, tx: "B", rv: begin },
        { ...line, tx: "E", rv: end },
      ]),
    ],
    "import",
  ).energyWh;

describe("readings of the field", () => {
  it("count with every decimal and exponent, and round once, down", () => {
    expect(energyOf("1.5E3", "2.0000009999e3", { ru: "Wh" })).to.equal(500n);
    expect(energyOf("0.123456", "1.123455", { ru: "Wh" })).to.equal(0n);
    expect(energyOf("0.123456", "1.123456", { ru: "Wh" })).to.equal(1n);
    expect(energyOf("1e-3", "2E-3")).to.equal(1n);
    expect(energyOf('"       1.0"', '"+3.5 "')).to.equal(2_500n);
    expect(energyOf("0.00000000000001", "1.00000000000000")).to.equal(999n);
  });

  it("give the begin in whole Wh, from which the energy counts", () => {
    const lines = [
      { tx: "B", rv: "1.6", ru: "Wh" },
      { tx: "E", rv: "3.4", ru: "Wh" },
    ];
    expect(readField([recordOf(lines)], "import")).to.include({ beginWh: 1n, energyWh: 1n });
    expect(readField([recordOf(lines.slice(1))], "import").beginWh).to.equal(null);
  });

  it("prefer the register without losses, and one of all tariffs", () => {
    const lines: readonly Line[] = [
      { tx: "B", rv: "1", ri: "01-00:B2.08.00*FF" },
      { tx: "B", rv: "1.1", ri: "01-00:B3.08.00*FF" },
      { tx: "B", rv: "5", ri: "1-0:1.8.1" },
      { tx: "E", rv: "3.5", ri: "01-00:B2.08.00*FF" },
      { tx: "E", rv: "3.7", ri: "01-00:B3.08.00*FF" },
      { tx: "E", rv: "9", ri: "1-0:1.8.1" },
    ];
    for (const ordered of [lines, [2, 1, 0, 5, 4, 3].flatMap((k) => lines[k] ?? [])]) {
      const read = readField([recordOf(ordered)], "import");
      expect(read).to.include({ energyWh: 2_600n, isCompensated: true, isTariff: false });
    }
  });

  it("refuse two registers that count otherwise, and take two that count the same", () => {
    const both = (end: string): (() => unknown) => {
      const record = recordOf([
        { tx: "B", rv: "1", ri: "01-00:B1.08.00" },
        { tx: "B", rv: "0", ri: "01-00:B3.08.00" },
        { tx: "E", rv: "2", ri: "01-00:B1.08.00" },
        { tx: "E", rv: end, ri: "01-00:B3.08.00" },
      ]);
      return () => readField([record], "import").energyWh;
    };
    expect(both("1.000")()).to.equal(1_000n);
    expect(refusal(both("1.001"))).to.equal("RefusedRecordError E_SEVERAL_REGISTERS");
  });

  it("keep what the meter says is wrong refused", () => {
    const refused = (lines: readonly Line[]): string =>
      refusal(() => readField([recordOf(lines)], "import"));
    const [begin, end] = [
      { tx: "B", rv: "1" },
      { tx: "E", rv: "2" },
    ] as const;
    expect(refused([begin, end])).to.equal("accepted");
    expect(refused([{ ...begin, ef: "t" }, end])).to.equal("accepted");
    const wrong: Readonly<Record<string, readonly Line[]>> = {
      E_ERROR_FLAG: [begin, { ...end, ef: "E" }],
      E_METER_STATE: [{ ...begin, st: "F" }, end],
      E_EXCEPTION: [begin, { ...end, tx: "X" }],
      E_MARK: [begin, begin],
      E_UNIT: [begin, { ...end, ru: "sec" }],
      E_NUMBER: [begin, { ...end, rv: '"2,5"' }],
      E_NO_REGISTER: [{ ...begin, ri: "1-0:2.8.0" }],
      E_NOT_A_TRANSACTION: [{ ...begin, tx: "C" }],
      E_FALLING_REGISTER: [begin, { ...end, rv: "0.9" }],
      E_TIME_REVERSED: [
        { ...begin, tm: "2031-05-17T12:00:00,000+0000 S" },
        { ...end, tm: "2031-05-17T11:00:00,000+0000 S" },
      ],
    };
    for (const [code, lines] of Object.entries(wrong)) {
      expect(refused(lines), code).to.equal(`RefusedRecordError ${code}`);
    }
  });

  it("join the halves of a transaction", () => {
    const halves = [recordOf([{ tx: "B", rv: "1" }]), recordOf([{ tx: "E", rv: "1.25" }])];
    const [begin] = halves.map((half) => readField([half], "import"));
    expect(begin).to.include({ hasBegin: true, hasEnd: false, energyWh: null });
    expect(readField(halves, "import").energyWh).to.equal(250n);
  });

  it("count what the contract counts, wherever it reads a record", () => {
    const milliWh = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(milliWh, milliWh, (start, taken) => {
        const written = (value: bigint): string => {
          const digits = String(value).padStart(7, "0");
          return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
        };
        const record = recordOf([
          { tx: "B", rv: written(start) },
          { tx: "E", rv: written(start + taken) },
        ]);
        const limits = { ratedPowerW: 10n ** 9n, windowSeconds: 86_400, lastPagination: 0n };
        const { energyWh } = readTransaction([readRecord(record, "import")], limits);
        expect(readField([record], "import").energyWh).to.equal(energyWh);
      }),
      { numRuns: 100, seed: 0x5eed },
    );
  });
});
