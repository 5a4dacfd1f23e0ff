/** Records of faulty meters, TypeScript against the contracts: what is refused, by which name. */
import { expect } from "chai";
import fc from "fast-check";
import { placeOf, topLevelKeys } from "../../offchain/core/meter/keyPlaces.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord, hintsOf } from "../../offchain/core/meter/prepareRecord.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import {
  meterTransaction,
  newMeter,
  signPayload,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { isRecord } from "../support/market/unknown.ts";
import { counterRng } from "../support/primitives/draws.ts";
import {
  answered,
  asked,
  certify,
  expectSame,
  LIMITS,
  meterWorld,
  type MeterWorld,
  said,
  transactionOf,
} from "../support/meter/parity.ts";

/** Codes of one register, as meters spell them, and of none. */
const CODES = [
  ...["1-0:1.8.0", "1-b:1.8.e", "1-0:1.8.0*255", "1-0:1.8.0*198", "1-0:1.8.0&1", "1.8.0", "1.8.E"],
  ...["01.08.00", "01-00:1.08.00", "01-0b:01.08.0E*FF", "1-0:B0.8.0", "01-00:b1.08.00", "B3.8.0"],
  ...["98.8.0", "1-0:98.08.00.FF", "b2.08.00*FF", "1-\u00fc:1.8.0", "1-::1.8.0", "1-.:1.8.0"],
  ...["1-\u20ac:1.8.0", "1-0:1.8.0*\u20ac", "1-0:1.8.0*\u20ac1", "1-0:1.8.000", "001.8.0", "1"],
  ...["0:1.8.0", "1-0:1.8", "1-0:1.8.0*", "1-0:99.8.0", "1-0:B4.8.0", "1-:1.8.0", "0100010800FF"],
  ...[
    "1-0:\u00b11.8.0",
    "1-0:1.8.\u00c5",
    "1-0:1.8.0e0",
    "1-0:1.8.0.0.0",
    "2-0:1.8.0",
    "1-0:A0.8.0",
  ],
];
const NUMBERS = [
  ...["1E0", "1e+01", "10e-1", '"1E0"', '"  1e0"', "1.000000000", "1.0000000001", "1e-9", "1e-10"],
  ...[
    "0E99",
    "0.0e-99",
    "1e11",
    "1e12",
    "1E012",
    '"1e"',
    '"1e+"',
    '"1.e1"',
    '".1"',
    '"+1"',
    '"1e 1"',
  ],
  ...["1234567890123456789012345678901e-30", "1234567890123456789012345678901.0e-30", "-0", "1e3"],
];

describe("signed records of faulty meters, TypeScript and Solidity", () => {
  let place: MeterWorld;

  before(async () => {
    place = await meterWorld();
  });
  after(() => place.world.connection.close());

  /** What the contract says of a record whose keys are pointed to as if nothing was escaped. */
  async function forced(text: string, sound: string): Promise<string> {
    const { payload, text: whole } = parseRecord(text);
    const section = whole.slice(whole.lastIndexOf("|"));
    const meter = newMeter("secp256r1", "4711", counterRng("parity/faulty"));
    const unescaped = `OCMF|${parseRecord(sound).payloadText}${section}`;
    const { key, record } = encodeRecord(parseRecord(unescaped), meter.publicKey);
    const keys = topLevelKeys(payload);
    const [pagination = 0, identification = 0, readings = 0] = ["PG", "ID", "RD"].map(
      (name) => placeOf(keys, name)?.offset,
    );
    const hints = hintsOf(0, { pagination, identification, readings });
    const pointed = { ...record, payload: bytesToHex(payload), hints };
    return answered(place, key, [pointed], "import", LIMITS).then(String);
  }

  it("agree on codes and numbers as meters of the field write them", async () => {
    const meter = newMeter("secp256r1", "4712", counterRng("parity/field"));
    const { records } = await meterTransaction(meter, transactionOf({ clock: "U" }));
    const { payloadText } = parseRecord(records[0] ?? "");
    await certify(place, encodeRecord(parseRecord(records[0] ?? ""), meter.publicKey).key);
    const payloads = [
      ...CODES.map((code) => payloadText.replaceAll("1-b:1.8.0", code)),
      ...CODES.map((code) => payloadText.replace("1-b:1.8.0", code)),
      ...NUMBERS.flatMap((number) => [
        payloadText.replace(/"RV":[^,]*/, `"RV":${number}`),
        payloadText.replace(/"RV":[^,]*/, `"RV":${number}`).replaceAll('"kWh"', '"Wh"'),
      ]),
    ];
    const outcomes: string[] = [];
    for (const payload of payloads) {
      const text = await signPayload(meter, payload);
      const typescript = said([text]);
      outcomes.push(typeof typescript === "string" ? typescript : "settles");
      expectSame(await asked(place, [text], meter.publicKey), typescript, payload);
    }
    expect(outcomes.filter((outcome) => outcome === "settles")).to.have.length(38);
    expect(outcomes).to.include.members(["E_NO_REGISTER", "E_NUMBER", "E_SEVERAL_REGISTERS"]);
  });

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
        // What lacks a key cannot even be handed in.
        if (typescript === "E_PLACES") return;
        if (typescript === "E_ESCAPED") {
          expect(await forced(faulty, records[0] ?? ""), payload).to.match(/^(Ocmf|Meter)[A-Z]/);
          return;
        }
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
  swap('"EF":""', ['"EF":"E"', '"EF":"t"', '"EF":"tE"', '"EF":null', '"FE":""']),
  swap('"TX":"B"', ['"TX":"C"', '"TX":"X"', '"TX":"BB"', '"TX":null', '"XT":"B"', '"TX":"b"']),
  swap('"TX":"E"', ['"TX":"B"', '"TX":"T"', '"TX":"X"', '"TX":"L"', '"XT":"E"']),
  swap('"RU":"kWh"', ['"RU":"Wh"', '"RU":"MWh"', '"RU":1', '"UR":"kWh"', '"RU" : "kWh"']),
  swap('"RI":"1-b:1.8.0"', [
    '"RI":"1-b:2.8.0"',
    '"RI":"1-b:1.8.1"',
    '"RI":"01-00:B2.08.00*FF"',
    '"RI":"1-0:98.8.0"',
    '"RI":""',
    '"IR":"1-b:1.8.0"',
    '"RI":["1-b:1.8.0"]',
  ]),
  swap('"RV":', ['"RV":-', '"RV":1', '"RV":"x","RV":', '"RV" :  ', '"RV":null,"VR":']),
  swap(' U","TX"', [' S","TX"', ' X","TX"', '  U","TX"', ' S","CL":0.1,"TX"']),
  swap("2031-05-17T12", ["2031-05-17T11", "2031-05-18T12", "2031/05/17T12", "1970-05-17T12"]),
  swap('"PG":"T1"', ['"PG":"F1"', '"PG":"T"', '"PG":1', '"PG":"T0"', '"PG":"T01"', '"GP":"T1"']),
  swap('"PG":"T1",', ["", '"\\"PG":"T2",']),
  swap("]}", ['],"U":{"PG":"T4"},"\\"":"\\u20ac"}', '],"TT":"\\u0041"}']),
  swap('"RD":[', ['"U":{"PG":"T9","RD":[]},"RD":[', '"RD":[{"ST":"G"},']),
  swap(',"RI"', ['e1,"RI"', 'E-2,"RI"', 'e-9,"RI"', 'e+19,"RI"', ',"XI":"\\"","RI"']),
  swap('"TX":"E"', ['"TX":"\\"}],\\"X\\":[{"', '"TX":"\\u0045"']),
  swap('"ST":"G"', ['"S\\u0054":"G"', '"ST":"\\u0047"', '"XT":"\\"","ST":"G"']),
  swap('"FV":"1.0"', [
    '"F\\"PG":"T9"',
    '"FV":"\\u0041"',
    '"FV":"\\\\u0041\\\\\\"}"',
    '"P\\u0047":"T9"',
  ]),
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
