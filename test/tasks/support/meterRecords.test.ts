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
import {
  everythingInFile,
  recordsInFile,
  recordsInFiles,
} from "../../../tasks/support/meterRecords.ts";
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

  const file = async (name: string, content: string | Buffer): Promise<string> => {
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

  it("are read in the encoding that a shell of Windows writes", async () => {
    const shell = Buffer.from(`\uFEFF${GOOD}\r\n`, "utf16le");
    expect(await texts(await file("shell.txt", shell))).to.deep.equal([GOOD]);
    expect(await texts(await file("swapped.txt", shell.swap16()))).to.deep.equal([GOOD]);
  });

  it("are read with empty lines between them, and hold nobody up with a million", async () => {
    const apart = await file("apart", records.join("\r\n \n\n\t"));
    expect(await texts(apart)).to.deep.equal(records);
    const empty = await file("empty", `${GOOD}${"\n".repeat(1_000_000)}?`);
    const beganMs = performance.now();
    expect(await everythingInFile(empty)).to.have.lengthOf(1);
    // Quadratic, it takes half an hour.
    expect(performance.now() - beganMs).to.be.below(10_000);
  });

  it("are read as hexadecimal, one record a line", async () => {
    const path = await file("hex", records.map(hexOf).join("\n"));
    expect(await texts(path)).to.deep.equal(records);
  });

  it("are read as base64 with line breaks, one record after the other", async () => {
    const wrapped = records.map((record) =>
      Buffer.from(record)
        .toString("base64")
        .replace(/(.{76})/g, "$1\r\n"),
    );
    expect(await texts(await file("base64", wrapped.join("\r\n")))).to.deep.equal(records);
  });

  it("are found in messages of OCPP and OCPI, with their keys", async () => {
    const [record = ""] = records;
    const hex = Buffer.from(meter.publicKey.spki).toString("hex");
    const data = Buffer.from(record).toString("base64");
    const publicKey = Buffer.from(`oca:base16:asn1:${hex}`).toString("base64");
    const signedMeterValue = { signedMeterData: data, encodingMethod: "OCMF", publicKey };
    const sampled = { format: "SignedData", value: JSON.stringify(signedMeterValue) };
    const forms: readonly unknown[] = [
      signedMeterValue,
      [2, "1", "TransactionEvent", { meterValue: [{ sampledValue: [{ signedMeterValue }] }] }],
      { transactionData: [{ sampledValue: [sampled] }] },
      { transactionData: [{ sampledValue: [{ format: "SignedData", value: record }] }], publicKey },
      { signed_data: { public_key: publicKey, signed_values: [{ signed_data: data }] } },
      { cases: [{ record, public_key: hex }] },
      { public_key: hex, records: [record] },
    ];
    for (const form of forms) {
      const content = JSON.stringify(form);
      const read = await recordsInFile(await file("message.json", content));
      expect(
        read.map(({ record: { text } }) => text),
        content,
      ).to.deep.equal([record]);
      expect(read[0]?.key?.object.equals(meter.publicKey.object), content).to.equal(true);
    }
  });

  it("are each read by itself, and named where they are no OCMF", async () => {
    const values = [
      `<signedData>${GOOD}</signedData>`,
      `<signedData>${GOOD.slice(0, 40)}</signedData>`,
      '<signedData encoding="plain">1b 1b 1b 1b 01 01 01 01 76 02</signedData>',
      "<signedData>GxsbGwEBAQF2</signedData>",
      '<signedData format="ALFEN">AP;0;3;ABC</signedData>',
      "<signedData>&lt;?xml version='1.0' ?&gt;&lt;signedMeterValue/&gt;</signedData>",
      '<encodedData format="OCMF" encoding="hex">3082034F060A2B06</encodedData>',
      '<signedData format="SOMETHING">whatever</signedData>',
      `<signedData>${GOOD.replace('{"SD"', '{"SA":"RSA-SHA256","SD"')}</signedData>`,
      `<signedData>${GOOD}</signedData><publicKey>zz</publicKey>`,
      "",
    ];
    const content = `<values>${values.map((one) => `<value>${one}</value>`).join("")}</values>`;
    const read = await everythingInFile(await file("mixed.xml", content));
    const faults = read.map((one) => (one.record === null ? one.fault : one.keyFault));
    const expected: readonly (RegExp | null)[] = [
      null,
      /^not an OCMF record: expected/,
      /SML of an EDL40 meter, not OCMF/,
      /SML of an EDL40 meter, not OCMF/,
      /an Alfen record, not OCMF/,
      /signedMeterValue of an EDL meter, not OCMF/,
      /encodedData, .* RSA, not OCMF/,
      /a record of format SOMETHING, not OCMF/,
      /signed with RSA-SHA256/,
      /parseMeterKey: expected/,
      /^not an OCMF record: expected/,
    ];
    expect(faults).to.have.length(expected.length);
    for (const [k, sentence] of expected.entries()) {
      if (sentence === null) expect(faults[k]).to.equal(null);
      else expect(faults[k]).to.match(sentence);
    }
  });

  it("take a bare key for one of the curve that the record names", async () => {
    const k1 = newMeter("secp256k1", "another", systemRng);
    const { records: signed } = await meterTransaction(k1, {
      identification: "",
      ...{ beginMs: 0, endMs: 1, importMilliWh: 1n, exportMilliWh: 0n },
      ...{ clock: "S", end: "E", records: "one" },
    });
    const point = Buffer.from(k1.publicKey.spki).toString("hex").slice(-128);
    const cases = signed.map((record) => ({ record, public_key: point }));
    const [read] = await recordsInFile(await file("bare.json", JSON.stringify({ cases })));
    expect(read?.key?.object.equals(k1.publicKey.object)).to.equal(true);
  });

  it("are read in their order from several files", async () => {
    const paths = [];
    for (const [k, record] of records.entries()) paths.push(await file(`part ${k}`, record));
    const read = await recordsInFiles(paths.join(", "));
    expect(read.map(({ text }) => text)).to.deep.equal(records);
  });

  it("are read from files whose keys are none: a certificate says whose they are", async () => {
    const content = JSON.stringify({ cases: [{ record: GOOD, public_key: "zz" }] });
    const [read] = await recordsInFiles(await file("no key.json", content));
    expect(read?.text).to.equal(GOOD);
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
    "JSON that breaks off": ['{"cases": [', /wrong is JSON that breaks off/],
    "a text": ["a text about records", /wrong, record 1: /],
    "a good record and half of one": [`${GOOD}\n${GOOD.slice(0, 40)}`, /wrong, record 2: /],
  };
  for (const [what, [content, sentence]] of Object.entries(wrong)) {
    it(`are not ${what}`, async () => {
      const path = await file("wrong", content);
      const thrown: unknown = await recordsInFile(path).catch((reason: unknown) => reason);
      expect(thrown).to.be.instanceOf(InputError);
      expect(String(thrown)).to.match(sentence);
    });
  }

  it("are refused where JSON is nested deeper than anybody writes it", async () => {
    const path = join(folder, "deep.json");
    const nested = (levels: number, open: string, close: string): string =>
      `${open.repeat(levels)}"${GOOD.replaceAll('"', '\\"')}"${close.repeat(levels)}`;
    await writeFile(path, nested(64, "[", "]"));
    expect(await recordsInFile(path)).to.have.lengthOf(1);
    for (const text of [nested(65, "[", "]"), nested(100_000, '{"a":', "}")]) {
      await writeFile(path, text);
      const refused = await recordsInFile(path).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(InputError);
      expect(String(refused)).to.contain("64 levels");
    }
  });

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
