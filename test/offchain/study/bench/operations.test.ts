import { expect } from "chai";
import { type Bench, measureOperations } from "../../../../offchain/study/bench/operations.ts";
import type { OperationRow } from "../../../../offchain/study/bench/benchReport.ts";
import { powerImplementation } from "../../../../offchain/core/primitives/modexp.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import { dealTestKeys, TEST_BITS } from "../../../support/bench/keys.ts";

const PLAN = { keyBits: [TEST_BITS], effort: { rounds: 1, milliseconds: 0 }, proofs: 2 };

/** Operations that the peer has no counterpart for. */
const OURS_ALONE = [
  "build the table of encrypt",
  "prove ranges of a record",
  "verify ranges of a record",
  "verify ranges among many",
];

function benchOf(said: string[], signal: AbortSignal): Bench {
  return {
    nowMs: () => performance.now(),
    signal,
    rng: counterRng("bench"),
    deal: dealTestKeys,
    progress: {
      say: (line) => said.push(line),
      update: (stage, done, total) => said.push(`${stage} ${done}/${total}`),
    },
  };
}

describe("operations of the engine", function () {
  this.timeout(60_000);

  const said: string[] = [];
  let rows: readonly OperationRow[];

  // That it gets here means that every result was the peer's, and every proof held.
  before(async () => {
    rows = await measureOperations(PLAN, benchOf(said, new AbortController().signal));
  });

  it("are all there, each once", () => {
    const names = rows.map(({ operation }) => operation);
    expect(names).to.include.members(["keygen", "encrypt", "decrypt", "add", "subtract", "scale"]);
    expect(names).to.include.members(["encrypt with r^n", "re-randomise"]);
    expect(new Set(names).size).to.equal(names.length);
    expect(rows.every(({ bits }) => bits === TEST_BITS)).to.equal(true);
  });

  it("have positive times, and the ratio of both", () => {
    for (const { operation, oursMs, peerMs, ratio } of rows) {
      expect(oursMs, operation).to.be.greaterThan(0);
      if (peerMs !== null) expect(ratio, operation).to.equal(peerMs / oursMs);
    }
    const withoutPeer = rows.filter(({ peerMs, ratio }) => peerMs === null && ratio === null);
    expect(withoutPeer.map(({ operation }) => operation)).to.have.members(OURS_ALONE);
  });

  it("name what cannot be avoided, and how long it took", () => {
    for (const { operation, unavoidable, how, limitMs } of rows) {
      expect(unavoidable, operation).to.not.equal("");
      expect(how, operation).to.not.equal("");
      if (powerImplementation() === "openssl") expect(limitMs, operation).to.be.greaterThan(0);
      else expect(limitMs, operation).to.equal(null);
    }
  });

  it("are announced one by one", () => {
    expect(said[0]).to.equal(`operations with keys of ${TEST_BITS} bits`);
    for (const [done, { operation }] of rows.entries()) {
      expect(said).to.include(`${TEST_BITS} bits: ${operation} ${done}/${rows.length}`);
    }
    expect(said.at(-1)).to.equal(`${TEST_BITS} bits ${rows.length}/${rows.length}`);
  });

  it("end with the reason of an abort, before anything is timed", async () => {
    const reason = new Error("stopped");
    const stages: string[] = [];
    let caught: unknown;
    try {
      await measureOperations(PLAN, benchOf(stages, AbortSignal.abort(reason)));
    } catch (error) {
      caught = error;
    }
    expect(caught).to.equal(reason);
    expect(stages.filter((stage) => stage.includes("encrypt"))).to.be.empty;
  });
});
