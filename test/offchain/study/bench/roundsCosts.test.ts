/** What passes while a round is matched, counted against what the protocol sends. */
import { expect } from "chai";
import { costOfMatching } from "../../../../offchain/study/bench/matchingAlone.ts";
import { benchWorld } from "../../../../offchain/study/bench/roundWorld.ts";
import { roundClock } from "../../../../offchain/study/bench/roundClock.ts";
import { attemptOf } from "../../../../offchain/core/messages/attempt.ts";
import { FIRST_ROUND } from "../../../../offchain/core/messages/market.ts";
import type { EverybodysWork } from "../../../../offchain/market/work.ts";
import { FRAME_TYPES, type FrameType } from "../../../../offchain/parties/server/frames.ts";
import { STREAMS } from "../../../../offchain/parties/server/line.ts";
import { AUCTION_ID, dealtKey, workOf } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const { signal } = new AbortController();

describe("the cost of a matching", () => {
  it("is many small messages, and one correction a dealt word", async () => {
    const cost = await costOfMatching(benchWorld(4, "strict"), counterRng("small"), signal);
    expect(cost.pairs).to.be.within(4, 16);
    expect(cost.exchangesPerBuyer).to.be.greaterThan(50);
    // Of every AND four words pass, two each way, and one is dealt, for as many as there are with
    // nobody gone.
    expect(cost.dealtBytes).to.be.lessThan(cost.lineBytes / 2);
  });

  it("keeps hardly anything while it runs", async () => {
    const { liveMiB } = await costOfMatching(benchWorld(20, "live"), counterRng(""), signal);
    expect(liveMiB).to.be.within(0, 32);
  });

  it("is counted until somebody stops it", async () => {
    class StoppedError extends Error {
      readonly code = "E_STOPPED";
    }
    const stopped = AbortSignal.abort(new StoppedError());
    const counted = (): Promise<unknown> =>
      costOfMatching(benchWorld(3, "stop"), counterRng("stop"), stopped);
    expect(await asyncRefusal(counted)).to.equal("StoppedError E_STOPPED");
  });
});

describe("the clock of stages", () => {
  it("gives every stage its own time, also of what is done in the middle of another", async () => {
    let now = 0;
    const pass = (seconds: number): void => {
      now += 1_000 * seconds;
    };
    const { work, lines, read } = roundClock(takingTime(pass), () => now);
    const { roundKey, privateKey } = dealtKey();
    const { shortKey } = roundKey;
    const [proxyEnd, cloudEnd] = lines(attemptOf(AUCTION_ID, FIRST_ROUND, 1));
    const both = async (type: FrameType, stream: number): Promise<void> => {
      const body = new Uint8Array();
      await Promise.all([
        proxyEnd.exchange(type, stream, body),
        cloudEnd.exchange(type, stream, body),
      ]);
    };
    pass(2);
    await work.refusedUploads(roundKey, [], []);
    await both(FRAME_TYPES.participants, STREAMS.control);
    pass(300);
    await work.maskRecords(shortKey, [], []);
    await work.openRecords(privateKey, [], []);
    await both(FRAME_TYPES.bits, STREAMS.matching);
    pass(700);
    await work.maskRecords(shortKey, [], []);
    await work.openRecords(privateKey, [], []);
    await both(FRAME_TYPES.bits, STREAMS.matching);
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

/** Work whose stages take 1, 10 and 100 seconds. */
function takingTime(pass: (seconds: number) => void): EverybodysWork {
  const done = <T>(seconds: number, result: T): Promise<T> => {
    pass(seconds);
    return Promise.resolve(result);
  };
  return {
    ...workOf("clock"),
    refusedUploads: () => done(1, []),
    maskRecords: () => done(10, []),
    openRecords: () => done(100, []),
  };
}
