/**
 * Both servers and the dealer in one process, with everything that either server gets kept for an attacker: its
 * seed, its summands, every message of the other server and every correction of the dealer. They draw what
 * `joinStrict` draws, in the same order.
 */
import { everyPair } from "../../../offchain/core/matching/candidates.ts";
import type {
  Matching,
  MatchingSide,
  RecordSummands,
} from "../../../offchain/core/matching/matching.ts";
import { matchInShares } from "../../../offchain/core/matching/strictMatching.ts";
import {
  drawMasks,
  offerLayout,
  requestLayout,
} from "../../../offchain/core/messages/packedRecord.ts";
import type { Line } from "../../../offchain/market/matching.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import {
  firstDealt,
  secondDealt,
  type Corrections,
  type Dealt,
} from "../../../offchain/core/primitives/sharing/dealer.ts";
import { pairedExchanges, type Exchange } from "../../../offchain/core/primitives/sharing/party.ts";
import { dealStrictRound } from "../../../offchain/parties/authority/dealing.ts";
import type { JoinedSides } from "../../../offchain/market/round.ts";
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
  readonly sides: JoinedSides;
  /** What they have got so far. */
  readonly views: () => Readonly<Record<"proxy" | "cloud", ServerView>>;
}

export interface PlayedServers extends Readonly<Record<"proxy" | "cloud", ServerView>> {
  readonly matching: Matching;
}

/** Servers ready to match in mode `strict`. */
export function watchedSides(rng: Rng, line: Line = pairedExchanges()): Watched {
  const { proxySeed, cloudSeed, corrections } = dealStrictRound(rng);
  const [proxy, cloud] = [hearing(proxySeed), hearing(cloudSeed)];
  const cloudsShare = secondDealt(cloudSeed, heardCorrections(corrections, cloud.heard));
  return watchedParties(line, [proxy, firstDealt(proxySeed)], [cloud, cloudsShare]);
}

/** A whole matching of records under the proxy's masks. */
export function playServers(rng: Rng, records: Records): Promise<PlayedServers> {
  const watched = watchedSides(rng);
  return play(watched, (layout) => drawMasks(layout, rng).masks, records);
}

/** The straw man: the same with masks of 0 and nothing but zeros dealt. It matches correctly. */
export function playBare(records: Records): Promise<PlayedServers> {
  const [proxy, cloud] = [hearing(NO_SEED), hearing(NO_SEED)];
  const watched = watchedParties(pairedExchanges(), [proxy, nothingDealt], [cloud, nothingDealt]);
  return play(watched, (layout) => layout.map(() => 0n), records);
}

/** All words that a server hears, one after the other. */
export function wordsHeard({ heard }: ServerView): readonly number[] {
  return heard.flatMap(({ words }) => [...words]);
}

const NO_SEED = new Uint8Array(32);

const nothingDealt: Dealt = {
  triples: (words) => ({
    a: new Uint32Array(words),
    b: new Uint32Array(words),
    c: new Uint32Array(words),
  }),
  vectors: ({ left, right, dimension }) => ({
    vectors: new BigUint64Array((left + right) * dimension),
    norms: new BigUint64Array(left + right),
    products: new BigUint64Array(left * right),
  }),
};

function watchedParties(
  [proxyEnd, cloudEnd]: Line,
  [proxy, toProxy]: readonly [Hearing, Dealt],
  [cloud, toCloud]: readonly [Hearing, Dealt],
): Watched {
  const [atProxy, atCloud] = [tapped(proxyEnd, proxy), tapped(cloudEnd, cloud)];
  return watchedAt(
    matchInShares({ isFirst: true, dealt: toProxy, exchange: atProxy }),
    matchInShares({ isFirst: false, dealt: toCloud, exchange: atCloud }),
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
  const features = Math.max(0, (requests[0] ?? []).length - 4);
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

function tapped(exchange: Exchange, { heard, said }: Hearing): Exchange {
  return async (mine) => {
    if (mine.length > 0) said.push(mine);
    const words = await exchange(mine);
    if (words.length > 0) heard.push({ from: "server", words });
    return words;
  };
}

function heardCorrections(corrections: Corrections, into: Heard[]): Corrections {
  const hear = (numbers: Uint32Array | BigUint64Array): void => {
    into.push({ from: "dealer", words: new Uint32Array(numbers.slice().buffer) });
  };
  return {
    triples: (count) => {
      const words = corrections.triples(count);
      hear(words);
      return words;
    },
    vectors: (shape) => {
      const shares = corrections.vectors(shape);
      hear(shares.norms);
      hear(shares.products);
      return shares;
    },
  };
}
