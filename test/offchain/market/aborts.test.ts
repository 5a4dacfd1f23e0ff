/**
 * A round in which one frame is not what it has to be: one clear refusal, no outcome, and a new
 * attempt that is dealt anew.
 */
import { expect } from "chai";
import { id } from "ethers";
import type { Attempt } from "../../../offchain/core/messages/attempt.ts";
import { FIRST_ROUND } from "../../../offchain/core/messages/market.ts";
import { roundKeyHash } from "../../../offchain/core/messages/roundKey.ts";
import { localDesks } from "../../../offchain/market/localServers.ts";
import {
  serversTogether,
  type MatchingInput,
  type MatchingServers,
  type Together,
} from "../../../offchain/market/matching.ts";
import { FRAME_TYPES, type FrameType } from "../../../offchain/parties/server/frames.ts";
import { STREAMS, type Line } from "../../../offchain/parties/server/line.ts";
import { LineError } from "../../../offchain/parties/server/lineError.ts";
import { pairedLines } from "../../../offchain/parties/server/pairedLines.ts";
import { AREA, AUCTION_ID, dealtKey, VENUE, workOf } from "../../support/matching/crowdRound.ts";
import { play } from "../../support/matching/playing.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";
import {
  believing,
  crowd,
  expectOracle,
  partiesOf,
  pile,
  submitted,
  times,
  trip,
  type Parties,
} from "../../support/matching/rounds.ts";
import { BENCH_CLOUD, shownLook } from "../../../offchain/study/bench/benchRound.ts";

const { headers, participants, records, rings, bits, coins, deliveries, outcome } = FRAME_TYPES;
/** What a server may do to its end of the line; `nth` counts exchanges of a type. */
type Meddle = (line: Line, nth: number, body: Uint8Array) => Uint8Array;

const shorter: Meddle = (_line, _nth, body) => body.subarray(0, -1);
const longer: Meddle = (_line, _nth, body) => Uint8Array.of(...body, 0);

class CodedFault extends Error {
  readonly code = "E_OF_ITS_OWN";
}

describe("a round whose line is meddled with", () => {
  let parties: Parties;
  let sent: ReturnType<typeof submitted>;

  before(async () => {
    parties = partiesOf(await crowd(), { trips: times(3, trip), piles: times(2, pile) });
    sent = submitted(play(parties));
  });

  const inputOf = (signal = new AbortController().signal): MatchingInput => ({
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: FIRST_ROUND,
    seed: id("meddled"),
    roundKey: dealtKey().roundKey,
    area: AREA,
    ...sent,
    onProgress: () => undefined,
    signal,
  });
  const desksOf = async (): Promise<Together> => {
    const desks = await localDesks({
      ...{ work: believing(workOf("round")), rng: counterRng("aborts") },
      ...{ account: BENCH_CLOUD, look: () => shownLook },
    });
    const { roundKey, privateKey } = dealtKey();
    await desks.cloudDesk.store.keepPrivateKey(roundKeyHash(roundKey), privateKey);
    return desks;
  };
  /** Servers of which one meddles with frames of a type, in the first attempt. */
  const meddled = async (who: 0 | 1, type: FrameType, meddle: Meddle): Promise<MatchingServers> => {
    const lines = (attempt: Attempt): readonly [Line, Line] => {
      const ends: [Line, Line] = [...pairedLines(attempt)];
      if (attempt.attempt > 1) return ends;
      const end = ends[who];
      let nth = 0;
      ends[who] = {
        ...end,
        exchange: (own, stream, body) => {
          if (own !== type) return end.exchange(own, stream, body);
          nth += 1;
          return end.exchange(own, stream, meddle(end, nth, body));
        },
      };
      return ends;
    };
    return serversTogether({ ...(await desksOf()), lines });
  };

  const faults: readonly (readonly [string, 0 | 1, FrameType, Meddle])[] = [
    ["headers that are cut short", 0, headers, shorter],
    ["headers with more behind them", 0, headers, longer],
    ["a root that is cut short", 1, participants, shorter],
    ["records that are cut short", 0, records, shorter],
    ["records that are no ciphertexts", 0, records, (_l, _n, body) => body.map(() => 0xff)],
    ["numbers that are cut short, of the proxy", 0, rings, shorter],
    ["numbers that are cut short, of the cloud", 1, rings, shorter],
    ["bits with more behind them", 1, bits, longer],
    ["coins that are fewer", 0, coins, shorter],
    ["deliveries that are cut short", 1, deliveries, shorter],
  ];
  for (const [what, who, type, meddle] of faults) {
    it(`is aborted by ${what}, and decides as the oracle in the next attempt`, async () => {
      const servers = await meddled(who, type, meddle);
      const refused = await asyncRefusal(() => servers.match(inputOf()));
      expect(refused).to.equal("LineError E_LINE_FRAME");
      expectOracle(parties, id("meddled"), await servers.match(inputOf()));
    });
  }

  it("is aborted by one who says more than there is to say, after the last frame", async () => {
    const servers = await meddled(1, outcome, (line, nth, body) => {
      if (nth === 1) void line.exchange(bits, STREAMS.matching, body).catch(() => undefined);
      return body;
    });
    const refused = await asyncRefusal(() => servers.match(inputOf()));
    expect(refused).to.equal("LineError E_LINE_FRAME");
  });

  it("says what has gone wrong, and that a new attempt is needed", async () => {
    const servers = await meddled(0, records, shorter);
    const message = await servers.match(inputOf()).then(
      () => "",
      (error: unknown) => (error instanceof LineError ? error.message : ""),
    );
    expect(message).to.match(
      /^line: expected .* records of .* bytes, got .*; the round is aborted/,
    );
  });

  it("accuses nobody of a fault that a server has met itself", async () => {
    const desks = await desksOf();
    const told: unknown[] = [];
    const lines = (attempt: Attempt): readonly [Line, Line] => {
      const [proxyEnd, cloudEnd] = pairedLines(attempt);
      const exchange: Line["exchange"] = (...frame) =>
        proxyEnd.exchange(...frame).catch((error: unknown) => {
          told.push(error);
          throw error;
        });
      return [{ ...proxyEnd, exchange }, cloudEnd];
    };
    const fault = new CodedFault();
    const work = { ...desks.cloudDesk.work, openRecords: () => Promise.reject(fault) };
    const servers = serversTogether({
      ...desks,
      lines,
      cloudDesk: { ...desks.cloudDesk, work },
    });
    const thrown = await servers.match(inputOf()).catch((error: unknown) => error);
    expect(thrown).to.equal(fault);
    expect(told.length).to.be.at.least(1);
    for (const error of told) expect(error).to.include({ abort: "STOPPED", fromPeer: true });
  });

  it("is not played again in the same attempt", async () => {
    const desks = await desksOf();
    const next = { nextAttempt: () => Promise.resolve(1) };
    const servers = serversTogether({
      ...desks,
      proxyDesk: { ...desks.proxyDesk, store: { ...desks.proxyDesk.store, ...next } },
      cloudDesk: { ...desks.cloudDesk, store: { ...desks.cloudDesk.store, ...next } },
    });
    await servers.match(inputOf());
    const again = (): Promise<unknown> => servers.match(inputOf());
    expect(await asyncRefusal(again)).to.equal("AttemptTakenError E_ATTEMPT_TAKEN");
  });

  it("does not begin without the secret half of its key", async () => {
    const desks = await localDesks({
      ...{ work: believing(workOf("round")), rng: counterRng("none") },
      ...{ account: BENCH_CLOUD, look: () => shownLook },
    });
    const playing = (): Promise<unknown> => serversTogether(desks).match(inputOf());
    expect(await asyncRefusal(playing)).to.equal("CloudKeyError E_CLOUD_KEY");
  });
});
