/**
 * Signed meter records, TypeScript against the contracts: what simulated meters write, and what
 * else both sides read of a record.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord, prepareRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { prepareSettlement } from "../../offchain/core/meter/prepareSettlement.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { signatureNumbers } from "../../offchain/core/meter/signature.ts";
import { CLOCK_TOLERANCE_SECONDS, DIRECTIONS } from "../../offchain/core/meter/settlementRules.ts";
import {
  meterTransaction,
  newMeter,
  signPayload,
  type SimulatedMeter,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { counterRng } from "../support/primitives/draws.ts";
import {
  asked,
  certify,
  expectSame,
  LIMITS,
  meterWorld,
  type MeterWorld,
  NOON,
  queryOf,
  said,
  SESSION,
  transactionOf,
} from "../support/meter/parity.ts";

/** Strings, punctuation, and what else JSON has. */
const TOKENS = /"[^"]*"|[{}[\],:]|[^\s{}[\],:"]+/g;

describe("signed meter records, TypeScript and Solidity", () => {
  let place: MeterWorld;

  before(async () => {
    place = await meterWorld();
  });
  after(() => place.world.connection.close());

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
    const name = sessionName(SESSION);
    const { records } = await meterTransaction(meter, transactionOf({}));
    const { payloadText } = parseRecord(records[0] ?? "");
    const member = `"ID":"${name}"`;
    const bare = payloadText.replace(`${member},`, "");
    expect(bare.length).to.equal(payloadText.length - member.length - 1);
    const named = (other: string): string => payloadText.replace(name, other);
    const behind = (text: string): string => bare.replace(/}$/, `,${text}}`);
    const question = { ...LIMITS, sessionId: SESSION, direction: "import" } as const;
    for (const [payload, expected] of [
      [payloadText, true],
      [named(name.slice(0, 20).toUpperCase()), true],
      [behind(member), true],
      [behind(`"TT":"}\\"\\u20ac","ID":"${name.slice(0, 20)}"`), true],
      [named("04AB076A"), false],
      [named(name.slice(0, 21)), false],
      [named(name.replace(/[ks]/, (letter) => (letter === "k" ? "\u212a" : "\u017f"))), false],
      [named(`${name.slice(0, 35)}\\u20ac`), false],
      [behind(`"TT":"\\u0041",${member}`), false],
      [behind(`"U":{${member}}`), false],
      [bare, false],
    ] as const) {
      const record = parseRecord(await signPayload(meter, payload));
      const prepared = await prepareSettlement([record], meter.publicKey, question);
      if (payload === payloadText) await certify(place, prepared.key);
      const query = queryOf(place.world, "import");
      const read = await place.meters.read(query, prepared.key, [...prepared.records]);
      const sides = [read.namesSession, prepared.namesSession];
      expect(sides, payload).to.deep.equal([expected, expected]);
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
    // Of it 2,800 tell registers, times and hashes to everybody.
    expect(used[1]).to.be.at.most(82_000n);
  });
});
