/** What passes while a round is matched, counted against what the protocol sends. */
import { expect } from "chai";
import { costOfMatching } from "../../../offchain/bench/matchingAlone.ts";
import { benchWorld, type BenchWorld } from "../../../offchain/bench/roundWorld.ts";
import { stageClock } from "../../../offchain/bench/stageClock.ts";
import type { MatchingSide } from "../../../offchain/matching/matching.ts";
import type { MatchingMode } from "../../../offchain/modes.ts";
import { pairedExchanges } from "../../../offchain/primitives/sharing/party.ts";
import type { HeavyWork } from "../../../offchain/workers/heavyWork.ts";
import { dealtKey, workOf } from "../market.ts";
import { asyncRefusal, counterRng } from "../primitives/support.ts";

const { signal } = new AbortController();

/** Words of 32 bits of a number that is masked, and of one on its way there. */
const [WIDE, NARROW] = [64, 5];

/** One vehicle, and one pile that it cannot pay. */
function noMatch(): BenchWorld {
  const { requests, offers } = benchWorld(1, "alone");
  return {
    requests: requests.map((request) => ({ ...request, maxPricePerKwh: 1n })),
    offers,
  };
}

describe("the cost of a matching", () => {
  it("in mode masked is what the protocol says, word for word", async () => {
    const cost = await costOfMatching("masked", noMatch(), counterRng("words"), signal);
    const [points, margins, scores, none] = [2 * 2 * 2, 4, 1, 1];
    expect(cost).to.deep.include({
      pairs: 1,
      lineBytes: 4 * (NARROW * (points + margins + scores) + WIDE * (margins + scores) + none),
      dealtBytes: 4 * (NARROW * (2 + 1) + WIDE * (margins + scores)),
      messagesPerBuyer: 2 + 3,
    });
  });

  it("in mode strict has many small messages, and one correction a dealt word", async () => {
    const world = benchWorld(4, "strict");
    const strict = await costOfMatching("strict", world, counterRng("small"), signal);
    const masked = await costOfMatching("masked", world, counterRng("small"), signal);
    expect(strict.pairs).to.equal(masked.pairs);
    expect(strict.messagesPerBuyer).to.be.greaterThan(10 * masked.messagesPerBuyer);
    expect(strict.lineBytes / strict.messagesPerBuyer).to.be.lessThan(
      masked.lineBytes / masked.messagesPerBuyer,
    );
    // Of every AND four words pass, two each way, and one is dealt.
    expect(strict.dealtBytes).to.be.lessThan(strict.lineBytes / 3);
  });

  it("keeps hardly anything while it runs", async () => {
    for (const mode of ["strict", "masked"] as const) {
      const { liveMiB } = await costOfMatching(mode, benchWorld(20, mode), counterRng(""), signal);
      expect(liveMiB, mode).to.be.within(0, 32);
    }
  });

  it("is counted until somebody stops it", async () => {
    class StoppedError extends Error {
      readonly code = "E_STOPPED";
    }
    const stopped = AbortSignal.abort(new StoppedError());
    const counted = (): Promise<unknown> =>
      costOfMatching("strict", benchWorld(3, "stop"), counterRng("stop"), stopped);
    expect(await asyncRefusal(counted)).to.equal("StoppedError E_STOPPED");
  });
});

describe("the clock of stages", () => {
  it("gives every stage its own time, also of what is done in the middle of another", async () => {
    let now = 0;
    const pass = (seconds: number): void => {
      now += 1_000 * seconds;
    };
    const { work: someWork, mode: someMode } = takingTime(pass);
    const { work, mode, read } = stageClock(someMode, someWork, () => now);
    const { roundKey, privateKey } = dealtKey();
    const { shortKey } = roundKey;
    pass(2);
    await work.refusedUploads(roundKey, [], []);
    await work.maskRecords(shortKey, [], []);
    await work.openRecords(privateKey, [], []);
    const { proxy } = mode.join(pairedExchanges(), counterRng("clock"));
    await proxy({ requests: [], offers: [] }, [], async () => {
      await work.maskRecords(shortKey, [], []);
      await work.openRecords(privateKey, [], []);
    });
    pass(7);
    expect(read()).to.deep.equal({
      admission: 2 + 1,
      masking: 2 * 10,
      opening: 2 * 100,
      matching: 1_000,
      sealing: 7,
    });
  });
});

/** Work whose stages take 1, 10 and 100 seconds, and a mode that takes 1,000 and asks before its only buyer. */
function takingTime(pass: (seconds: number) => void): {
  readonly work: HeavyWork;
  readonly mode: MatchingMode;
} {
  const done = <T>(seconds: number, result: T): Promise<T> => {
    pass(seconds);
    return Promise.resolve(result);
  };
  const side: MatchingSide = async (_summands, _candidates, onBuyer) => {
    await onBuyer(0);
    pass(1_000);
    return { winners: [], comparedPairs: 0 };
  };
  return {
    work: {
      ...workOf("clock"),
      refusedUploads: () => done(1, []),
      maskRecords: () => done(10, []),
      openRecords: () => done(100, []),
    },
    mode: { name: "strict", join: () => ({ proxy: side, cloud: side }) },
  };
}
