/** The measured rounds themselves, as small as they can be; what they take is nobody's business here. */
import { expect } from "chai";
import { growthOf, slopeOf } from "../../../offchain/bench/growth.ts";
import { runMarketRound } from "../../../offchain/bench/marketRound.ts";
import { measureRounds } from "../../../offchain/bench/rounds.ts";
import { roundsFigure } from "../../../offchain/bench/roundsFigure.ts";
import { roundsText } from "../../../offchain/bench/roundsText.ts";
import { benchWorld, sendAll } from "../../../offchain/bench/roundWorld.ts";
import { modeNamed } from "../../../offchain/modes.ts";
import { dealtKey, workOf } from "../market.ts";
import { expectNear } from "../../near.ts";
import { asyncRefusal, counterRng } from "../primitives/support.ts";
import { ROUND_ROWS } from "./rows.ts";

function benchOf(signal = new AbortController().signal) {
  let now = 0;
  const { roundKey, privateKey } = dealtKey();
  return {
    nowMs: () => (now += 10),
    signal,
    rng: counterRng("rounds"),
    deal: () => Promise.resolve({ roundKey, privateKey }),
    work: [{ cores: 1, work: workOf("rounds") }],
    progress: { say: () => undefined, update: () => undefined },
  };
}

describe("measured rounds", function () {
  this.timeout(60_000);

  it("have a row for every mode and size, one for the peer, and agree with the oracle", async () => {
    const plan = { sizes: [3, 6], peerPairs: 2, pairwise: 2 };
    const rows = await measureRounds(plan, benchOf());
    expect(rows.map(({ mode, buyers, cores }) => `${mode} ${buyers} ${cores}`)).to.deep.equal([
      "strict 3 1",
      "strict 6 1",
      "masked 3 1",
      "masked 6 1",
      "paper 3 1",
      "paper 6 1",
      "paper, pair by pair, textbook 2 1",
      "paper, pair by pair, CRT 2 1",
      "paillier-bigint 1 1",
    ]);
    for (const row of rows) {
      expect(row.pairs, row.mode).to.be.within(1, row.buyers * row.sellers);
      expectNear(row.pairsPerSecond, row.pairs / row.seconds, 1e-9, row.mode);
      expect(row.bytes, row.mode).to.be.above(0);
      expect(row.peakMiB, row.mode).to.be.above(1);
    }
  });

  it("count every word between the servers: strict says more than the masked records", async () => {
    const { roundKey, privateKey } = dealtKey();
    const bench = benchOf();
    const world = benchWorld(4, "bytes");
    const sent = await sendAll(world, roundKey, workOf("bytes"));
    const round = { mode: modeNamed("strict"), roundKey, privateKey, work: workOf("b"), bench };
    const { bytes } = await runMarketRound(round, world, sent);
    expect(bytes).to.be.above(8 * roundKey.shortKey.publicKey.ciphertextBytes + 4 * 1_000);
  });

  it("end with an error if a round decides other than the oracle", async () => {
    const { roundKey, privateKey } = dealtKey();
    const world = benchWorld(6, "bench");
    const sent = await sendAll(world, roundKey, workOf("sent"));
    const other = benchWorld(6, "another city");
    const work = workOf("wrong");
    const round = { mode: modeNamed("strict"), roundKey, privateKey, work, bench: benchOf() };
    const run = (): Promise<unknown> => runMarketRound(round, other, sent);
    expect(await asyncRefusal(run)).to.equal("DisagreementError E_BENCH_DISAGREEMENT");
  });

  it("stop when they are told to", async () => {
    const signal = AbortSignal.abort(new Error("told to"));
    const stopped = measureRounds({ sizes: [2], peerPairs: 1, pairwise: 1 }, benchOf(signal));
    expect(await stopped.then(() => "ended", String)).to.equal("Error: told to");
  });
});

describe("growth", () => {
  it("is the slope through the logarithms", () => {
    expectNear(slopeOf([0, 1, 2].map((x) => [x, 3 + 1.5 * x] as const)), 1.5, 1e-12);
    expect(growthOf(ROUND_ROWS)).to.have.lengthOf(1);
    expectNear(growthOf(ROUND_ROWS)[0]?.exponent ?? NaN, 0.5, 1e-12);
  });

  it("is not said of a single size", () => {
    expect(growthOf(ROUND_ROWS.slice(0, 1))).to.deep.equal([]);
  });
});

describe("rounds on paper", () => {
  it("are a table with a line a round, and the exponents", () => {
    const text = roundsText(ROUND_ROWS, growthOf(ROUND_ROWS));
    expect(text.split("\n").filter((line) => line.includes("strict"))).to.have.lengthOf(4);
    expect(text).to.include("0.500");
  });

  it("are a line a series, with its speed at the end", () => {
    const svg = roundsFigure(ROUND_ROWS);
    expect(svg.match(/class="series"/gu)).to.have.lengthOf(1);
    expect(svg).to.include("strict, 2 cores: 4,000/s");
    expect(roundsFigure([])).to.include("Nothing was measured.");
  });
});
