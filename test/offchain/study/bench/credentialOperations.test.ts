import { expect } from "chai";
import { coinOperations } from "../../../../offchain/study/bench/coinOperations.ts";
import { credentialOperations } from "../../../../offchain/study/bench/credentialOperations.ts";
import { measureCredentials } from "../../../../offchain/study/bench/credentialRows.ts";
import type { Operation } from "../../../../offchain/study/bench/operation.ts";
import { counterRng } from "../../../support/primitives/draws.ts";

describe("operations of credentials", function () {
  this.timeout(60_000);

  let operations: readonly Operation[];

  before(async () => {
    operations = await credentialOperations(counterRng("bench of credentials"));
  });

  it("do what they say, on their first input", async () => {
    for (const operation of operations)
      expect(await operation.agrees(), operation.name).to.equal(true);
  });

  it("of coins do what they say as well", async () => {
    const coins = coinOperations(counterRng("bench of coins"));
    for (const operation of coins) expect(await operation.agrees(), operation.name).to.equal(true);
    expect(coins.map(({ bytes }) => bytes)).to.deep.equal([237, 672, 709, null]);
  });

  it("are ten, each with its name and no peer", () => {
    expect(new Set(operations.map(({ name }) => name)).size).to.equal(10);
    expect(operations.map(({ peer }) => peer)).to.deep.equal(operations.map(() => null));
  });

  it("are rows with times, and with the bytes that are sent", async () => {
    const progress = { say: () => undefined, update: () => undefined };
    const signal = new AbortController().signal;
    const rng = counterRng("rows of credentials");
    const watch = { nowMs: () => performance.now(), signal, rng, progress };
    const rows = await measureCredentials({ effort: { rounds: 1, milliseconds: 0 } }, watch);
    for (const row of rows) expect(row.oursMs, row.operation).to.be.greaterThan(0);
    const sent = Object.fromEntries(rows.map(({ operation, bytes }) => [operation, bytes]));
    expect(sent).to.include({ "ask to join": 293, "show a credential": 405, "shake hands": 1_516 });
    expect(sent["verify a presentation"]).to.equal(null);
  });
});
