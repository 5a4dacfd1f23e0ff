/**
 * The matching of a round by itself, without a clock: what passes on the line and from the dealer,
 * and how much memory is in use. What is in use is what a garbage collection leaves, looked at
 * between buyers: unlike resident memory it does not depend on when the collector last ran.
 */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { everyPair } from "../../core/matching/candidates.ts";
import type { MatchingSide, OnBuyer, RecordSummands } from "../../core/matching/matching.ts";
import { amountsFor } from "../../core/matching/strictMatching.ts";
import { attemptOf } from "../../core/messages/attempt.ts";
import { FIRST_ROUND } from "../../core/messages/market.ts";
import {
  drawMasks,
  offerLayout,
  requestLayout,
  type Layout,
} from "../../core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../core/messages/records.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import type { Rng } from "../../core/primitives/random.ts";
import {
  correctionBytes,
  correctionsFor,
  firstDealt,
  secondDealt,
  type Amounts,
} from "../../core/primitives/sharing/dealer.ts";
import { SEED_BYTES } from "../../core/primitives/sharing/keystream.ts";
import { matchingSide } from "../../parties/server/matchingSide.ts";
import { MIB } from "./measuredRound.ts";
import { AUCTION_ID, FEATURE_COUNT, type BenchWorld } from "./roundWorld.ts";
import { countedLines, type Lines, type Traffic } from "./tappedLines.ts";

/** What a matching costs beside time. */
export interface MatchingCost {
  readonly pairs: number;
  /** On the line, both ways. */
  readonly lineBytes: number;
  /** From the dealer to the cloud. */
  readonly dealtBytes: number;
  /** On the line for each buyer, on average: one frame of each server. */
  readonly exchangesPerBuyer: number;
  /** In use at most while it ran, above what was in use before. */
  readonly liveMiB: number;
}

/** So many times in a matching memory is looked at. */
const LOOKS = 4;

/** Runs the matching of a world on this thread. @throws the reason of the signal */
export async function costOfMatching(
  world: BenchWorld,
  rng: Rng,
  signal: AbortSignal,
): Promise<MatchingCost> {
  const candidates = everyPair(world.requests.length, world.offers.length);
  const traffic: Traffic = { bytes: 0, matchingExchanges: 0 };
  const amounts = amountsFor(candidates, FEATURE_COUNT);
  const [proxySide, cloudSide] = sidesOf(amounts, countedLines(traffic), rng);
  const [atProxy, atCloud] = sharedOut(world, rng);
  const memory = await watchLiveMemory();
  const every = Math.max(1, Math.floor(world.requests.length / LOOKS));
  const onBuyer: OnBuyer = async (index) => {
    await breathe(signal);
    if (index % every === 0) await memory.look();
  };
  const [{ comparedPairs }] = await Promise.all([
    proxySide(atProxy, candidates, onBuyer),
    cloudSide(atCloud, candidates, () => Promise.resolve()),
  ]);
  return {
    pairs: comparedPairs,
    lineBytes: traffic.bytes,
    dealtBytes: correctionBytes(amounts),
    exchangesPerBuyer: traffic.matchingExchanges / Math.max(1, world.requests.length),
    liveMiB: memory.mostMiB(),
  };
}

/** Both sides as in a round, with what they are dealt. */
function sidesOf(amounts: Amounts, lines: Lines, rng: Rng): readonly [MatchingSide, MatchingSide] {
  const [first, second] = [rng.bytes(SEED_BYTES), rng.bytes(SEED_BYTES)];
  const corrections = correctionsFor(first, second, amounts);
  const [proxyEnd, cloudEnd] = lines(attemptOf(AUCTION_ID, FIRST_ROUND, 1));
  return [
    matchingSide(proxyEnd, 0, firstDealt(first, amounts)),
    matchingSide(cloudEnd, 1, secondDealt(second, corrections, amounts)),
  ];
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
