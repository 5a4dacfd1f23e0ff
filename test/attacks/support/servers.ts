/**
 * Both servers of a mode and the dealer in one process, with everything that either server gets kept for an attacker: its
 * seed, its summands, every message of the other server and every correction of the dealer. They draw what the mode's own
 * `join` draws, in the same order.
 */
import { everyPair } from "../../../offchain/matching/candidates.ts";
import { matchAsMasker, matchAsReader } from "../../../offchain/matching/maskedMatching.ts";
import type {
  Matching,
  MatchingSide,
  RecordSummands,
} from "../../../offchain/matching/matching.ts";
import { matchInShares } from "../../../offchain/matching/strictMatching.ts";
import { drawMasks, offerLayout, requestLayout } from "../../../offchain/messages/packedRecord.ts";
import type { ModeName } from "../../../offchain/messages/roundKey.ts";
import type { Line } from "../../../offchain/modes.ts";
import type { Rng } from "../../../offchain/primitives/random.ts";
import {
  firstDealt,
  secondDealt,
  type Corrections,
  type Dealt,
} from "../../../offchain/primitives/sharing/dealer.ts";
import type { Opening } from "../../../offchain/primitives/sharing/maskedBlocks.ts";
import {
  inThisThread,
  readOrder,
  readSigns,
} from "../../../offchain/primitives/sharing/maskedOpening.ts";
import type { MaskedCorrections } from "../../../offchain/matching/maskedMatching.ts";
import { pairedExchanges, type Exchange } from "../../../offchain/primitives/sharing/party.ts";
import { dealMaskedRound, dealStrictRound } from "../../../offchain/roles/authority.ts";
import type { JoinedSides } from "../../../offchain/round.ts";
import type { Records } from "./city.ts";

/** What a server hears, in the order in which it does. */
export type Heard =
  | { readonly from: "server"; readonly words: Uint32Array }
  | { readonly from: "dealer"; readonly words: Uint32Array }
  | HeardOpening;

interface HeardOpening {
  readonly from: "dealer of openings";
  readonly kind: "signs" | "order";
  readonly opening: Opening;
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

/** A mode's servers, ready to match. */
export function watchedSides(mode: ModeName, rng: Rng, line: Line = pairedExchanges()): Watched {
  return { strict: watchedStrict, masked: watchedMasked }[mode](rng, line);
}

/** A whole matching in a mode, of records under the proxy's masks. */
export function playServers(mode: ModeName, rng: Rng, records: Records): Promise<PlayedServers> {
  const watched = watchedSides(mode, rng);
  return play(watched, (layout) => drawMasks(layout, rng).masks, records);
}

/** The straw man: mode `strict` with masks of 0 and nothing but zeros dealt. It matches correctly. */
export function playBare(records: Records): Promise<PlayedServers> {
  const [proxy, cloud] = [hearing(NO_SEED), hearing(NO_SEED)];
  const watched = watchedParties(pairedExchanges(), [proxy, nothingDealt], [cloud, nothingDealt]);
  return play(watched, (layout) => layout.map(() => 0n), records);
}

/** What the cloud of mode `masked` reads of the candidates of a buyer, place by place. */
export interface OpenedCandidates {
  readonly buyer: number;
  /** Of every candidate, whether each margin is below 0. */
  readonly isNegative: readonly (readonly boolean[])[];
  /** M·(2v + 1) + b of every margin. */
  readonly margins: readonly bigint[];
  /** A·v + B + e of every score. */
  readonly scores: readonly bigint[];
}

/** Of every buyer in turn: a message of the proxy is that of two openings if it is as long as what was dealt for both. */
export function openedByCloud({ heard }: ServerView): readonly OpenedCandidates[] {
  const messages = heard.filter(({ from }) => from === "server").map(({ words }) => words);
  const openings = heard.flatMap((one) =>
    one.from === "dealer of openings" && one.opening.step === 0 ? [one] : [],
  );
  let last = -1;
  return openings.flatMap((ofSigns, k) => {
    const ofOrder = openings[k + 1];
    if (ofSigns.kind !== "signs" || ofOrder === undefined) return [];
    const length = ofSigns.words.length + ofOrder.words.length;
    last = messages.findIndex((words, place) => place > last && words.length === length);
    return [readCandidates(messages[last] ?? new Uint32Array(length), ofSigns, ofOrder.words)];
  });
}

function readCandidates(
  masked: Uint32Array,
  { opening, words }: HeardOpening,
  ofOrder: Uint32Array,
): OpenedCandidates {
  const { table, columns } = opening;
  const ofSigns = masked.subarray(0, words.length);
  const signs = readSigns(ofSigns, words);
  const scores = readOrder(masked.subarray(words.length), ofOrder);
  const isNegative = scores.map((_, place) => signs.slice(columns * place, columns * (place + 1)));
  return { buyer: table, isNegative, margins: readOrder(ofSigns, words), scores };
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

function watchedStrict(rng: Rng, line: Line): Watched {
  const { proxySeed, cloudSeed, corrections } = dealStrictRound(rng);
  const [proxy, cloud] = [hearing(proxySeed), hearing(cloudSeed)];
  const cloudsShare = secondDealt(cloudSeed, heardCorrections(corrections, cloud.heard));
  return watchedParties(line, [proxy, firstDealt(proxySeed)], [cloud, cloudsShare]);
}

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

function watchedMasked(rng: Rng, [proxyEnd, cloudEnd]: Line): Watched {
  const { proxySeed, cloudSeed, corrections } = dealMaskedRound(rng, inThisThread);
  const [proxy, cloud] = [hearing(proxySeed), hearing(cloudSeed)];
  const atProxy = tapped(proxyEnd, proxy);
  const reading = {
    seed: cloudSeed,
    corrections: heardOpenings(corrections, cloud.heard),
    exchange: tapped(cloudEnd, cloud),
  };
  return watchedAt(
    matchAsMasker({ seed: proxySeed, rng, run: inThisThread, exchange: atProxy }),
    matchAsReader(reading),
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

function heardOpenings({ openings, vectors }: MaskedCorrections, into: Heard[]): MaskedCorrections {
  const hear = async (words: Promise<Uint32Array>): Promise<Uint32Array> => {
    into.push({ from: "dealer", words: await words });
    return words;
  };
  const opened =
    (kind: "signs" | "order") =>
    async (opening: Opening): Promise<Uint32Array> => {
      const words = await openings[kind](opening);
      into.push({ from: "dealer of openings", kind, opening, words });
      return words;
    };
  return {
    openings: { signs: opened("signs"), order: opened("order") },
    vectors: async (shape) => {
      const { norms, products } = await vectors(shape);
      return {
        norms: await hear(Promise.resolve(norms)),
        products: (left) => hear(products(left)),
      };
    },
  };
}
