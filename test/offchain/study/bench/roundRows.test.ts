/**
 * The measured rounds themselves, as small as they can be; what they take is nobody's business
 * here.
 */
import { expect } from "chai";
import { runMarketRound } from "../../../../offchain/study/bench/marketRound.ts";
import type { RoundBench } from "../../../../offchain/study/bench/measuredRound.ts";
import type { RoundRow } from "../../../../offchain/study/bench/benchReport.ts";
import { measureRounds, type RoundPlan } from "../../../../offchain/study/bench/roundRows.ts";
import { benchWorld, sendAll, type Sent } from "../../../../offchain/study/bench/roundWorld.ts";
import { expectNear } from "../../../support/near.ts";
import { dealtKey, workOf } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const { roundKey, privateKey } = dealtKey();
const PLAN: RoundPlan = {
  rounds: [
    { size: 3, times: 1 },
    { size: 6, times: 2 },
  ],
  peerPairs: 2,
  pairwise: 2,
};

/** A clock on which every look takes ten milliseconds; "two cores" are this thread as well. */
function benchOf(signal = new AbortController().signal): RoundBench & { readonly said: string[] } {
  let now = 0;
  const said: string[] = [];
  return {
    nowMs: () => (now += 10),
    signal,
    rng: counterRng("rounds"),
    deal: () => Promise.resolve({ roundKey, privateKey }),
    work: [1, 2].map((cores) => ({ cores, work: workOf(`on ${cores}`) })),
    progress: {
      say: (line) => said.push(line),
      update: (stage, done, total) => said.push(`${stage} ${done}/${total}`),
    },
    said,
  };
}

describe("measured rounds", function () {
  this.timeout(60_000);

  const bench = benchOf();
  let rows: readonly RoundRow[];

  // That it gets here means that every round decided as its oracle.
  before(async () => {
    rows = await measureRounds(PLAN, bench);
  });

  const ofMarket = (): readonly RoundRow[] => rows.filter(({ mode }) => mode === "strict");

  it("have a row for every size and number of cores, and one for the peer", () => {
    expect(rows.map(({ mode, buyers, cores }) => `${mode} ${buyers} ${cores}`)).to.deep.equal([
      ...["strict 3 1", "strict 3 2", "strict 6 1", "strict 6 2"],
      ...["paper 3 1", "paper 6 1"],
      ...["paper, plain 2 1", "paper, CRT 2 1", "paper, CRT and DJN 2 1"],
      "paillier-bigint 1 1",
    ]);
    expect(rows.at(-1)).to.include({ sellers: 2, pairs: 2, ratioToPeer: 1 });
  });

  it("have speeds that fit their pairs and seconds, as multiples of the peer's", () => {
    const peer = rows.at(-1);
    for (const row of rows) {
      expect(row.pairs, row.mode).to.be.within(1, row.buyers * row.sellers);
      expectNear(row.pairsPerSecond, row.pairs / row.seconds, 1e-9);
      expectNear(row.ratioToPeer, row.pairsPerSecond / (peer?.pairsPerSecond ?? NaN), 1e-9);
      expect(row.bytes, row.mode).to.be.greaterThan(0);
      expect(row.peakMiB, row.mode).to.be.greaterThan(1);
    }
    expect(rows.map(({ samples }) => samples)).to.deep.equal([
      ...[1, 1, 2, 2],
      ...[1, 2],
      ...[1, 1, 1, 1],
    ]);
  });

  it("say where the time went on one core, and what is gained on more", () => {
    for (const { mode, cores, seconds, secondsPerStage, gain, buyers } of ofMarket()) {
      if (cores > 1) {
        expect(secondsPerStage, mode).to.equal(undefined);
        const alone = rows.find(
          (row) => row.mode === mode && row.cores === 1 && row.buyers === buyers,
        );
        expectNear(gain ?? NaN, (alone?.seconds ?? NaN) / seconds, 1e-9);
        continue;
      }
      expect(gain, mode).to.equal(undefined);
      const stages = Object.values<number>({ ...secondsPerStage });
      expect(stages, mode).to.have.lengthOf(5);
      expect(Math.min(...stages), mode).to.be.at.least(0);
    }
  });

  it("say what they cost beside time, the same on any number of cores", () => {
    for (const { mode, dealtBytes, exchangesPerBuyer, uploadBytes, liveMiB } of ofMarket()) {
      expect(dealtBytes, mode).to.be.greaterThan(0);
      expect(exchangesPerBuyer, mode).to.be.greaterThan(1);
      expect(uploadBytes, mode).to.be.greaterThan(roundKey.shortKey.publicKey.ciphertextBytes);
      expect(liveMiB, mode).to.be.within(0, 64);
    }
    const paper = rows.filter(({ mode }) => mode.startsWith("paper"));
    for (const { mode, uploadMs, dealtBytes } of paper) {
      expect(dealtBytes, mode).to.equal(undefined);
      if (mode === "paper") expect(uploadMs).to.equal(undefined);
      else expect(uploadMs, mode).to.be.greaterThan(0);
    }
  });

  it("are announced", () => {
    expect(bench.said).to.include("mode strict: uploads of 12 participants");
    expect(bench.said).to.include("mode strict, 6 × 6 1/2");
    expect(bench.said.at(-1)).to.equal("paillier-bigint 1/1");
  });

  it("stop when they are told to", async () => {
    const signal = AbortSignal.abort(new Error("told to"));
    const stopped = measureRounds(PLAN, benchOf(signal));
    expect(await stopped.then(() => "ended", String)).to.equal("Error: told to");
  });
});

describe("one measured round", function () {
  this.timeout(60_000);

  const world = benchWorld(6, "one");
  let sent: Sent;

  before(async () => {
    sent = await sendAll(world, roundKey, workOf("sent"));
  });

  const run = (of = world) =>
    runMarketRound(
      {
        ...{ roundKey, privateKey, cores: 1 },
        ...{ work: workOf("one"), bench: benchOf() },
      },
      of,
      sent,
    );

  it("counts masked records and every word between the servers", async () => {
    const records = 12 * roundKey.shortKey.publicKey.ciphertextBytes;
    expect((await run()).bytes).to.be.greaterThan(records + 6 * 1_000);
  });

  it("is of those who come first, if it is smaller than the world", async () => {
    const few = { requests: world.requests.slice(0, 2), offers: world.offers.slice(0, 2) };
    expect((await run(few)).pairs).to.be.within(2, 4);
  });

  it("ends with an error if it decides other than the oracle", async () => {
    const other = benchWorld(6, "another city");
    expect(await asyncRefusal(() => run(other))).to.equal("DisagreementError E_BENCH_DISAGREEMENT");
  });
});

describe("the city of measured rounds", () => {
  it("is the same for the same seed, and the beginning of a larger one", () => {
    const { requests, offers } = benchWorld(5, "city");
    const larger = benchWorld(9, "city");
    expect(larger.requests.slice(0, 5)).to.deep.equal(requests);
    expect(larger.offers.slice(0, 5)).to.deep.equal(offers);
    expect(benchWorld(5, "other").requests).to.not.deep.equal(requests);
  });
});
