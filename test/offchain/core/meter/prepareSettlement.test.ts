/** Settlements made ready, from the simulated meter on, and the refusals on the way. */
import { expect } from "chai";
import { parseRecord, type OcmfRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import { prepareSettlement } from "../../../../offchain/core/meter/prepareSettlement.ts";
import { sessionName } from "../../../../offchain/core/meter/sessionName.ts";
import {
  meterTransaction,
  newMeter,
  type MeteredTransaction,
} from "../../../../offchain/core/meter/simulatedMeter.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const SESSION = `0x${"5e".repeat(32)}`;
const METER = newMeter("secp256k1", "1", counterRng("settlement"));
const QUESTION = {
  sessionId: SESSION,
  direction: "import",
  ratedPowerW: 11_000n,
  windowSeconds: 0,
  lastPagination: 0n,
} as const;

async function recordsOf(values: Partial<MeteredTransaction>): Promise<readonly OcmfRecord[]> {
  const { records } = await meterTransaction(METER, {
    identification: sessionName(SESSION),
    beginMs: 1_900_000_000_000,
    endMs: 1_900_003_600_000,
    importMilliWh: 7_000_900n,
    exportMilliWh: 0n,
    clock: "S",
    end: "R",
    records: "two",
    ...values,
  });
  return records.map(parseRecord);
}

describe("prepared settlements", () => {
  it("hold what the contract wants of both records", async () => {
    const records = await recordsOf({});
    const prepared = await prepareSettlement(records, METER.publicKey, QUESTION);
    expect(prepared.records).to.have.length(2);
    expect(prepared.key.curve).to.equal(2n);
    expect(prepared.namesSession).to.equal(true);
    expect(prepared.transaction.energyWh).to.equal(7_000n);
    expect(prepared.transaction.beginPagination).to.equal(1n);
    expect(prepared.transaction.endPagination).to.equal(2n);
  });

  it("put the records into the order of the meter", async () => {
    const records = await recordsOf({});
    const prepared = await prepareSettlement(records, METER.publicKey, QUESTION);
    const reversed = await prepareSettlement(records.toReversed(), METER.publicKey, QUESTION);
    expect(reversed).to.deep.equal(prepared);
  });

  it("say if a record names another session, or none", async () => {
    for (const identification of ["", sessionName(`0x${"5f".repeat(32)}`)]) {
      const records = await recordsOf({ identification });
      const prepared = await prepareSettlement(records, METER.publicKey, QUESTION);
      expect(prepared.namesSession).to.equal(false);
    }
  });

  it("refuse by the name of what the contract would refuse", async () => {
    const [begin, end] = await recordsOf({});
    if (begin === undefined || end === undefined) throw new Error("expected two records");
    const refused = (records: readonly OcmfRecord[], values: object = {}): Promise<string> =>
      asyncRefusal(() => prepareSettlement(records, METER.publicKey, { ...QUESTION, ...values }));

    expect(await refused([])).to.equal("RefusedRecordError E_RECORD_COUNT");
    expect(await refused([begin])).to.equal("RefusedRecordError E_NOT_A_TRANSACTION");
    expect(await refused([begin, end], { direction: "export" })).to.equal(
      "RefusedRecordError E_NO_REGISTER",
    );
    expect(await refused([begin, end], { lastPagination: 1n })).to.equal(
      "RefusedRecordError E_PAGINATION_SPENT",
    );
    expect(await refused([begin, end], { ratedPowerW: 6_000n })).to.equal(
      "RefusedRecordError E_TOO_MUCH_ENERGY",
    );
    const foreign = newMeter("secp256k1", "2", counterRng("foreign")).publicKey;
    expect(await asyncRefusal(() => prepareSettlement([begin, end], foreign, QUESTION))).to.equal(
      "RefusedRecordError E_SIGNATURE",
    );
  });
});
