import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isSignedBy } from "../../../offchain/core/meter/signature.ts";
import {
  meterTransaction,
  newMeter,
  type SimulatedMeter,
} from "../../../offchain/core/meter/simulatedMeter.ts";
import { InputError } from "../../../tasks/support/outcome.ts";
import { recordsInFile, recordsInFiles } from "../../../tasks/support/meterRecords.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { recordsOrSkip, type RecordCase } from "../../support/meter/records.ts";

/** Well-formed; nobody signed it. */
const GOOD = 'OCMF|{"PG":"T1","RD":[]}|{"SD":"3006020101020101"}';
const SHARED = fileURLToPath(new URL("../../../../shared/data/ocmf-records", import.meta.url));

describe("files of records", () => {
  let folder: string;
  let meter: SimulatedMeter;
  let records: readonly string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-records-"));
    meter = newMeter("secp256r1", "a meter", systemRng);
    const result = await meterTransaction(meter, {
      identification: "somebody",
      beginMs: 1_700_000_000_000,
      endMs: 1_700_003_600_000,
      importMilliWh: 5_000_000n,
      exportMilliWh: 0n,
      clock: "S",
      end: "E",
      records: "two",
    });
    records = result.records;
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const texts = async (path: string): Promise<readonly string[]> =>
    (await recordsInFile(path)).map(({ record }) => record.text);
  const hexOf = (text: string): string => Buffer.from(text).toString("hex");

  it("are read as text, one record after the other, whatever ends the lines", async () => {
    expect(await texts(await file("unix", `${records.join("\n")}\n`))).to.deep.equal(records);
    expect(await texts(await file("dos", `\uFEFF${records.join("\r\n")}`))).to.deep.equal(records);
  });

  it("are read as hexadecimal, one record a line", async () => {
    const path = await file("hex", records.map(hexOf).join("\n"));
    expect(await texts(path)).to.deep.equal(records);
  });

  it("are read in their order from several files", async () => {
    const paths = [];
    for (const [k, record] of records.entries()) paths.push(await file(`part ${k}`, record));
    const read = await recordsInFiles(paths.join(", "));
    expect(read.map(({ text }) => text)).to.deep.equal(records);
  });

  it("bring keys along as XML, and keep what was escaped in it", async () => {
    const key = Buffer.from(meter.publicKey.spki).toString("hex");
    const values = records.map(
      (record) =>
        `<value><signedData format="OCMF">${record.replaceAll('"', "&quot;")}</signedData>` +
        `<publicKey encoding="plain">${key}</publicKey></value>`,
    );
    const path = await file("some.xml", `<?xml version="1.0"?><values>${values.join("")}</values>`);
    for (const { record, key: brought } of await recordsInFile(path)) {
      expect(brought).not.to.equal(null);
      if (brought !== null) expect(await isSignedBy(record, brought)).to.equal(true);
    }
  });

  const wrong: Readonly<Record<string, readonly [content: string, sentence: RegExp]>> = {
    "an empty file": ["", /wrong holds no record/],
    "XML that breaks off": ["<values><value>", /wrong is not the XML/],
    "XML without values": ["<values/>", /wrong holds no record/],
    "JSON without cases": ["{}", /wrong is JSON, but/],
    "JSON that breaks off": ['{"cases": [', /wrong is JSON, but/],
    "a text": ["a text about records", /wrong, record 1: /],
    "a good record and half of one": [`${GOOD}\n${GOOD.slice(0, 40)}`, /wrong, record 2: /],
    "a record with a key that is none": [
      JSON.stringify({ cases: [{ record: GOOD, public_key: "zz" }] }),
      /wrong, record 1: /,
    ],
  };
  for (const [what, [content, sentence]] of Object.entries(wrong)) {
    it(`are not ${what}`, async () => {
      const path = await file("wrong", content);
      const thrown: unknown = await recordsInFile(path).catch((reason: unknown) => reason);
      expect(thrown).to.be.instanceOf(InputError);
      expect(String(thrown)).to.match(sentence);
    });
  }

  it("are refused where there is no file", async () => {
    const thrown: unknown = await recordsInFile(join(folder, "no")).catch(
      (reason: unknown) => reason,
    );
    expect(thrown).to.be.instanceOf(InputError);
  });

  describe("of real meters", () => {
    let cases: readonly RecordCase[];

    before(function () {
      cases = recordsOrSkip(this);
    });

    it("say the same as XML and as cases", async () => {
      expect(await texts(join(SHARED, "records.json"))).to.deep.equal(
        cases.map(({ record }) => record.trim()),
      );
      for (const name of new Set(cases.map(({ file: xml }) => xml))) {
        const expected = cases.filter(({ file: xml }) => xml === name);
        const read = await recordsInFile(join(SHARED, name));
        expect(
          read.map(({ record }) => record.text),
          name,
        ).to.deep.equal(expected.map(({ record }) => record.trim()));
        for (const [k, { record, key }] of read.entries()) {
          const verifies = key !== null && (await isSignedBy(record, key));
          expect(verifies, `${name} ${k}`).to.equal(expected[k]?.expect.verifies);
        }
      }
    });
  });
});
