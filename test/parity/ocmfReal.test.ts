/** Records of real meters, TypeScript against the contracts: signatures, readings and refusals. */
import { expect } from "chai";
import { meterKeyId, parseMeterKey } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import {
  encodeRecord,
  isChainCurve,
  prepareRecord,
} from "../../offchain/core/meter/prepareRecord.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import { caseName, recordsOrSkip, type RecordCase } from "../support/meter/records.ts";
import {
  asked,
  certify,
  expectSame,
  meterWorld,
  type MeterWorld,
  queryOf,
  said,
} from "../support/meter/parity.ts";

describe("signed records of real meters, TypeScript and Solidity", () => {
  let place: MeterWorld;

  before(async () => {
    place = await meterWorld();
  });
  after(() => place.world.connection.close());

  let cases: readonly RecordCase[];

  before(async function () {
    cases = recordsOrSkip(this).filter(({ expect: { curve } }) => isChainCurve(curve));
    const certified = new Set<string>();
    for (const one of cases) {
      const { key } = encodeRecord(parseRecord(one.record), parseMeterKey(one.public_key));
      if (certified.has(meterKeyId(key))) continue;
      certified.add(meterKeyId(key));
      await certify(place, key);
    }
  });

  it("agree on all 33 signatures that the chain can check", async () => {
    expect(cases).to.have.length(33);
    for (const one of cases) {
      const { key, record } = encodeRecord(parseRecord(one.record), parseMeterKey(one.public_key));
      const signed = await place.harness.hasSigned(key, record);
      expect(signed, caseName(one)).to.equal(one.expect.verifies);
    }
  });

  it("agree on what each settles, or why not", async () => {
    for (const one of cases) {
      const key = parseMeterKey(one.public_key);
      const { refusal } = await verdictOf(parseRecord(one.record), key);
      const typescript = refusal ?? said([one.record]);
      expectSame(await asked(place, [one.record], key), typescript, caseName(one));
    }
  });

  it("agree on transactions of two records, and on halves that do not belong together", async () => {
    for (const file of ["xml/dzg-begin-end.xml", "xml/ebee-01.xml", "xml/bauer-begin-end.xml"]) {
      const halves = cases.filter((one) => one.file === file);
      const key = parseMeterKey(halves[0]?.public_key ?? "");
      const texts = halves.map(({ record }) => record);
      expect(texts).to.have.length(2);
      expectSame(await asked(place, texts, key), said(texts), file);
      const reversed = texts.toReversed();
      expectSame(await asked(place, reversed, key), said(reversed), `${file} reversed`);
    }
  });

  it("consume a meter's twenty records in its order, each once", async () => {
    const sequence = cases.filter(
      ({ file, value_index }) => file === "xml/keba-sequence.xml" && value_index < 20,
    );
    const { world, meters, caller } = place;
    for (const { record: text, public_key } of sequence) {
      const { key, record } = await prepareRecord(parseRecord(text), parseMeterKey(public_key));
      const query = queryOf(world, "import");
      await caller.consume(query, key, [record]);
      await expect(caller.consume(query, key, [record])).to.be.revertedWithCustomError(
        meters,
        "MeterPaginationSpent",
      );
    }
  });
});
