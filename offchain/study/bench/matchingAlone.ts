/**
 * The matching of a round by itself, without a clock: what passes on the line and from the dealer, and how much memory is
 * in use. What is in use is what a garbage collection leaves, looked at between buyers: unlike resident memory it does not
 * depend on when the collector last ran.
 */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { everyPair } from "../../core/matching/candidates.ts";
import type { OnBuyer, RecordSummands } from "../../core/matching/matching.ts";
import { matchInShares } from "../../core/matching/strictMatching.ts";
import {
  drawMasks,
  offerLayout,
  requestLayout,
  type Layout,
} from "../../core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../core/messages/records.ts";
import type { Line } from "../../market/matching.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { firstDealt, secondDealt, type Corrections } from "../../core/primitives/sharing/dealer.ts";
import { pairedExchanges } from "../../core/primitives/sharing/party.ts";
import { dealStrictRound } from "../../parties/authority/dealing.ts";
import type { JoinedSides } from "../../market/round.ts";
import { tap } from "./marketRound.ts";
import { MIB } from "./measuredRound.ts";
import { FEATURE_COUNT, type BenchWorld } from "./roundWorld.ts";

/** What a matching costs beside time. */
export interface MatchingCost {
  readonly pairs: number;
  /** On the line, both ways. */
  readonly lineBytes: number;
  /** From the dealer to the cloud. */
  readonly dealtBytes: number;
  /** Messages on the line for each buyer, on average. */
  readonly messagesPerBuyer: number;
  /** In use at most while it ran, above what was in use before. */
  readonly liveMiB: number;
}

/** So many times in a matching memory is looked at. */
const LOOKS = 4;

interface Counts {
  /** On the line. */
  bytes: number;
  messages: number;
  dealtBytes: number;
}

/** Runs the matching of a world on this thread. @throws the reason of the signal */
export async function costOfMatching(
  world: BenchWorld,
  rng: Rng,
  signal: AbortSignal,
): Promise<MatchingCost> {
  const counts: Counts = { bytes: 0, messages: 0, dealtBytes: 0 };
  const sides = join(tap(countedLine(counts), counts), counts, rng);
  const [atProxy, atCloud] = sharedOut(world, rng);
  const memory = await watchLiveMemory();
  const every = Math.max(1, Math.floor(world.requests.length / LOOKS));
  const onBuyer: OnBuyer = async (index) => {
    await breathe(signal);
    if (index % every === 0) await memory.look();
  };
  const candidates = everyPair(world.requests.length, world.offers.length);
  const [{ comparedPairs }] = await Promise.all([
    sides.proxy(atProxy, candidates, onBuyer),
    sides.cloud(atCloud, candidates, () => Promise.resolve()),
  ]);
  return {
    pairs: comparedPairs,
    lineBytes: counts.bytes,
    dealtBytes: counts.dealtBytes,
    messagesPerBuyer: counts.messages / Math.max(1, world.requests.length),
    liveMiB: memory.mostMiB(),
  };
}

/** As mode `strict` joins them, with what the dealer sends counted. */
function join([proxyEnd, cloudEnd]: Line, counts: Counts, rng: Rng): JoinedSides {
  const { proxySeed, cloudSeed, corrections } = dealStrictRound(rng);
  const cloudsShare = secondDealt(cloudSeed, countedCorrections(corrections, counts));
  return {
    proxy: matchInShares({ isFirst: true, dealt: firstDealt(proxySeed), exchange: proxyEnd }),
    cloud: matchInShares({ isFirst: false, dealt: cloudsShare, exchange: cloudEnd }),
  };
}

/* COUNTING */

function countedLine(counts: Counts): Line {
  const [proxyEnd, cloudEnd] = pairedExchanges();
  const counted = (end: Line[number]): Line[number] => {
    return (mine) => {
      if (mine.length > 0) counts.messages += 1;
      return end(mine);
    };
  };
  return [counted(proxyEnd), counted(cloudEnd)];
}

function countedCorrections({ triples, vectors }: Corrections, counts: Counts): Corrections {
  return {
    triples: (words) => heard(triples(words), counts),
    vectors: (shape) => {
      const { norms, products } = vectors(shape);
      return { norms: heard(norms, counts), products: heard(products, counts) };
    },
  };
}

function heard<T extends ArrayBufferView>(numbers: T, counts: Counts): T {
  counts.dealtBytes += numbers.byteLength;
  return numbers;
}

/* RECORDS */

/** −m at the proxy, f + m at the cloud: as masking and opening leave them. */
function sharedOut(world: BenchWorld, rng: Rng): readonly [RecordSummands, RecordSummands] {
  const share = (layout: Layout, records: readonly (readonly bigint[])[]) =>
    records.map((fields) => {
      const { masks } = drawMasks(layout, rng);
      return [masks.map((m) => -m), fields.map((field, k) => field + (masks[k] ?? 0n))] as const;
    });
  const requests = share(requestLayout(FEATURE_COUNT), world.requests.map(requestFields));
  const offers = share(offerLayout(FEATURE_COUNT), world.offers.map(offerFields));
  return [
    { requests: requests.map(([minus]) => minus), offers: offers.map(([minus]) => minus) },
    { requests: requests.map(([, plus]) => plus), offers: offers.map(([, plus]) => plus) },
  ];
}

/* MEMORY */

interface LiveMemory {
  readonly look: () => Promise<void>;
  readonly mostMiB: () => number;
}

async function watchLiveMemory(): Promise<LiveMemory> {
  const before = await liveBytes();
  let most = before;
  return {
    look: async () => {
      most = Math.max(most, await liveBytes());
    },
    mostMiB: () => (most - before) / MIB,
  };
}

/** Buffers are given back on another thread, a moment after they are collected. */
async function liveBytes(): Promise<number> {
  collectGarbage();
  await setTimeout(SWEEP_MS);
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const SWEEP_MS = 5;

/** Node has a collector to call for those who ask when they start it; this asks later. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}
