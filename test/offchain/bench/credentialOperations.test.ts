import { expect } from "chai";
import { credentialOperations } from "../../../offchain/bench/credentialOperations.ts";
import type { Operation } from "../../../offchain/bench/operation.ts";
import { measureOperation } from "../../../offchain/bench/operations.ts";
import { counterRng } from "../primitives/support.ts";

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

  it("are ten, each with its name and no peer", () => {
    expect(new Set(operations.map(({ name }) => name)).size).to.equal(10);
    expect(operations.map(({ peer }) => peer)).to.deep.equal(operations.map(() => null));
  });

  it("can be timed", async () => {
    const watch = { nowMs: () => performance.now(), signal: new AbortController().signal };
    for (const operation of operations) {
      const row = await measureOperation(operation, 381, { rounds: 1, milliseconds: 0 }, watch);
      expect(row.oursMs, row.operation).to.be.greaterThan(0);
    }
  });
});
