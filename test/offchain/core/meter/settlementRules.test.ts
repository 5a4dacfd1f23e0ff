/**
 * What the chain would refuse, said off chain: every code, once where it holds and once where it
 * just does not.
 */
import { expect } from "chai";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import {
  CONTRACT_ERRORS,
  placesOf,
  readRecord,
  readTransaction,
  synchronisedMs,
  type Direction,
  type Limits,
  type RecordContent,
} from "../../../../offchain/core/meter/settlementRules.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const NOON = Date.UTC(2031, 4, 17, 12) / 1000;
const LIMITS: Limits = {
  ratedPowerW: 22_000n,
  pluggedInAt: NOON,
  endedAt: NOON + 3_600,
  lastPagination: 0n,
};

function line(mark: string, value: string, code = "1-b:1.8.0", unit = "kWh", state = "U"): string {
  const time = `2031-05-17T12:00:00,000+0000 ${state}`;
  return `{"TM":"${time}","TX":"${mark}","EF":"","ST":"G","RV":${value},"RI":"${code}","RU":"${unit}"}`;
}

function contentOf(
  lines: readonly string[],
  pagination = "T7",
  direction: Direction = "import",
): RecordContent {
  const payload = `{"PG":"${pagination}","ID":"x","RD":[${lines.join(",")}]}`;
  return readRecord(parseRecord(`OCMF|${payload}|{"SD":"00"}`), direction);
}

function payloadRefusal(payload: string): string {
  return refusal(() => readRecord(parseRecord(`OCMF|${payload}|{"SD":"00"}`), "import"));
}

function refused(lines: readonly string[], pagination?: string, direction?: Direction): string {
  return refusal(() => contentOf(lines, pagination, direction));
}

const BOTH = [line("B", "1"), line("E", "2")];

describe("rules of settlement", () => {
  it("name an error of the contract for every refusal, and each error once", () => {
    const errors = Object.values(CONTRACT_ERRORS).flat();
    expect(new Set(errors).size).to.equal(errors.length);
  });

  describe("of a record", () => {
    it("give pagination, registers and identification", () => {
      const time = "2031-05-17T12:00:00,000+0000 U";
      expect(contentOf(BOTH)).to.deep.equal({
        pagination: 7n,
        register: "1-b:1.8.0",
        begin: { microWh: 1_000_000_000n, time, isTimeFlagged: false },
        end: { microWh: 2_000_000_000n, time, isTimeFlagged: false },
        identification: "x",
      });
    });

    it("take identification for none where the contract cannot be pointed to it", () => {
      const named = (before: string): unknown => {
        const payload = `{"PG":"T1","RD":[${BOTH.join(",")}],"TT":"${before}","ID":"x"}`;
        const record = parseRecord(`OCMF|${payload}|{"SD":"00"}`);
        const { identification } = readRecord(record, "import");
        expect(placesOf(record).identification === 0).to.equal(identification === null);
        return identification;
      };
      for (const text of ["", "}", '\\"', "\\u20ac", "\\\\u0041"]) {
        expect(named(text), text).to.equal("x");
      }
      for (const text of ["\\u0041", "\\\\\\u0022", "x".repeat(2 ** 16)]) {
        expect(named(text), text).to.equal(null);
      }
    });

    it("want PG before RD, behind no escaped letter, and no escapes in the readings", () => {
      const readings = BOTH.join(",");
      for (const payload of [
        `{"PG":"T1","RD":[${readings}],"TT":"\\u0041"}`,
        `{"TT":"0,42 \\u20ac\\/kWh","PG":"T1","RD":[${readings}]}`,
        `{"TT":"\\\\u0041","PG":"T1","RD":[${readings}]}`,
      ]) {
        expect(payloadRefusal(payload), payload).to.equal("accepted");
      }
      const refusals = {
        [`{"RD":[${readings}],"PG":"T1"}`]: "E_PLACES",
        [`{"PG":"T1","TT":"${"x".repeat(2 ** 16)}","RD":[${readings}]}`]: "E_PLACES",
        [`{"ID":"","RD":[${readings}]}`]: "E_PLACES",
        [`{"TT":"\\u0041","PG":"T1","RD":[${readings}]}`]: "E_ESCAPED",
        [`{"PG":"T1","TT":"\\\\\\u007c","RD":[${readings}]}`]: "E_ESCAPED",
        [`{"PG":"T1","RD":[${readings},{"ST":"G","U":"\\""}]}`]: "E_ESCAPED",
        '{"PG":"T1","RD":[]}': "E_FORM",
        '{"PG":"T1","RD":[{}]}': "E_FORM",
      };
      for (const [payload, code] of Object.entries(refusals)) {
        expect(payloadRefusal(payload), payload).to.equal(`RefusedRecordError ${code}`);
      }
    });

    it("want the pagination of a transaction", () => {
      expect(contentOf(BOTH, "T123456789012345678").pagination).to.equal(123456789012345678n);
      for (const pagination of ["F1", "T", "1", "T1x", "T1234567890123456789"]) {
        expect(refused(BOTH, pagination), pagination).to.equal(
          "RefusedRecordError E_NOT_TRANSACTIONAL",
        );
      }
    });

    const REFUSED: Readonly<Record<string, readonly string[]>> = {
      E_METER_STATE: [
        '{"ST":"E"}',
        '{"ST":null}',
        '{"TM":"2031-05-17T12:00:00,000+0000 U","TX":"B","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}',
      ],
      E_ERROR_FLAG: ['{"EF":"E"}', '{"EF":"Et"}', '{"EF":"T"}', '{"EF":null}'],
      E_EXCEPTION: ['{"TX":"X"}'],
      E_FORM: ['{"TX":"BE"}', '{"TX":1}', '{"RI":1}'],
      E_TIME: ['{"TM":""}', '{"TM":"2031-05-17T12:00:00,000+0000 Z"}', '{"TM":1}'],
      E_MARK: [line("Z", "1"), line("b", "1")],
      E_UNIT: [line("B", "1", undefined, "MWh"), line("B", "1", undefined, "wh")],
      E_NUMBER: [
        line("B", "-1"),
        line("B", "1e12"),
        line("B", "1e-10"),
        line("B", '"1e003"'),
        line("B", '"1,5"'),
        line("B", '"1 "'),
        line("B", "null"),
        line("B", "1234567890123"),
        line("B", "1.1234567891"),
        line("B", "1.0000001", undefined, "Wh"),
        line("B", `1.${"0".repeat(30)}`),
      ],
      E_NO_REGISTER: [line("B", "1", "1-0:2.8.0"), line("B", "1", "1-0:1.8.1"), '{"ST":"G"}'],
    };
    for (const [code, lines] of Object.entries(REFUSED)) {
      it(`refuse with ${code}`, () => {
        for (const one of lines) {
          expect(refused([one]), one).to.equal(`RefusedRecordError ${code}`);
        }
      });
    }

    it("refuse two registers of a direction, and marks out of order", () => {
      const other = line("E", "2", "1-0:1.8.0");
      expect(refused([line("B", "1"), other])).to.equal("RefusedRecordError E_SEVERAL_REGISTERS");
      const orders = [
        ["E", "B"],
        ["B", "B"],
        ["E", "E"],
        ["B", "E", "C"],
      ];
      for (const order of orders) {
        expect(refused(order.map((mark) => line(mark, "1"))), order.join("")).to.equal(
          "RefusedRecordError E_MARK",
        );
      }
    });

    it("fill in what a reading omits, but not its value", () => {
      const content = contentOf([line("B", "1"), '{"TX":"C"}', '{"RV":1.5}', '{"TX":"E","RV":2}']);
      expect(content.end?.microWh).to.equal(2_000_000_000n);
      expect(content.end?.time).to.equal(content.begin?.time);
    });

    it("know the codes of either direction", () => {
      const codes: Readonly<Record<Direction, readonly string[]>> = {
        import: ["1-b:1.8.0", "01-00:01.08.00.FF", "1-0:1.8.0*198", "01-00:B3.08.00*FF"],
        export: ["1-b:2.8.0", "01-00:02.08.00", "1-0:2.8.0*255", "01-00:C0.08.00"],
      };
      for (const code of codes.import) {
        expect(contentOf([line("B", "1", code)]).register).to.equal(code);
        expect(refused([line("B", "1", code)], "T1", "export")).to.include("E_NO_REGISTER");
      }
      for (const code of codes.export) {
        expect(contentOf([line("B", "1", code)], "T1", "export").register).to.equal(code);
        expect(refused([line("B", "1", code)])).to.include("E_NO_REGISTER");
      }
    });

    it("say where the keys stand", () => {
      const record = parseRecord(
        'OCMF|{"U":{"PG":1},"PG":"T1","ID":"","RD":[{"a":1}]}|{"SD":"00"}',
      );
      expect(placesOf(record)).to.deep.equal({ pagination: 14, identification: 24, readings: 32 });
    });
  });

  describe("of a transaction", () => {
    const begin = (pagination = "T7"): RecordContent => contentOf([line("B", "1")], pagination);
    const end = (pagination = "T8", value = "2"): RecordContent =>
      contentOf([line("E", value)], pagination);
    const asked = (contents: readonly RecordContent[], limits: Partial<Limits> = {}): string =>
      refusal(() => readTransaction(contents, { ...LIMITS, ...limits }));

    it("round the exact difference down, once", () => {
      const contents = [contentOf([line("B", "0.9999"), line("E", "1.000899")])];
      expect(readTransaction(contents, LIMITS).energyWh).to.equal(0n);
      const more = [contentOf([line("B", "0.9999"), line("E", "1.0009")])];
      expect(readTransaction(more, LIMITS).energyWh).to.equal(1n);
    });

    it("want one record with both ends, or two with one each", () => {
      const both = contentOf(BOTH);
      const missing = "RefusedRecordError E_NOT_A_TRANSACTION";
      expect(asked([both])).to.equal("accepted");
      expect(asked([begin(), end()])).to.equal("accepted");
      for (const contents of [[begin()], [end()], [end("T7"), begin("T8")], [both, end()]]) {
        expect(asked(contents)).to.equal(missing);
      }
      expect(asked([begin(), contentOf(BOTH, "T8")])).to.equal(missing);
      expect(asked([])).to.equal("RefusedRecordError E_RECORD_COUNT");
      expect(asked([begin(), end(), end()])).to.equal("RefusedRecordError E_RECORD_COUNT");
    });

    it("want paginations that follow each other, above the last", () => {
      for (const pagination of ["T7", "T9", "T6"]) {
        expect(asked([begin(), end(pagination)])).to.equal("RefusedRecordError E_PAGINATION_GAP");
      }
      expect(asked([begin(), end()], { lastPagination: 6n })).to.equal("accepted");
      expect(asked([begin(), end()], { lastPagination: 7n })).to.equal(
        "RefusedRecordError E_PAGINATION_SPENT",
      );
    });

    it("want one register that does not fall", () => {
      const other = contentOf([line("E", "2", "1-0:1.8.0")], "T8");
      expect(asked([begin(), other])).to.equal("RefusedRecordError E_REGISTERS_DIFFER");
      expect(asked([begin(), end("T8", "0.999999")])).to.equal(
        "RefusedRecordError E_FALLING_REGISTER",
      );
      expect(asked([begin(), end("T8", "1.000000")])).to.equal("accepted");
    });

    it("want no more energy than the socket can carry in the window", () => {
      const taken = (value: string): readonly RecordContent[] => [
        contentOf([line("B", "0"), line("E", value)]),
      ];
      expect(asked(taken("22.007111"))).to.equal("accepted");
      expect(asked(taken("22.007112"))).to.equal("RefusedRecordError E_TOO_MUCH_ENERGY");
    });

    it("take the time from the clock, if it was synchronised at both ends", () => {
      const timed = (endTime: string): readonly RecordContent[] => [
        contentOf([
          line("B", "1", undefined, undefined, "S"),
          `{"TM":"${endTime}","TX":"E","RV":23.007111}`,
        ]),
      ];
      const read = readTransaction(timed("2031-05-17T15:00:00,000+0200 S"), LIMITS);
      expect(read.endedAtMs).to.equal(Date.UTC(2031, 4, 17, 13));
      expect(asked(timed("2031-05-17T12:59:59,000+0000 S"))).to.equal(
        "RefusedRecordError E_TOO_MUCH_ENERGY",
      );
      expect(asked(timed("2031-05-17T12:59:59,000+0000 R"))).to.equal("accepted");
      expect(asked(timed("2031-05-17T11:59:59,999+0000 S"))).to.equal(
        "RefusedRecordError E_TIME_REVERSED",
      );
    });

    it("want a synchronised clock within the session, give or take five minutes", () => {
      const timed = (begin: string, end: string): readonly RecordContent[] => [
        contentOf([
          `{"TM":"${begin} S","TX":"B","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}`,
          `{"TM":"${end} S","TX":"E","RV":2}`,
        ]),
      ];
      const early = "2031-05-17T11:55:00,000+0000";
      const late = "2031-05-17T13:05:00,000+0000";
      expect(asked(timed(early, late))).to.equal("accepted");
      const outside = "RefusedRecordError E_OUTSIDE_SESSION";
      expect(asked(timed("2031-05-17T11:54:59,999+0000", late))).to.equal(outside);
      expect(asked(timed(early, "2031-05-17T13:05:00,001+0000"))).to.equal(outside);
      expect(asked(timed("2020-05-17T12:00:00,000+0000", "2020-05-17T12:30:00,000+0000"))).to.equal(
        outside,
      );
    });

    it("believe a clock that was synchronised at one end only there", () => {
      const timed = (begin: string, end: string): readonly RecordContent[] => [
        contentOf([
          `{"TM":"2031-05-17T${begin}","TX":"B","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}`,
          `{"TM":"2031-05-17T${end}","TX":"E","RV":2}`,
        ]),
      ];
      const outside = "RefusedRecordError E_OUTSIDE_SESSION";
      const unset = "03:00:00,000+0000 U";
      expect(asked(timed("11:55:00,000+0000 S", unset))).to.equal("accepted");
      expect(asked(timed("11:54:59,999+0000 S", unset))).to.equal(outside);
      expect(asked(timed("13:05:00,001+0000 S", unset))).to.equal(outside);
      expect(asked(timed(unset, "13:05:00,000+0000 S"))).to.equal("accepted");
      expect(asked(timed(unset, "13:05:00,001+0000 S"))).to.equal(outside);
      expect(asked(timed(unset, "11:54:59,999+0000 S"))).to.equal(outside);
    });

    it("give a clock that is not synchronised the time of the session, or none", () => {
      const taken = [contentOf([line("B", "0"), line("E", "0.008")])];
      const none = { ...LIMITS, pluggedInAt: LIMITS.endedAt + 1 };
      expect(refusal(() => readTransaction(taken, none))).to.equal(
        "RefusedRecordError E_TOO_MUCH_ENERGY",
      );
    });
  });

  it("read times of any zone, and refuse what is no time", () => {
    expect(synchronisedMs("2021-10-07T15:29:55,000+0200 S")).to.equal(1_633_613_395_000);
    expect(synchronisedMs("2100-03-01T00:00:00,007-0930 S")).to.equal(4_107_576_600_007);
    expect(synchronisedMs("nonsense of 30 characters or U")).to.equal(null);
    for (const time of [
      "2021-10-07 15:29:55,000+0200 S",
      "2021-13-07T15:29:55,000+0200 S",
      "2021-10-32T15:29:55,000+0200 S",
      "2021-10-07T24:29:55,000+0200 S",
      "2021-10-07T15:60:55,000+0200 S",
      "2021-10-07T15:29:61,000+0200 S",
      "2021-10-07T15:29:55,000+2400 S",
      "1970-10-07T15:29:55,000+0200 S",
    ]) {
      expect(
        refusal(() => synchronisedMs(time)),
        time,
      ).to.equal("RefusedRecordError E_TIME");
    }
  });
});
