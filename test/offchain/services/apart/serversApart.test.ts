/** Which attempts are made again, and whose reason a round that has failed has. */
import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { id } from "ethers";
import type { MatchingInput } from "../../../../offchain/market/matching.ts";
import { ServiceError, type Service } from "../../../../offchain/services/apart/process.ts";
import { serversApart } from "../../../../offchain/services/apart/serversApart.ts";
import type { Trio } from "../../../../offchain/services/apart/trio.ts";
import { AREA, AUCTION_ID, dealtKey, VENUE } from "../../../support/matching/crowdRound.ts";
import { sentInput } from "../../../../offchain/study/bench/benchRound.ts";

type Play = (signal: AbortSignal) => Promise<unknown>;

const OUTCOME = {
  ...{ unmatched: [], comparedPairs: 0, notAdmitted: [] },
  ...{ participantsRoot: id("participants"), secondSignature: "0x01" },
};
const done: Play = () => Promise.resolve(OUTCOME);
const failed =
  (code: string, fromPeer = false, afterMs = 0): Play =>
  async () => {
    await sleep(afterMs);
    throw new ServiceError(code, "server", "has failed", fromPeer);
  };
/** As a service that ends what it does when it is told to. */
const waiting: Play = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });

describe("a matching by two processes", () => {
  const input: MatchingInput = {
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: 1n,
    seed: id("seed"),
    roundKey: dealtKey().roundKey,
    area: AREA,
    ...sentInput({ requests: [], offers: [] }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };

  /** A service that says the next attempt, and plays as it is told, attempt after attempt. */
  function service(name: string, plays: readonly Play[]): Service {
    let made = 0;
    return {
      name,
      pid: 1,
      isRunning: () => true,
      stop: () => Promise.resolve(),
      call: async (asked, _given, form, { signal } = {}) => {
        if (asked === "nextAttempt") return form.parseAsync({ attempt: made + 1 });
        const play = plays[made] ?? done;
        made += 1;
        const answer = await play(signal ?? new AbortController().signal);
        return form.parseAsync(name === "cloud" ? {} : answer);
      },
    };
  }

  function played(proxy: readonly Play[], cloud: readonly Play[]) {
    const again: string[] = [];
    const services = {
      authority: service("authority", []),
      proxy: service("proxy", proxy),
      cloud: service("cloud", cloud),
    };
    const trio: Trio = {
      ready: () => Promise.resolve(services),
      introductions: () => {
        throw new RangeError("expected no introductions");
      },
      close: () => Promise.resolve(),
    };
    const { match } = serversApart({
      trio,
      nameOf: () => "",
      onFailure: (_, { code }) => again.push(code),
    });
    const ended = match(input).then(
      () => "matched",
      (error: unknown) => (error instanceof ServiceError ? error.code : "another error"),
    );
    return ended.then((code) => [code, again]);
  }

  for (const code of [
    "E_SERVICE_ENDED",
    "E_LINE_TIMEOUT",
    "E_CONNECTION_FAILED",
    "E_DEALER_GONE",
  ]) {
    it(`is tried once more after ${code}`, async () => {
      expect(await played([failed(code)], [waiting])).to.deep.equal(["matched", [code]]);
      const twice = [failed(code), failed(code)];
      expect(await played(twice, [waiting, waiting])).to.deep.equal([code, [code]]);
    });
  }

  for (const code of ["E_CALL_FORM", "E_UPLOAD_UNKNOWN", "E_CLOUD_KEY", "E_SERVICE_FAULT"]) {
    it(`is not tried again after ${code}`, async () => {
      expect(await played([waiting], [failed(code)])).to.deep.equal([code, []]);
    });
  }

  it("has the reason of the server that has found it, whoever speaks first", async () => {
    const echo = failed("E_LINE_PACKAGE", true);
    const found = failed("E_CLOUD_KEY", false, 50);
    expect(await played([echo], [found])).to.deep.equal(["E_CLOUD_KEY", []]);
    expect(await played([found], [echo])).to.deep.equal(["E_CLOUD_KEY", []]);
  });

  it("does not wait for a reason without end", async () => {
    const echoes = [failed("E_LINE_STOPPED", true), failed("E_LINE_STOPPED", true)];
    expect(await played(echoes.slice(0, 1), [waiting])).to.deep.equal([
      "matched",
      ["E_LINE_STOPPED"],
    ]);
  });
});
