/**
 * What parties keep of their sessions: the same in memory and in a state folder, where secrets are
 * nobody else's to read.
 */
import { expect } from "chai";
import { id } from "ethers";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newMeter } from "../../../offchain/core/meter/simulatedMeter.ts";
import { memoryRulings, type RulingStore } from "../../../offchain/parties/arbiter/rulingStore.ts";
import {
  memoryReadings,
  type ReadingStore,
} from "../../../offchain/parties/owner/registerStore.ts";
import { memoryMeters, type MeterStore } from "../../../offchain/parties/pile/meterStore.ts";
import { metersIn, publicPath } from "../../../tasks/stores/meterStore.ts";
import { readingsIn } from "../../../tasks/stores/registerStore.ts";
import { rulingsIn } from "../../../tasks/stores/rulingStore.ts";
import { stateIn } from "../../../tasks/stores/state.ts";
import { counterRng } from "../../support/primitives/draws.ts";
import { jsonText } from "../../../tasks/support/jsonText.ts";

const SESSION = id("a session");
const ANN = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const BEN = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";

interface Stores {
  readonly meters: MeterStore;
  readonly readings: ReadingStore;
  readonly rulings: RulingStore;
}

describe("stores of a session", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chargeveil-stores-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const inFolder = (): Stores => {
    const state = stateIn(folder);
    return { meters: metersIn(state), readings: readingsIn(state), rulings: rulingsIn(state) };
  };
  const kinds: Readonly<Record<string, () => () => Stores>> = {
    "in memory": () => {
      const stores = {
        meters: memoryMeters(),
        readings: memoryReadings(),
        rulings: memoryRulings(),
      };
      return () => stores;
    },
    "in a folder": () => inFolder,
  };

  for (const [where, open] of Object.entries(kinds)) {
    describe(where, () => {
      it("hold a meter as it is now, and never replace it by another", async () => {
        const stores = open();
        const meter = newMeter("secp256k1", "1", counterRng("meter"));
        expect(await stores().meters.meterNamed("paul")).to.equal(undefined);
        expect(await stores().meters.installMeter("paul", meter)).to.equal(true);
        const other = newMeter("secp256r1", "2", counterRng("other"));
        expect(await stores().meters.installMeter("paul", other)).to.equal(false);
        const counted = { ...meter, pagination: 7n, importMilliWh: 12n };
        expect(await stores().meters.keepMeter("paul", meter, counted)).to.equal(true);
        const kept = await stores().meters.meterNamed("paul");
        expect(kept?.secret).to.deep.equal(meter.secret);
        expect(kept).to.include({ serial: "1", pagination: 7n, importMilliWh: 12n });
      });

      it("count for one of two runs that let a meter sign at once, however much each signs", async () => {
        const stores = open();
        const meter = newMeter("secp256k1", "1", counterRng("meter"));
        await stores().meters.installMeter("paul", meter);
        let before = meter;
        for (const first of [9n, 99n]) {
          const afters = [first, first + 1n].map((pagination) => ({
            ...before,
            ...{ pagination, importMilliWh: 1n + pagination },
          }));
          const kept = await Promise.all(
            afters.map((after) => stores().meters.keepMeter("paul", before, after)),
          );
          expect(kept.toSorted()).to.deep.equal([false, true]);
          const after = afters[kept.indexOf(true)] ?? before;
          const now = await stores().meters.meterNamed("paul");
          expect(now?.pagination).to.equal(after.pagination);
          expect(now?.importMilliWh).to.equal(after.importMilliWh);
          expect(await stores().meters.keepMeter("paul", meter, after)).to.equal(false);
          before = after;
        }
      });

      it("take one of two meters that come under one name at once", async () => {
        const stores = open();
        const meters = ["1", "2"].map((serial) =>
          newMeter("secp256r1", serial, counterRng(serial)),
        );
        const taken = await Promise.all(
          meters.map((meter) => stores().meters.installMeter("paul", meter)),
        );
        expect(taken.toSorted()).to.deep.equal([false, true]);
        const kept = await stores().meters.meterNamed("paul");
        expect(kept?.serial).to.equal(meters[taken.indexOf(true)]?.serial);
      });

      it("hold records in their order", async () => {
        const stores = open();
        expect(await stores().meters.recordsOf(SESSION)).to.equal(undefined);
        await stores().meters.keepRecords(SESSION, ["OCMF|1|a", "OCMF|2|b"]);
        expect(await stores().meters.recordsOf(SESSION)).to.deep.equal(["OCMF|1|a", "OCMF|2|b"]);
      });

      it("hold the latest confirmation and the latest reading of a session", async () => {
        const stores = open();
        const begin = { sessionId: SESSION, meterKeyId: id("key"), pagination: 1n };
        const registers = { sessionId: SESSION, beginWh: 1n, endWh: 2n, deadline: 9n };
        for (const milliWh of [5n, 6n]) {
          const confirmation = { ...begin, registerMilliWh: milliWh, signature: "0x01" };
          await stores().meters.keepConfirmation(confirmation);
          const reading = { ...registers, endWh: milliWh, signature: "0x02" };
          await stores().readings.keepReading(ANN, reading);
        }
        expect(await stores().meters.confirmationOf(id("another"))).to.equal(undefined);
        expect((await stores().meters.confirmationOf(SESSION))?.registerMilliWh).to.equal(6n);
        const reading = { ...registers, endWh: 6n, signature: "0x02" };
        expect([...(await stores().readings.readingsOf(SESSION))]).to.deep.equal([[ANN, reading]]);
        expect([...(await stores().readings.readingsOf(id("another")))]).to.deep.equal([]);
      });

      it("lose nothing of two that sign at once", async () => {
        const stores = open();
        const reading = { sessionId: SESSION, beginWh: 1n, endWh: 2n, deadline: 9n };
        const signers = [ANN, BEN];
        await Promise.all(
          signers.map((signer) =>
            stores().readings.keepReading(signer, { ...reading, signature: "0x02" }),
          ),
        );
        const readings = await stores().readings.readingsOf(SESSION);
        expect([...readings.keys()]).to.have.members(signers);
        const ruling = { sessionId: SESSION, amount: 1n };
        const seen = await Promise.all(
          signers.map((signer) => stores().rulings.addRuling(ruling, signer, "0x03")),
        );
        // One of them was last, and finds the quorum.
        expect(Math.max(...seen.map(({ size }) => size))).to.equal(2);
        const all = await stores().rulings.addRuling(ruling, ANN, "0x03");
        expect([...all.keys()]).to.deep.equal(signers);
      });

      it("hold rulings by amount: who differs takes nobody's away", async () => {
        const stores = open();
        const add = (amount: bigint, arbiter: string): Promise<ReadonlyMap<string, string>> =>
          stores().rulings.addRuling({ sessionId: SESSION, amount }, arbiter, `0x0${amount}`);
        expect([...(await add(1n, ANN)).keys()]).to.deep.equal([ANN]);
        expect([...(await add(2n, BEN)).keys()]).to.deep.equal([BEN]);
        expect([...(await add(1n, BEN)).entries()]).to.deep.equal([
          [ANN, "0x01"],
          [BEN, "0x01"],
        ]);
      });
    });
  }

  it("read the signatures that an older version has kept together", async () => {
    const state = stateIn(folder);
    const reading = { sessionId: SESSION, beginWh: 1n, endWh: 2n, deadline: 9n };
    const signatures = { [ANN]: "0x02", [BEN]: "0x03" };
    await state.write(`readings/${SESSION}.json`, { ...reading, signatures });
    await state.write(`rulings/${SESSION}.json`, { 1: { [ANN]: "0x04" }, 2: { [BEN]: "0x05" } });
    const { readings, rulings } = inFolder();
    await readings.keepReading(BEN, { ...reading, endWh: 3n, signature: "0x06" });
    expect([...(await readings.readingsOf(SESSION))]).to.deep.equal([
      [ANN, { ...reading, signature: "0x02" }],
      [BEN, { ...reading, endWh: 3n, signature: "0x06" }],
    ]);
    const ruled = await rulings.addRuling({ sessionId: SESSION, amount: 1n }, BEN, "0x07");
    expect([...ruled]).to.deep.equal([
      [ANN, "0x04"],
      [BEN, "0x07"],
    ]);
  });

  it("count no file of another arbiter that holds no ruling, and say so of nobody else's", async () => {
    const state = stateIn(folder);
    const ruling = { sessionId: SESSION, amount: 7n };
    for (const junk of ["", "{}", '{"signature": 1}', '{"signature": "0x01"']) {
      await state.writeText(`rulings/${SESSION}/7/${ANN}.json`, junk);
      const ruled = await inFolder().rulings.addRuling(ruling, BEN, "0x07");
      expect([...ruled]).to.deep.equal([[BEN, "0x07"]]);
    }
  });

  it("take junk of the other party for nothing that it has signed", async () => {
    const state = stateIn(folder);
    const registers = { sessionId: SESSION, beginWh: 1n, endWh: 2n };
    const mine = { ...registers, deadline: 9n, signature: "0x02" };
    const begin = { sessionId: SESSION, meterKeyId: id("key"), pagination: 1n };
    const wide = { ...begin, registerMilliWh: 2n ** 64n, signature: "0x02" };
    for (const junk of ["", "{}", jsonText({ ...mine, deadline: 2n ** 40n }), jsonText(wide)]) {
      await state.writeText(`readings/${SESSION}/${ANN}.json`, junk);
      await state.writeText(`confirmations/${SESSION}.json`, junk);
      const { meters, readings } = inFolder();
      await readings.keepReading(BEN, mine);
      expect([...(await readings.readingsOf(SESSION))]).to.deep.equal([[BEN, mine]]);
      expect(await meters.confirmationOf(SESSION)).to.equal(undefined);
    }
  });

  it("keep a meter's key to their owner, and its public key to be handed out", async () => {
    const meter = newMeter("secp256r1", "1", counterRng("secret"));
    await inFolder().meters.installMeter("paul", meter);
    expect(statSync(join(folder, "meters/paul.json")).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder, publicPath("paul"))).mode & 0o777).to.equal(0o644);
  });

  it("refuse a meter whose name is no file name", async () => {
    const named = await inFolder()
      .meters.meterNamed("../paul")
      .catch((error: unknown) => (error instanceof Error ? error.name : "no error"));
    expect(named).to.equal("InputError");
  });
});
