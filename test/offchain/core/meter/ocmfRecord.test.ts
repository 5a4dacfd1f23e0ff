/**
 * Records as text: what is signed, digits that stay, the forms in which records travel, and what is
 * no record.
 */
import { expect } from "chai";
import {
  digitsOf,
  marksOf,
  parseRecord,
  RecordError,
  statesOf,
} from "../../../../offchain/core/meter/ocmfRecord.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const PAYLOAD =
  '{"PG":"T1","ID":"é","RD":[{"TX":"B","ST":"G","RV":2935.60},{"ST":"E","RV":" 1.0"},{"TX":"E"}]}';
const SECTION = '{"SA":"ECDSA-secp256k1-SHA256","SD":"00fF"}';
const RECORD = `OCMF|${PAYLOAD}|${SECTION}`;

describe("OCMF records", () => {
  it("keep the payload's bytes as they came", () => {
    const { payload, payloadText, text } = parseRecord(`  ${RECORD}\n`);
    expect(text).to.equal(RECORD);
    expect(payloadText).to.equal(PAYLOAD);
    expect(Buffer.from(payload).toString("utf8")).to.equal(PAYLOAD);
    expect(payload).to.have.length(PAYLOAD.length + 1);
  });

  it("keep the digits of numbers", () => {
    const { readings } = parseRecord(RECORD);
    expect(digitsOf(readings[0]?.RV)).to.equal("2935.60");
    expect(digitsOf(readings[1]?.RV)).to.equal(null);
    expect(digitsOf({ digits: "1" })).to.equal(null);
    expect(digitsOf(null)).to.equal(null);
  });

  it("list marks as written and states once", () => {
    const record = parseRecord(RECORD);
    expect(marksOf(record)).to.deep.equal(["B", null, "E"]);
    expect(statesOf(record)).to.deep.equal(["G", "E"]);
  });

  it("name algorithm and bytes of the signature", () => {
    const { signature } = parseRecord(RECORD);
    expect(signature.algorithm).to.equal("ECDSA-secp256k1-SHA256");
    expect([...signature.bytes]).to.deep.equal([0, 255]);
  });

  it("mean secp256r1 where no algorithm is named", () => {
    const { signature } = parseRecord(`OCMF|${PAYLOAD}|{"SD":"00"}`);
    expect(signature.algorithm).to.equal("ECDSA-secp256r1-SHA256");
  });

  it("may carry their signature in base64, whether or not they say so", () => {
    for (const section of [
      '"SE":"base64","SD":"AP8="',
      '"SE":"Base64","SD":"AP8"',
      '"SD":"AP8="',
    ]) {
      const { signature } = parseRecord(`OCMF|${PAYLOAD}|{${section}}`);
      expect([...signature.bytes], section).to.deep.equal([0, 255]);
    }
  });

  it("travel as hexadecimal and base64 of themselves", () => {
    for (const encoding of ["hex", "base64"] as const) {
      const carried = Buffer.from(RECORD, "utf8").toString(encoding);
      expect(parseRecord(carried).text, encoding).to.equal(RECORD);
      const broken = carried.replace(/(.{64})/g, "$1\r\n");
      expect(parseRecord(broken).text, `${encoding} in lines`).to.equal(RECORD);
    }
  });

  const REFUSED: Readonly<Record<string, string>> = {
    "another header": `OCMX|${PAYLOAD}|${SECTION}`,
    "two sections": `OCMF|${PAYLOAD}`,
    "four sections": `${RECORD}|{}`,
    "a payload that is no JSON": `OCMF|{"PG":|${SECTION}`,
    "no readings": `OCMF|{"PG":"T1"}|${SECTION}`,
    "readings that are no objects": `OCMF|{"RD":[1]}|${SECTION}`,
    "a signature section that is no JSON": `OCMF|${PAYLOAD}|SD`,
    "no signature": `OCMF|${PAYLOAD}|{}`,
    "an odd number of hexadecimal digits": `OCMF|${PAYLOAD}|{"SD":"abc"}`,
    "a signature in another alphabet": `OCMF|${PAYLOAD}|{"SE":"base64","SD":"?"}`,
    "another encoding": `OCMF|${PAYLOAD}|{"SE":"ascii","SD":"00"}`,
    nothing: "",
  };
  for (const [what, text] of Object.entries(REFUSED)) {
    it(`are not ${what}`, () => {
      expect(refusal(() => parseRecord(text))).to.equal("RecordError E_RECORD_FORMAT");
      expect(() => parseRecord(text)).to.throw(RecordError);
    });
  }

  it("do not show their content in what is thrown", () => {
    const secret = "04ab076a345b85";
    for (const text of [`OCMF|{"ID":"${secret}"}|${SECTION}`, `OCMF|{"ID":"${secret}|{}`]) {
      expect(() => parseRecord(text))
        .to.throw(RecordError)
        .with.property("message")
        .not.include(secret);
    }
  });
});
