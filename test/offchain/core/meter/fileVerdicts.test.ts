/**
 * Verdicts on records, alone and together: what settles, what is agreed on, and what never pays.
 */
import { expect } from "chai";
import { judgeTogether } from "../../../../offchain/core/meter/fileVerdicts.ts";
import type { MeterPublicKey } from "../../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import {
  payloadOf,
  signedBy,
  signingMeter,
  type Line,
  type SigningMeter,
} from "../../../support/meter/signing.ts";

const METER = signingMeter("secp256r1");
const BEGIN: Line = { tx: "B", rv: "10.0" };
const END: Line = { tx: "E", rv: "12.5" };

/** Settles, refusal and energy of each, in their order. */
async function verdicts(
  texts: readonly string[],
  key: MeterPublicKey = METER.publicKey,
): Promise<readonly string[]> {
  const records = texts.map((text) => ({ record: parseRecord(text), key }));
  return (await judgeTogether(records, "import")).map(
    ({ verdict: { settles, refusal, energyWh } }) =>
      [settles, refusal ?? "", energyWh === null ? "" : String(energyWh)].join(" ").trim(),
  );
}

async function verdictOn(lines: readonly Line[], pagination = "T7", before = ""): Promise<string> {
  const [verdict = ""] = await verdicts([signedBy(METER, payloadOf(pagination, lines, before))]);
  return verdict;
}

const half = (meter: SigningMeter, pagination: string, line: Line): string =>
  signedBy(meter, payloadOf(pagination, [line]));

describe("verdicts on records", () => {
  it("settle alone only where some contract would pay", async () => {
    expect(await verdictOn([BEGIN, END])).to.equal("alone  2500");
    const times = (from: string, to: string): readonly Line[] => [
      { ...BEGIN, tm: `2031-05-17T${from},000+0000 S` },
      { ...END, tm: `2031-05-17T${to},000+0000 S` },
    ];
    expect(await verdictOn(times("12:00:00", "13:00:00"))).to.equal("alone  2500");
    const never: Readonly<Record<string, readonly Line[]>> = {
      E_FALLING_REGISTER: [END, BEGIN].map(({ rv }, k) => ({ tx: k === 0 ? "B" : "E", rv })),
      E_TIME_REVERSED: times("13:00:00", "12:00:00"),
      "E_TOO_MUCH_ENERGY 9999999999": [BEGIN, { ...END, rv: "10000009.999999" }].map((line, k) => ({
        ...line,
        tm: `2031-05-17T12:00:0${k},000+0000 S`,
      })),
      E_METER_STATE: [BEGIN, { ...END, st: "E" }],
      E_ERROR_FLAG: [BEGIN, { ...END, ef: "E" }],
      E_EXCEPTION: [BEGIN, { ...END, tx: "X" }],
    };
    for (const [code, lines] of Object.entries(never)) {
      expect(await verdictOn(lines), code).to.equal(`never ${code}`);
    }
    expect(await verdictOn([BEGIN, END], "T0")).to.equal("agreement E_PAGINATION_SPENT 2500");
  });

  it("leave what the contract cannot read to an agreement, with its energy", async () => {
    const agreed: Readonly<Record<string, readonly Line[]>> = {
      "E_NO_REGISTER 2500": [BEGIN, END].map((line) => ({ ...line, ri: "0100010800FF" })),
      "E_NUMBER 2500": [{ ...BEGIN, rv: "9.9999999999" }, END],
      "E_UNIT 2500": [BEGIN, END].map((line) => ({ ...line, ru: "KWH" })),
    };
    for (const [code, lines] of Object.entries(agreed)) {
      expect(await verdictOn(lines), code).to.equal(`agreement ${code}`);
    }
    const escaped = String.raw`"TT":"0,42 \u0041\/kWh",`;
    expect(await verdictOn([BEGIN, END], "T7", escaped)).to.equal("agreement E_ESCAPED 2500");
    expect(await verdictOn([BEGIN, END], "F7")).to.equal("agreement E_NOT_TRANSACTIONAL 2500");
  });

  it("settle alone what meters of the field write otherwise", async () => {
    const forms: readonly (readonly Line[])[] = [
      [BEGIN, END].map((line) => ({ ...line, ri: "1-0:98.8.0.FF" })),
      [BEGIN, END].map((line) => ({ ...line, ri: "1-b:1.8.e" })),
      [BEGIN, END].map((line) => ({ ...line, ef: "t" })),
      [{ ...BEGIN, rv: "1E1" }, END],
      [BEGIN, { ...END, rv: '" 12.500000000"' }],
    ];
    for (const lines of forms) expect(await verdictOn(lines)).to.equal("alone  2500");
    const escaped = String.raw`"TT":"0,42 \u20ac\/kWh",`;
    expect(await verdictOn([BEGIN, END], "T7", escaped)).to.equal("alone  2500");
  });

  it("say of another curve what agrees, and never more", async () => {
    const meter = signingMeter("brainpool256r1");
    const say = (lines: readonly Line[]): Promise<readonly string[]> =>
      verdicts([signedBy(meter, payloadOf("T7", lines))], meter.publicKey);
    expect(await say([BEGIN, END])).to.deep.equal(["agreement E_CURVE 2500"]);
    expect(await say([BEGIN, { ...END, st: "E" }])).to.deep.equal(["never E_METER_STATE"]);
    const halves = [half(meter, "T1", BEGIN), half(meter, "T2", END)];
    expect(await verdicts(halves, meter.publicKey)).to.deep.equal([
      "agreement E_CURVE",
      "agreement E_CURVE 2500",
    ]);
  });

  it("join begin and end of a meter, in whatever order they came", async () => {
    const texts = [half(METER, "T1", BEGIN), half(METER, "T2", END)];
    expect(await verdicts(texts)).to.deep.equal(["begin", "end  2500"]);
    expect(await verdicts(texts.toReversed())).to.deep.equal(["end  2500", "begin"]);
    expect(await verdicts([half(METER, "T1", BEGIN), half(METER, "T3", END)])).to.deep.equal([
      "begin",
      "end",
    ]);
    expect(await verdicts([half(METER, "T1", END)])).to.deep.equal([
      "agreement E_PAGINATION_SPENT",
    ]);
  });

  it("refuse both halves for what refuses the pair", async () => {
    const falling = [half(METER, "T1", BEGIN), half(METER, "T2", { ...END, rv: "9" })];
    expect(await verdicts(falling)).to.deep.equal([
      "never E_FALLING_REGISTER",
      "never E_FALLING_REGISTER",
    ]);
    const other = [half(METER, "T1", BEGIN), half(METER, "T2", { ...END, ri: "01-00:01.08.00" })];
    expect(await verdicts(other)).to.deep.equal([
      "agreement E_REGISTERS_DIFFER",
      "agreement E_REGISTERS_DIFFER 2500",
    ]);
    const fine = [half(METER, "T1", BEGIN), half(METER, "T2", { ...END, rv: "12.50000000001" })];
    expect(await verdicts(fine)).to.deep.equal(["agreement E_NUMBER", "agreement E_NUMBER 2500"]);
  });

  it("do not join records of two meters", async () => {
    const other = signingMeter("secp256r1");
    const records = [
      { record: parseRecord(half(METER, "T1", BEGIN)), key: METER.publicKey },
      { record: parseRecord(half(other, "T2", { ...END, rv: "1" })), key: other.publicKey },
    ];
    const settled = (await judgeTogether(records, "import")).map(({ verdict }) => verdict.settles);
    expect(settled).to.deep.equal(["begin", "end"]);
  });

  it("note what somebody who settles should know", async () => {
    const notes = async (text: string): Promise<readonly string[]> => {
      const keyed = { record: parseRecord(text), key: METER.publicKey };
      const [judged] = await judgeTogether([keyed], "import");
      return judged?.verdict.notes ?? [];
    };
    const plain = payloadOf("T7", [BEGIN, END]);
    expect(await notes(signedBy(METER, plain))).to.deep.equal([]);
    const behind = plain.replace(/}$/, ',"TT":"\\u0041","ID":"x"}');
    expect(await notes(signedBy(METER, behind))).to.deep.equal(["name out of reach"]);
    const both = payloadOf("T7", [
      BEGIN,
      { ...BEGIN, ri: "1-0:98.8.0" },
      END,
      { ...END, rv: "12.4", ri: "1-0:98.8.0" },
    ]);
    expect(await notes(signedBy(METER, both))).to.deep.equal(["compensated register"]);
    const packed = both.replaceAll("1-0:98.8.0", "0100620800FF");
    expect(await notes(signedBy(METER, packed))).to.deep.equal(["losses counted"]);
    const flagged = payloadOf("T7", [BEGIN, { ...END, ef: "t" }]);
    expect(await notes(signedBy(METER, flagged))).to.deep.equal(["flagged time"]);
    const tariff = payloadOf(
      "T7",
      [BEGIN, END].map((line) => ({ ...line, ri: "1-0:1.8.1" })),
    );
    expect(await notes(signedBy(METER, tariff))).to.deep.equal(["tariff register"]);
  });
});
