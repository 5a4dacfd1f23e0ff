/** What passes while a round is matched, counted against what the protocol sends. */
import { expect } from "chai";
import { costOfMatching } from "../../../../offchain/study/bench/matchingAlone.ts";
import { benchWorld } from "../../../../offchain/study/bench/roundWorld.ts";
import { stageClock } from "../../../../offchain/study/bench/roundStages.ts";
import type { MatchingSide } from "../../../../offchain/core/matching/matching.ts";
import type { Join } from "../../../../offchain/market/matching.ts";
import { pairedExchanges } from "../../../../offchain/core/primitives/sharing/party.ts";
import type { HeavyWork } from "../../../../offchain/market/workers/heavyWork.ts";
import { dealtKey, workOf } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const { signal } = new AbortController();

describe("the cost of a matching", () => {
  it("is many small messages, and one correction a dealt word", async () => {
    const cost = await costOfMatching(benchWorld(4, "strict"), counterRng("small"), signal);
    expect(cost.pairs).to.be.within(4, 16);
    expect(cost.exchangesPerBuyer).to.be.greaterThan(50);
    // Of every AND four words pass, two each way, and one is dealt.
    expect(cost.dealtBytes).to.be.lessThan(cost.lineBytes / 3);
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
    const { work: someWork, join: someJoin } = takingTime(pass);
    const { work, join, read } = stageClock(someWork, () => now, someJoin);
    const { roundKey, privateKey } = dealtKey();
    const { shortKey } = roundKey;
    pass(2);
    await work.refusedUploads(roundKey, [], []);
    await work.maskRecords(shortKey, [], []);
    await work.openRecords(privateKey, [], []);
    const { proxy } = join(pairedExchanges(), counterRng("clock"));
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

/** Work whose stages take 1, 10 and 100 seconds, and a matching that takes 1,000 and asks before its only buyer. */
function takingTime(pass: (seconds: number) => void): {
  readonly work: HeavyWork;
  readonly join: Join;
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
    join: () => ({ proxy: side, cloud: side }),
  };
}
