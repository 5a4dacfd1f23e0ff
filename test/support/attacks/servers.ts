/**
 * Both servers and the dealer in one process, with everything that either server gets kept for an
 * attacker: its seed, its summands, every message of the other server and every correction of the
 * dealer.
 */
import { everyPair } from "../../../offchain/core/matching/candidates.ts";
import type {
  Matching,
  MatchingSide,
  RecordSummands,
} from "../../../offchain/core/matching/matching.ts";
import { amountsFor } from "../../../offchain/core/matching/strictMatching.ts";
import { attemptOf, type Attempt } from "../../../offchain/core/messages/attempt.ts";
import { sealLetter, type Dealer } from "../../../offchain/core/messages/dealtLetter.ts";
import { FIRST_ROUND } from "../../../offchain/core/messages/market.ts";
import {
  drawMasks,
  offerLayout,
  requestLayout,
} from "../../../offchain/core/messages/packedRecord.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import {
  correctionsFor,
  firstDealt,
  secondDealt,
  type Amounts,
  type Dealt,
} from "../../../offchain/core/primitives/sharing/dealer.ts";
import { SEED_BYTES } from "../../../offchain/core/primitives/sharing/keystream.ts";
import type { SealTo } from "../../../offchain/parties/authority/dealer.ts";
import { STREAMS, type Line } from "../../../offchain/parties/server/line.ts";
import { matchingSide } from "../../../offchain/parties/server/matchingSide.ts";
import { pairedLines } from "../../../offchain/parties/server/pairedLines.ts";
import { AUCTION_ID } from "../matching/crowdRound.ts";
import type { Records } from "./city.ts";

/** What a server hears, in the order in which it does. */
export interface Heard {
  readonly from: "server" | "dealer";
  readonly words: Uint32Array;
}

export interface ServerView {
  readonly seed: Uint8Array;
  readonly summands: RecordSummands;
  readonly heard: readonly Heard[];
  /** To the other server, message by message. */
  readonly said: readonly Uint32Array[];
}

export interface Watched {
  readonly sides: Readonly<Record<"proxy" | "cloud", MatchingSide>>;
  /** What they have got so far. */
  readonly views: () => Readonly<Record<"proxy" | "cloud", ServerView>>;
}

export interface PlayedServers extends Readonly<Record<"proxy" | "cloud", ServerView>> {
  readonly matching: Matching;
}

/** Servers ready to match so many records of two features, everybody with everybody. */
function watchedSides(rng: Rng, { requests, offers }: Records): Watched {
  const lines = pairedLines(attemptOf(AUCTION_ID, FIRST_ROUND, 1));
  const amounts = amountsFor(everyPair(requests.length, offers.length), featuresOf(requests));
  const [proxySeed, cloudSeed] = [rng.bytes(SEED_BYTES), rng.bytes(SEED_BYTES)];
  const corrections = correctionsFor(proxySeed, cloudSeed, amounts);
  const [proxy, cloud] = [hearing(proxySeed), hearing(cloudSeed)];
  cloud.heard.push({ from: "dealer", words: wordsOf(corrections) });
  const cloudsShare = secondDealt(cloudSeed, corrections, amounts);
  return watchedParties(lines, [proxy, firstDealt(proxySeed, amounts)], [cloud, cloudsShare]);
}

/** What the two servers of a whole round get. */
export interface WatchedServers {
  readonly dealer: (sealTo: SealTo) => Dealer;
  readonly lines: (attempt: Attempt) => readonly [Line, Line];
  /** What passes beside the matching and the masked records, as it is. */
  readonly bodies: readonly Uint8Array[];
  /** What the servers have got so far, but their summands. */
  readonly views: Readonly<Record<"proxy" | "cloud", Omit<ServerView, "summands">>>;
}

/** A dealer and a line for a whole round, which keep what each server gets. */
export function watchedServers(rng: Rng): WatchedServers {
  const [firstSeed, secondSeed] = [rng.bytes(SEED_BYTES), rng.bytes(SEED_BYTES)];
  const [proxy, cloud] = [hearing(firstSeed), hearing(secondSeed)];
  const bodies: Uint8Array[] = [];
  const deal = (amounts: Amounts): Uint8Array => {
    const corrections = correctionsFor(firstSeed, secondSeed, amounts);
    cloud.heard.push({ from: "dealer", words: wordsOf(corrections) });
    return corrections;
  };
  return {
    dealer: (sealTo) => ({
      letterFor: (server, attempt, amounts) =>
        server === 0
          ? sealLetter(
              sealTo.proxy,
              attempt,
              0,
              { seed: firstSeed, corrections: NOTHING_AT_ALL },
              rng,
            )
          : sealLetter(
              sealTo.cloud,
              attempt,
              1,
              { seed: secondSeed, corrections: deal(amounts) },
              rng,
            ),
    }),
    lines: (attempt) => {
      const [proxyEnd, cloudEnd] = pairedLines(attempt);
      return [besides(tapped(proxyEnd, proxy), bodies), besides(tapped(cloudEnd, cloud), bodies)];
    },
    bodies,
    views: { proxy, cloud },
  };
}

/** A whole matching of records under the proxy's masks. */
export function playServers(rng: Rng, records: Records): Promise<PlayedServers> {
  const watched = watchedSides(rng, records);
  return play(watched, (layout) => drawMasks(layout, rng).masks, records);
}

/** The straw man: the same with masks of 0 and nothing but zeros dealt. It matches correctly. */
export function playBare(records: Records): Promise<PlayedServers> {
  const [proxy, cloud] = [hearing(NO_SEED), hearing(NO_SEED)];
  const lines = pairedLines(attemptOf(AUCTION_ID, FIRST_ROUND, 1));
  const watched = watchedParties(lines, [proxy, nothingDealt], [cloud, nothingDealt]);
  return play(watched, (layout) => layout.map(() => 0n), records);
}

/** All words that a server hears, one after the other. */
export function wordsHeard({ heard }: ServerView): readonly number[] {
  return heard.flatMap(({ words }) => [...words]);
}

const NO_SEED = new Uint8Array(SEED_BYTES);
const NOTHING_AT_ALL = new Uint8Array();

const nothingDealt: Dealt = {
  triples: (words) => ({
    a: new Uint32Array(words),
    b: new Uint32Array(words),
    c: new Uint32Array(words),
  }),
  squares: (count) => ({ r: new BigUint64Array(count), s: new BigUint64Array(count) }),
};

function watchedParties(
  [proxyEnd, cloudEnd]: readonly [Line, Line],
  [proxy, toProxy]: readonly [Hearing, Dealt],
  [cloud, toCloud]: readonly [Hearing, Dealt],
): Watched {
  const [atProxy, atCloud] = [tapped(proxyEnd, proxy), tapped(cloudEnd, cloud)];
  return watchedAt(
    matchingSide(atProxy, 0, toProxy),
    matchingSide(atCloud, 1, toCloud),
    proxy,
    cloud,
  );
}

/** A view that grows. */
interface Hearing {
  readonly seed: Uint8Array;
  readonly heard: Heard[];
  readonly said: Uint32Array[];
}

function hearing(seed: Uint8Array): Hearing {
  return { seed, heard: [], said: [] };
}

function watchedAt(
  proxySide: MatchingSide,
  cloudSide: MatchingSide,
  proxy: Hearing,
  cloud: Hearing,
): Watched {
  const held: Record<"proxy" | "cloud", RecordSummands> = { proxy: NOTHING, cloud: NOTHING };
  const keeping =
    (who: "proxy" | "cloud", side: MatchingSide): MatchingSide =>
    (summands, candidates, onBuyer) => {
      held[who] = summands;
      return side(summands, candidates, onBuyer);
    };
  return {
    sides: { proxy: keeping("proxy", proxySide), cloud: keeping("cloud", cloudSide) },
    views: () => ({
      proxy: { ...proxy, summands: held.proxy },
      cloud: { ...cloud, summands: held.cloud },
    }),
  };
}

const NOTHING: RecordSummands = { requests: [], offers: [] };

async function play(
  { sides, views }: Watched,
  masksOf: (layout: readonly number[]) => readonly bigint[],
  { requests, offers }: Records,
): Promise<PlayedServers> {
  const features = featuresOf(requests);
  const both = (layout: readonly number[], records: Records["requests"]) =>
    records.map((fields) => ({ fields, masks: masksOf(layout) }));
  const [bought, sold] = [
    both(requestLayout(features), requests),
    both(offerLayout(features), offers),
  ];
  const minus = ({ masks }: { readonly masks: readonly bigint[] }) => masks.map((mask) => -mask);
  const plus = ({ fields, masks }: (typeof bought)[number]) =>
    fields.map((field, k) => field + (masks[k] ?? 0n));
  const onward = (): Promise<void> => Promise.resolve();
  const all = everyPair(requests.length, offers.length);
  const [matching] = await Promise.all([
    sides.proxy({ requests: bought.map(minus), offers: sold.map(minus) }, all, onward),
    sides.cloud({ requests: bought.map(plus), offers: sold.map(plus) }, all, onward),
  ]);
  return { matching, ...views() };
}

function featuresOf(requests: Records["requests"]): number {
  return Math.max(0, (requests[0] ?? []).length - 4);
}

/** A line whose matching is heard. */
function tapped(line: Line, { heard, said }: Hearing): Line {
  return {
    ...line,
    exchange: async (type, stream, body) => {
      const isMatching = stream === STREAMS.matching;
      if (isMatching && body.length > 0) said.push(wordsOf(body));
      const answer = await line.exchange(type, stream, body);
      if (isMatching && answer.length > 0) heard.push({ from: "server", words: wordsOf(answer) });
      return answer;
    },
  };
}

/** A line of which everything else in the control stream is kept. */
function besides(line: Line, bodies: Uint8Array[]): Line {
  return {
    ...line,
    exchange: (type, stream, body) => {
      if (stream === STREAMS.control) bodies.push(body);
      return line.exchange(type, stream, body);
    },
  };
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}
