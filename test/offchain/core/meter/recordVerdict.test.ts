/**
 * The verdicts over real records against the ones that were measured, and why a record settles or
 * does not.
 */
import { expect } from "chai";
import { parseMeterKey } from "../../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import { verdictOf, type RecordVerdict } from "../../../../offchain/core/meter/recordVerdict.ts";
import { caseName, recordsOrSkip, type RecordCase } from "../../../support/meter/records.ts";

describe("the records of real meters", () => {
  let cases: readonly RecordCase[];
  let verdicts: ReadonlyMap<string, RecordVerdict>;

  before(async function () {
    cases = recordsOrSkip(this);
    const judged = cases.map(async (one) => {
      const record = parseRecord(one.record);
      return [caseName(one), await verdictOf(record, parseMeterKey(one.public_key))] as const;
    });
    verdicts = new Map(await Promise.all(judged));
  });

  it("are 35, and each has the verdict of the file", () => {
    expect(cases).to.have.length(35);
    for (const one of cases) {
      const { curve, verifies, readings, meterStates, marks } = verdictOfCase(one);
      expect({ curve, verifies, readings, meterStates, marks }, caseName(one)).to.deep.equal({
        curve: one.expect.curve,
        verifies: one.expect.verifies,
        readings: one.expect.readings,
        meterStates: one.expect.meter_states,
        marks: one.expect.transaction_marks,
      });
    }
  });

  it("settle a session, or one end of it, where the chain can check them", () => {
    expect(namesOf("alone")).to.have.length(24);
    expect(namesOf("begin")).to.deep.equal(["xml/dzg-begin-end.xml 0", "xml/ebee-01.xml 0"]);
    expect(namesOf("end")).to.deep.equal([
      "xml/dzg-begin-end.xml 1",
      "xml/ebee-01.xml 1",
      "xml/ebee-02.xml 1",
    ]);
  });

  it("say why they do not, where they do not", () => {
    const refusals = cases
      .map((one) => [caseName(one), verdictOfCase(one).refusal] as const)
      .filter(([, refusal]) => refusal !== null);
    expect(Object.fromEntries(refusals)).to.deep.equal({
      "xml/keba-kcp30-altered.xml 0": "E_SIGNATURE",
      "xml/ebee-02.xml 0": "E_SIGNATURE",
      "xml/bauer-begin-end.xml 0": "E_ERROR_FLAG",
      "xml/bauer-begin-end.xml 1": "E_ERROR_FLAG",
      "xml/nistp384-begin-end.xml 0": "E_CURVE",
      "xml/nistp384-begin-end.xml 1": "E_CURVE",
    });
  });

  it("give registers with every digit that the meter wrote", () => {
    const lem = verdicts.get("xml/lem-dcbm.xml 0")?.content;
    expect(lem?.begin?.microWh).to.equal(57_584_000_000n);
    expect(lem?.end?.microWh).to.equal(58_685_000_000n);
    const keba = verdicts.get("xml/keba-sequence.xml 0")?.content;
    expect(keba?.begin?.microWh).to.equal(62_500_127_000_000n);
    expect(keba?.pagination).to.equal(70_172n);
  });

  it("of one meter follow each other, every end being the next begin", () => {
    const sequence = Array.from(
      { length: 20 },
      (_, k) => verdicts.get(`xml/keba-sequence.xml ${k}`)?.content,
    );
    for (const [k, content] of sequence.slice(1).entries()) {
      expect(content?.pagination, `pagination ${k}`).to.equal(BigInt(70_173 + k));
      expect(content?.begin?.microWh, `begin ${k}`).to.equal(sequence[k]?.end?.microWh);
    }
  });

  function verdictOfCase(one: RecordCase): RecordVerdict {
    const verdict = verdicts.get(caseName(one));
    if (verdict === undefined) throw new Error(`verdictOfCase: expected ${caseName(one)}`);
    return verdict;
  }

  function namesOf(settles: RecordVerdict["settles"]): readonly string[] {
    return cases.filter((one) => verdictOfCase(one).settles === settles).map(caseName);
  }
});
