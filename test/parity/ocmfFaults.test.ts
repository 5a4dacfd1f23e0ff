/** Records of faulty meters, TypeScript against the contracts: what is refused, by which name. */
import { expect } from "chai";
import fc from "fast-check";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import {
  meterTransaction,
  newMeter,
  signPayload,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { isRecord } from "../support/market/unknown.ts";
import { counterRng } from "../support/primitives/draws.ts";
import {
  asked,
  certify,
  expectSame,
  meterWorld,
  type MeterWorld,
  said,
  transactionOf,
} from "../support/meter/parity.ts";

describe("signed records of faulty meters, TypeScript and Solidity", () => {
  let place: MeterWorld;

  before(async () => {
    place = await meterWorld();
  });
  after(() => place.world.connection.close());

  it("agree on what is wrong with records of faulty meters", async () => {
    const meter = newMeter("secp256r1", "4711", counterRng("parity/faulty"));
    const { records } = await meterTransaction(meter, transactionOf({ clock: "U" }));
    const [text = ""] = records;
    const { key } = encodeRecord(parseRecord(text), meter.publicKey);
    await certify(place, key);
    const { payloadText } = parseRecord(text);
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 3 }), async (faults) => {
        const payload = faults.reduce(withFault, payloadText);
        fc.pre(isRecordPayload(payload));
        const faulty = await signPayload(meter, payload);
        const typescript = said([faulty]);
        outcomes.add(typeof typescript === "string" ? typescript : "settles");
        const { settles } = await verdictOf(parseRecord(faulty), meter.publicKey);
        // How much the socket carries is in the certificate, which no verdict knows.
        const pays = typeof typescript !== "string" || typescript === "E_TOO_MUCH_ENERGY";
        const isSettled = settles === "alone";
        expect(isSettled, payload).to.equal(pays);
        // What has no place for the offsets cannot even be handed in.
        if (typescript === "E_PLACES" || typescript === "E_ESCAPED") return;
        expectSame(await asked(place, [faulty], meter.publicKey), typescript, payload);
      }),
      { numRuns: 250, seed: 0x5eed },
    );
    expect([...outcomes]).to.include.members([
      "settles",
      "E_PLACES",
      "E_ESCAPED",
      "E_FORM",
      "E_NOT_TRANSACTIONAL",
      "E_METER_STATE",
      "E_ERROR_FLAG",
      "E_EXCEPTION",
      "E_TIME",
      "E_MARK",
      "E_UNIT",
      "E_NUMBER",
      "E_SEVERAL_REGISTERS",
      "E_NO_REGISTER",
      "E_NOT_A_TRANSACTION",
    ]);
  });
});

/** Replaces a text, the first time or the last that it stands there. */
interface Fault {
  readonly found: string;
  readonly other: string;
  readonly last: boolean;
}

/** One thing that a meter might write otherwise. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  swap('"ST":"G"', ['"ST":"E"', '"ST":"F"', '"ST":null', '"ST":"GG"', '"TS":"G"']),
  swap('"EF":""', ['"EF":"E"', '"EF":"t"', '"EF":null', '"FE":""']),
  swap('"TX":"B"', ['"TX":"C"', '"TX":"X"', '"TX":"BB"', '"TX":null', '"XT":"B"', '"TX":"b"']),
  swap('"TX":"E"', ['"TX":"B"', '"TX":"T"', '"TX":"X"', '"TX":"L"', '"XT":"E"']),
  swap('"RU":"kWh"', ['"RU":"Wh"', '"RU":"MWh"', '"RU":1', '"UR":"kWh"', '"RU" : "kWh"']),
  swap('"RI":"1-b:1.8.0"', [
    '"RI":"1-b:2.8.0"',
    '"RI":"1-b:1.8.1"',
    '"RI":"01-00:B2.08.00*FF"',
    '"RI":""',
    '"IR":"1-b:1.8.0"',
    '"RI":["1-b:1.8.0"]',
  ]),
  swap('"RV":', ['"RV":-', '"RV":1', '"RV":"x","RV":', '"RV" :  ', '"RV":null,"VR":']),
  swap(' U","TX"', [' S","TX"', ' X","TX"', '  U","TX"', ' S","CL":0.1,"TX"']),
  swap("2031-05-17T12", ["2031-05-17T11", "2031-05-18T12", "2031/05/17T12", "1970-05-17T12"]),
  swap('"PG":"T1"', ['"PG":"F1"', '"PG":"T"', '"PG":1', '"PG":"T0"', '"PG":"T01"', '"GP":"T1"']),
  swap('"RD":[', ['"U":{"PG":"T9","RD":[]},"RD":[', '"RD":[{"ST":"G"},']),
  swap('"FV":"1.0"', ['"FV":"}{"', '"FV":"a\\\\b"', '"LC":{"LN":"x","LR":2}', '"FV": [1, {}]']),
  swap("}]", ["},{}]", '},{"EF":""}]', '},{"TX":"X"}]', ',"UC":{"a":[1,"}"]}}]', '}],"TT":"\\\\"']),
);

/** What a meter could sign: JSON, however wrong. */
function isRecordPayload(payload: string): boolean {
  try {
    const parsed: unknown = JSON.parse(payload);
    return isRecord(parsed) && Array.isArray(parsed.RD) && parsed.RD.every(isRecord);
  } catch {
    return false;
  }
}

function swap(found: string, others: readonly string[]): fc.Arbitrary<Fault> {
  return fc.record({
    found: fc.constant(found),
    other: fc.constantFrom(...others),
    last: fc.boolean(),
  });
}

function withFault(payload: string, { found, other, last }: Fault): string {
  const offset = last ? payload.lastIndexOf(found) : payload.indexOf(found);
  if (offset < 0) return payload;
  return payload.slice(0, offset) + other + payload.slice(offset + found.length);
}
