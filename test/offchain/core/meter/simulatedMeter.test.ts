/**
 * The simulated meter: real OCMF, signed, in every shape that meters write, with registers and
 * pagination that only grow.
 */
import { expect } from "chai";
import { marksOf, parseRecord, statesOf } from "../../../../offchain/core/meter/ocmfRecord.ts";
import { isSignedBy, signatureNumbers } from "../../../../offchain/core/meter/signature.ts";
import { readRecord, readTransaction } from "../../../../offchain/core/meter/settlementRules.ts";
import {
  meterTransaction,
  newMeter,
  SimulatedMeterError,
  type MeteredTransaction,
  type SimulatedMeter,
} from "../../../../offchain/core/meter/simulatedMeter.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const NOON = Date.UTC(2031, 4, 17, 12);
const CHARGE: MeteredTransaction = {
  identification: "m445rjyzyf5yfadkcyf3ulclpnnbqqgwp2ac",
  beginMs: NOON,
  endMs: NOON + 90 * 60_000,
  importMilliWh: 12_345_678n,
  exportMilliWh: 0n,
  clock: "S",
  end: "E",
  records: "one",
};
const LIMITS = {
  ratedPowerW: 22_000n,
  pluggedInAt: NOON / 1000,
  endedAt: NOON / 1000 + 7_200,
  lastPagination: 0n,
};

function meterOf(values: Partial<SimulatedMeter> = {}): SimulatedMeter {
  return { ...newMeter("secp256r1", "0815", counterRng("a meter")), ...values };
}

describe("the simulated meter", () => {
  it("signs one record with begin and end", async () => {
    const meter = meterOf();
    const { records, meter: after } = await meterTransaction(meter, CHARGE);
    expect(records).to.have.length(1);
    const record = parseRecord(records[0] ?? "");
    expect(await isSignedBy(record, meter.publicKey)).to.equal(true);
    expect(marksOf(record)).to.deep.equal(["B", "E"]);
    expect(statesOf(record)).to.deep.equal(["G"]);
    expect(after.pagination).to.equal(1n);
    expect(after.importMilliWh).to.equal(12_345_678n);
    const transaction = readTransaction([readRecord(record, "import")], LIMITS);
    expect(transaction).to.deep.equal({
      beginPagination: 1n,
      endPagination: 1n,
      register: "1-b:1.8.0",
      beginMilliWh: 0n,
      endMilliWh: 12_345_600n,
      energyWh: 12_345n,
      beganAtMs: NOON,
      endedAtMs: NOON + 5_400_000,
    });
  });

  it("signs two records that follow each other", async () => {
    const meter = meterOf({ curve: "secp256r1", pagination: 41n, importMilliWh: 1_000_000n });
    const { records, meter: after } = await meterTransaction(meter, { ...CHARGE, records: "two" });
    const parsed = records.map(parseRecord);
    expect(parsed.map(marksOf)).to.deep.equal([["B"], ["E"]]);
    const contents = parsed.map((record) => readRecord(record, "import"));
    expect(contents.map(({ pagination }) => pagination)).to.deep.equal([42n, 43n]);
    expect(after.pagination).to.equal(43n);
    expect(readTransaction(contents, LIMITS).energyWh).to.equal(12_345n);
  });

  it("goes on where it stopped: registers and pagination only grow", async () => {
    let meter = meterOf({ registers: "importAndExport" });
    let last = { microWh: 0n, pagination: 0n };
    for (const importMilliWh of [0n, 1_234_500n, 99n, 7_000_000n]) {
      const result = await meterTransaction(meter, { ...CHARGE, importMilliWh });
      const content = readRecord(parseRecord(result.records[0] ?? ""), "import");
      expect(content.begin?.microWh).to.equal(last.microWh);
      expect(content.pagination).to.equal(last.pagination + 1n);
      last = { microWh: content.end?.microWh ?? 0n, pagination: content.pagination };
      meter = result.meter;
    }
    expect(last.microWh).to.equal(8_234_500_000n);
  });

  it("has an export register for what flows back", async () => {
    const meter = meterOf({ registers: "importAndExport", exportMilliWh: 500_000n });
    const { records } = await meterTransaction(meter, { ...CHARGE, exportMilliWh: 2_000_000n });
    const record = parseRecord(records[0] ?? "");
    const content = readRecord(record, "export");
    expect(content.begin?.microWh).to.equal(500_000_000n);
    expect(content.end?.microWh).to.equal(2_500_000_000n);
    expect(marksOf(record)).to.deep.equal(["B", "B", "E", "E"]);
  });

  it("writes with blanks and padded strings, if it is of that make", async () => {
    const { records } = await meterTransaction(meterOf({ style: "spaced" }), CHARGE);
    const record = parseRecord(records[0] ?? "");
    expect(record.payloadText).to.include('"RV" : "     12.3456"');
    expect(readRecord(record, "import").end?.microWh).to.equal(12_345_600_000n);
  });

  it("signs on secp256k1 as well", async () => {
    const meter = newMeter("secp256k1", "1", counterRng("another meter"));
    const { records } = await meterTransaction(meter, CHARGE);
    const record = parseRecord(records[0] ?? "");
    expect(record.signature.algorithm).to.equal("ECDSA-secp256k1-SHA256");
    expect(await isSignedBy(record, meter.publicKey)).to.equal(true);
  });

  it("signs the same twice, and half of the time with the higher s", async () => {
    const meter = meterOf();
    const half = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
    let high = 0;
    for (let k = 0; k < 40; k++) {
      const transaction = { ...CHARGE, importMilliWh: BigInt(k) * 1_000n };
      const [first, second] = await Promise.all([
        meterTransaction(meter, transaction),
        meterTransaction(meter, transaction),
      ]);
      expect(first.records).to.deep.equal(second.records);
      const { signature } = parseRecord(first.records[0] ?? "");
      if ((signatureNumbers(signature.bytes)?.s ?? 0n) > half) high++;
    }
    expect(high).to.be.within(8, 32);
  });

  it("keeps a name of 36 characters and no more than 40 bytes", async () => {
    const { records } = await meterTransaction(meterOf(), CHARGE);
    expect(parseRecord(records[0] ?? "").fields.ID).to.equal(CHARGE.identification);
    await meterTransaction(meterOf(), { ...CHARGE, identification: "x".repeat(40) });
    const longer = { ...CHARGE, identification: `${"x".repeat(39)}é` };
    expect(await asyncRefusal(() => meterTransaction(meterOf(), longer))).to.equal(
      "SimulatedMeterError E_IDENTIFICATION",
    );
  });

  it("says so where nobody is identified", async () => {
    const { records } = await meterTransaction(meterOf(), { ...CHARGE, identification: "" });
    const { fields } = parseRecord(records[0] ?? "");
    expect([fields.IS, fields.IL, fields.IT, fields.ID]).to.deep.equal([false, "NONE", "NONE", ""]);
  });

  it("does not run backwards", async () => {
    const backwards: readonly Partial<MeteredTransaction>[] = [
      { importMilliWh: -1n },
      { exportMilliWh: -1n },
      { endMs: NOON - 1 },
    ];
    for (const values of backwards) {
      const refused = await asyncRefusal(() =>
        meterTransaction(meterOf(), { ...CHARGE, ...values }),
      );
      expect(refused).to.equal(`${SimulatedMeterError.name} E_TRANSACTION`);
    }
  });

  it("does not show its secret in what it signs", async () => {
    const meter = meterOf();
    const { records } = await meterTransaction(meter, CHARGE);
    const secret = Buffer.from(meter.secret);
    for (const encoding of ["hex", "base64", "latin1"] as const) {
      expect((records[0] ?? "").toLowerCase()).not.to.include(
        secret.toString(encoding).toLowerCase(),
      );
    }
  });

  it("draws another key from another generator", () => {
    const [one, other] = [counterRng("one"), counterRng("other")].map((rng) =>
      newMeter("secp256r1", "1", rng),
    );
    expect(one?.publicKey.spki).not.to.deep.equal(other?.publicKey.spki);
  });
});
