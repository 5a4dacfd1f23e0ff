/**
 * Signed meter records, TypeScript against the contracts: signatures, readings and refusals, of
 * real and simulated meters.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import type {
  MeterCaller,
  MeterRegistry,
  OcmfHarness,
} from "../../types/ethers-contracts/index.js";
import type { MeterQueryStruct } from "../../types/ethers-contracts/MeterRegistry.js";
import { certifyMeter } from "../../offchain/core/meter/meterCertificate.ts";
import {
  meterKeyId,
  parseMeterKey,
  type MeterKey,
  type MeterPublicKey,
} from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import {
  encodeRecord,
  isChainCurve,
  prepareRecord,
} from "../../offchain/core/meter/prepareRecord.ts";
import { prepareSettlement } from "../../offchain/core/meter/prepareSettlement.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { signatureNumbers } from "../../offchain/core/meter/signature.ts";
import {
  CLOCK_TOLERANCE_SECONDS,
  CONTRACT_ERRORS,
  DIRECTIONS,
  readRecord,
  readTransaction,
  RefusedRecordError,
  type Direction,
  type Limits,
  type Transaction,
} from "../../offchain/core/meter/settlementRules.ts";
import {
  meterTransaction,
  newMeter,
  signPayload,
  type MeteredTransaction,
  type SimulatedMeter,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { refusalOf } from "../../offchain/chain/refusal.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { caseName, recordsOrSkip, type RecordCase } from "../support/meter/records.ts";
import { isRecord } from "../support/market/unknown.ts";
import { counterRng } from "../support/primitives/draws.ts";

const RATED_W = 50_000;
/** A session in which every record lies: real meters have counted in many years. */
const LIMITS: Limits = {
  ratedPowerW: BigInt(RATED_W),
  pluggedInAt: 0,
  endedAt: 2 ** 40 - 1,
  lastPagination: 0n,
};
const SESSION = id("a session");
const NOON = Date.UTC(2031, 4, 17, 12);
const YEAR_SECONDS = 365 * 86_400;
/** Strings, punctuation, and what else JSON has. */
const TOKENS = /"[^"]*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface MeterWorld {
  readonly world: MarketWorld;
  readonly meters: MeterRegistry;
  readonly caller: MeterCaller;
  readonly harness: OcmfHarness;
}

async function meterWorld(hardfork?: string): Promise<MeterWorld> {
  const connection = await network.create(hardfork === undefined ? {} : { override: { hardfork } });
  const world = await connection.networkHelpers.loadFixture(populatedWorld);
  const { ethers } = connection;
  const identities = await world.market.contracts.identities.getAddress();
  const meters = await ethers.deployContract("MeterRegistry", [identities]);
  const caller = await ethers.deployContract("MeterCaller", [await meters.getAddress()]);
  await meters.wire(await caller.getAddress());
  return { world, meters, caller, harness: await ethers.deployContract("OcmfHarness") };
}

async function certify(
  { world, meters }: MeterWorld,
  key: MeterKey,
  lastPagination = 0n,
): Promise<void> {
  const now = await nowSeconds(world);
  const registry = { chainId: world.market.chainId, meters: await meters.getAddress() };
  const inspected = { participantId: world.pile.id, key, ratedPowerW: RATED_W, lastPagination };
  const times = { validFrom: now, validUntil: now + YEAR_SECONDS, relayBy: now + 3_600 };
  const { certificate, signature } = await certifyMeter(
    world.authority,
    registry,
    inspected,
    times,
    1,
  );
  await meters.certify(certificate, signature);
}

/** What the contract says of records: their content, or the name of its error. */
async function asked(
  { world, meters }: MeterWorld,
  texts: readonly string[],
  key: MeterPublicKey,
  direction: Direction = "import",
  limits = LIMITS,
): Promise<Transaction | string> {
  const prepared = texts.map((text) => encodeRecord(parseRecord(text), key));
  const records = prepared.map(({ record }) => record);
  const [first] = prepared;
  if (first === undefined) throw new Error("asked: expected a record");
  try {
    const read = await meters.read(queryOf(world, direction, limits), first.key, records);
    return {
      beginPagination: read.beginPagination,
      endPagination: read.endPagination,
      register: "",
      beginMilliWh: read.beginMilliWh,
      endMilliWh: read.endMilliWh,
      energyWh: read.energyWh,
      beganAtMs: read.beganAt === 0n ? null : Number(read.beganAt) * 1000,
      endedAtMs: read.endedAt === 0n ? null : Number(read.endedAt) * 1000,
    };
  } catch (error) {
    const known = [{ name: "MeterRegistry", interface: meters.interface }];
    const refusal = refusalOf(error, known);
    if (refusal === null) throw error;
    return refusal.reason;
  }
}

function queryOf(
  world: MarketWorld,
  direction: Direction,
  { pluggedInAt, endedAt }: Limits = LIMITS,
): MeterQueryStruct {
  return {
    sessionId: SESSION,
    pile: world.pile.signer.address,
    direction: DIRECTIONS.indexOf(direction),
    pluggedInAt,
    endedAt,
  };
}

/** The same by TypeScript: content, or code of the refusal. */
function said(
  texts: readonly string[],
  direction: Direction = "import",
  limits = LIMITS,
): Transaction | RefusedRecordError["code"] {
  try {
    const contents = texts.map((text) => readRecord(parseRecord(text), direction));
    return { ...readTransaction(contents, limits), register: "" };
  } catch (error) {
    if (error instanceof RefusedRecordError) return error.code;
    throw error;
  }
}

function expectSame(
  chain: Transaction | string,
  typescript: Transaction | RefusedRecordError["code"],
  label: string,
): void {
  if (typeof typescript === "string") {
    expect(CONTRACT_ERRORS[typescript], label).to.include(chain);
  } else {
    expect(chain, label).to.deep.equal(typescript);
  }
}

function transactionOf(values: Partial<MeteredTransaction>): MeteredTransaction {
  return {
    identification: sessionName(SESSION),
    beginMs: NOON,
    endMs: NOON + 3_600_000,
    importMilliWh: 12_345_600n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
    ...values,
  };
}

describe("signed meter records, TypeScript and Solidity", () => {
  let place: MeterWorld;

  before(async () => {
    place = await meterWorld();
  });
  after(() => place.world.connection.close());

  describe("of real meters", () => {
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
        const { key, record } = encodeRecord(
          parseRecord(one.record),
          parseMeterKey(one.public_key),
        );
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

  describe("of simulated meters", () => {
    it("agree on transactions of every kind", async () => {
      const kinds = fc.record({
        curve: fc.constantFrom("secp256r1", "secp256k1"),
        style: fc.constantFrom("compact", "spaced"),
        registers: fc.constantFrom("import", "importAndExport"),
        records: fc.constantFrom("one", "two"),
        clock: fc.constantFrom("S", "R", "I", "U"),
        end: fc.constantFrom("E", "L", "R", "A", "P"),
        direction: fc.constantFrom(...DIRECTIONS),
        start: fc.bigInt({ min: 0n, max: 10n ** 15n }),
        taken: fc.bigInt({ min: 0n, max: 60_000_000n }),
        given: fc.bigInt({ min: 0n, max: 60_000_000n }),
        pagination: fc.bigInt({ min: 0n, max: 10n ** 17n }),
        pluggedIn: fc.integer({ min: -400, max: 400 }),
        left: fc.integer({ min: -400, max: 400 }),
      });
      const outcomes = new Set<string>();
      const certified = new Map<string, SimulatedMeter>();
      for (const curve of ["secp256r1", "secp256k1"] as const) {
        const meter = newMeter(curve, "0815", counterRng(`parity/${curve}`));
        certified.set(curve, meter);
        const { records } = await meterTransaction(meter, transactionOf({}));
        const { key } = encodeRecord(parseRecord(records[0] ?? ""), meter.publicKey);
        await certify(place, key);
      }
      await fc.assert(
        fc.asyncProperty(kinds, async (kind) => {
          const base = certified.get(kind.curve);
          if (base === undefined) throw new Error("expected a meter");
          const meter = {
            ...base,
            style: kind.style,
            registers: kind.registers,
            pagination: kind.pagination,
            importMilliWh: kind.start,
            exportMilliWh: kind.start / 3n,
          } satisfies SimulatedMeter;
          const { records } = await meterTransaction(
            meter,
            transactionOf({
              records: kind.records,
              clock: kind.clock,
              end: kind.end,
              importMilliWh: kind.taken,
              exportMilliWh: kind.given,
            }),
          );
          const limits = {
            ...LIMITS,
            pluggedInAt: NOON / 1000 + kind.pluggedIn,
            endedAt: NOON / 1000 + 3_600 + kind.left,
          };
          const typescript = said(records, kind.direction, limits);
          outcomes.add(typeof typescript === "string" ? typescript : "settles");
          const chain = await asked(place, records, meter.publicKey, kind.direction, limits);
          expectSame(chain, typescript, JSON.stringify(records));
        }),
        { numRuns: 100, seed: 0x5eed },
      );
      expect([...outcomes]).to.include.members([
        "settles",
        "E_OUTSIDE_SESSION",
        "E_TOO_MUCH_ENERGY",
      ]);
    });

    it("agree whatever blanks stand between the parts", async () => {
      const meter = {
        ...newMeter("secp256r1", "7", counterRng("parity/blanks")),
        registers: "importAndExport",
      } satisfies SimulatedMeter;
      const values = { exportMilliWh: 1_000_000n, clock: "R" } as const;
      const { records } = await meterTransaction(meter, transactionOf(values));
      const { key } = encodeRecord(parseRecord(records[0] ?? ""), meter.publicKey);
      await certify(place, key);
      const tokens = parseRecord(records[0] ?? "").payloadText.match(TOKENS) ?? [];
      const blanks = fc.array(fc.constantFrom("", "", " ", "\n", "\r\n\t", "   "), {
        minLength: 7,
        maxLength: 61,
      });
      await fc.assert(
        fc.asyncProperty(blanks, fc.constantFrom(...DIRECTIONS), async (drawn, direction) => {
          const between = (k: number): string => drawn[k % drawn.length] ?? "";
          const payload = tokens.map((token, k) => token + between(k)).join("");
          const written = await signPayload(meter, payload);
          const chain = await asked(place, [written], meter.publicKey, direction);
          expect(chain, payload).to.deep.equal(said(records, direction));
        }),
        { numRuns: 60, seed: 0x5eed },
      );
    });

    it("agree on identification behind the readings: it names no session", async () => {
      const meter = newMeter("secp256r1", "5", counterRng("parity/behind"));
      const { records } = await meterTransaction(meter, transactionOf({}));
      const { payloadText } = parseRecord(records[0] ?? "");
      const name = `"ID":"${sessionName(SESSION)}"`;
      const behind = payloadText.replace(`${name},`, "").replace(/}$/, `,${name}}`);
      expect(behind).to.have.length(payloadText.length);
      const record = parseRecord(await signPayload(meter, behind));
      const question = { ...LIMITS, sessionId: SESSION, direction: "import" } as const;
      const prepared = await prepareSettlement([record], meter.publicKey, question);
      await certify(place, prepared.key);
      const query = queryOf(place.world, "import");
      const read = await place.meters.read(query, prepared.key, [...prepared.records]);
      expect([read.namesSession, prepared.namesSession]).to.deep.equal([false, false]);
      expect(read.energyWh).to.equal(prepared.transaction.energyWh);
    });

    it("agree on r and s that stand one after the other", async () => {
      const meter = newMeter("secp256k1", "6", counterRng("parity/raw"));
      const { records } = await meterTransaction(meter, transactionOf({}));
      const record = parseRecord(records[0] ?? "");
      const numbers = signatureNumbers(record.signature.bytes);
      const word = (value = 0n): string => value.toString(16).padStart(64, "0");
      const raw = `OCMF|${record.payloadText}|{"SD":"${word(numbers?.r)}${word(numbers?.s)}"}`;
      const { key } = encodeRecord(record, meter.publicKey);
      await certify(place, key);
      expectSame(await asked(place, [raw], meter.publicKey), said([raw]), raw);
      expect((await verdictOf(parseRecord(raw), meter.publicKey)).settles).to.equal("alone");
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
          expect(settles === "alone", payload).to.equal(pays);
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

  it("agree on by how much clocks may differ", async () => {
    const tolerance = await place.meters.CLOCK_TOLERANCE_SECONDS();
    expect(tolerance).to.equal(BigInt(CLOCK_TOLERANCE_SECONDS));
  });

  it("agree on the name of a session and the id of a key", async () => {
    const { meters, harness } = place;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (bytes) => {
        const hex = `0x${Buffer.from(bytes).toString("hex")}`;
        const [head, tail] = await harness.nameOf(hex);
        const onChain = Buffer.from(head.slice(2) + tail.slice(2), "hex").toString();
        expect(sessionName(hex)).to.equal(onChain);
        const key = { curve: 1n, x: hex, y: id(hex) };
        expect(meterKeyId(key)).to.equal(await meters.keyIdOf(key));
      }),
      { numRuns: 50, seed: 0x5eed },
    );
  });

  it("carry the session's name from the meter to the contract", async () => {
    const meter = newMeter("secp256r1", "1", counterRng("parity/names"));
    const named = await meterTransaction(meter, transactionOf({}));
    const unnamed = await meterTransaction(meter, transactionOf({ identification: "04AB076A" }));
    const question = { ...LIMITS, sessionId: SESSION, direction: "import" } as const;
    for (const [result, expected] of [
      [named, true],
      [unnamed, false],
    ] as const) {
      const records = result.records.map(parseRecord);
      const prepared = await prepareSettlement(records, meter.publicKey, question);
      if (expected) await certify(place, prepared.key);
      const query = queryOf(place.world, "import");
      const read = await place.meters.read(query, prepared.key, [...prepared.records]);
      expect(read.namesSession).to.equal(expected);
      expect(prepared.namesSession).to.equal(expected);
      expect(read.keyId).to.equal(prepared.keyId);
      expect(read.energyWh).to.equal(prepared.transaction.energyWh);
    }
  });

  it("verify without the precompile, on a chain before Osaka", async () => {
    const before = await meterWorld("prague");
    try {
      const meter = newMeter("secp256r1", "1", counterRng("parity/fallback"));
      const { records } = await meterTransaction(meter, transactionOf({}));
      const { key, record } = await prepareRecord(parseRecord(records[0] ?? ""), meter.publicKey);
      await certify(before, key);
      const query = queryOf(before.world, "import");
      expect((await before.meters.read(query, key, [record])).energyWh).to.equal(12_345n);
      const altered = { ...record, r: record.s };
      expect(await before.harness.hasSigned(key, altered)).to.equal(false);
    } finally {
      await before.world.connection.close();
    }
  });

  it("stay within the gas that a settlement has for them", async () => {
    const { world, caller, harness } = place;
    const meter = newMeter("secp256r1", "9", counterRng("parity/gas"));
    let state = meter;
    const used: bigint[] = [];
    for (let k = 0; k < 2; k++) {
      const result = await meterTransaction(state, transactionOf({}));
      state = result.meter;
      const [text = ""] = result.records;
      const { key, record } = await prepareRecord(parseRecord(text), meter.publicKey);
      if (k === 0) await certify(place, key);
      const sent = await caller.consume(queryOf(world, "import"), key, [record]);
      used.push((await sent.wait())?.gasUsed ?? 0n);
      const [, signature, ...parsing] = await harness.gasOf(key, record, SESSION);
      expect(signature).to.be.at.most(8_500n);
      expect(parsing.reduce((sum, part) => sum + part, 0n)).to.be.at.most(16_000n);
    }
    expect(used[1]).to.be.at.most(80_000n);
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
