/**
 * Full rounds of every mode, side by side in one run: the market's modes on one core and on all, the paper's round, and
 * the faithful implementation of it on the peer, of which only some pairs are timed: it takes minutes for thousands.
 * Uploads were made before, by their owners; nobody times that here.
 */
import { MODE_NAMES } from "../messages/roundKey.ts";
import { modeNamed } from "../modes.ts";
import { decrypt, decryptTextbook, type PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import { runMarketRound } from "./marketRound.ts";
import { breathe } from "./measure.ts";
import type { Measured, RoundBench } from "./measuredRound.ts";
import { measurePairwise, measurePaper, measurePeer } from "./paperRound.ts";
import type { RoundRow } from "./report.ts";
import { benchWorld, sendAll, type BenchWorld } from "./roundWorld.ts";

/** What is measured: I = J for each size. */
export interface RoundPlan {
  readonly sizes: readonly number[];
  /** Pairs of the peer that are timed, one buyer with so many sellers. */
  readonly peerPairs: number;
  /** The paper's literal round is timed on so many buyers and sellers. */
  readonly pairwise: number;
}

export const QUICK_ROUNDS: RoundPlan = { sizes: [25, 100], peerPairs: 4, pairwise: 3 };
export const FULL_ROUNDS: RoundPlan = { sizes: [25, 50, 100, 200], peerPairs: 12, pairwise: 5 };

/** A first round fills caches and compiles; it is not timed. */
const WARM_UP = 10;

/** Rows in the order of modes, sizes and cores. @throws DisagreementError if a round decides other than the oracle */
export async function measureRounds(
  { sizes, peerPairs, pairwise }: RoundPlan,
  bench: RoundBench,
): Promise<readonly RoundRow[]> {
  const largest = Math.max(...sizes);
  const world = benchWorld(largest, "bench");
  const peer = await measurePeer(world, peerPairs, bench);
  const peerPerSecond = peer.pairs / peer.seconds;
  const rows: RoundRow[] = [];
  for (const name of MODE_NAMES) {
    const { roundKey, privateKey } = await bench.deal(name);
    const last = bench.work.at(-1);
    if (last === undefined) break;
    bench.progress.say(`uploads of ${2 * largest} for mode ${name}`);
    const sent = await sendAll(world, roundKey, last.work);
    for (const { cores, work } of bench.work) {
      const round = { mode: modeNamed(name), roundKey, privateKey, work, bench };
      await runMarketRound(round, worldOf(world, WARM_UP), sent);
      for (const size of sizes) {
        bench.progress.update(`mode ${name}, ${cores} cores, ${size} × ${size}`, 0, 1);
        const measured = await runMarketRound(round, worldOf(world, size), sent);
        rows.push(rowOf(name, size, cores, measured, peerPerSecond));
      }
    }
  }
  const { privateKey } = await bench.deal("strict");
  for (const size of sizes) {
    await breathe(bench.signal);
    bench.progress.update(`paper, ${size} × ${size}`, 0, 1);
    const measured = measurePaper(privateKey, worldOf(world, size), bench);
    rows.push(rowOf("paper", size, 1, measured, peerPerSecond));
  }
  for (const [mode, open] of PAIRWISE) {
    await breathe(bench.signal);
    bench.progress.update(mode, 0, 1);
    const measured = measurePairwise(privateKey, open, worldOf(world, pairwise), bench);
    rows.push(rowOf(mode, pairwise, 1, measured, peerPerSecond));
  }
  rows.push({ ...rowOf("paillier-bigint", 1, 1, peer, peerPerSecond), sellers: peerPairs });
  return rows;
}

const PAIRWISE: readonly (readonly [string, (key: PrivateKey, c: Ciphertext) => bigint])[] = [
  ["paper, pair by pair, textbook", decryptTextbook],
  ["paper, pair by pair, CRT", decrypt],
];

function worldOf({ requests, offers }: BenchWorld, size: number): BenchWorld {
  return { requests: requests.slice(0, size), offers: offers.slice(0, size) };
}

function rowOf(
  mode: string,
  size: number,
  cores: number,
  { pairs, seconds, bytes, peakMiB }: Measured,
  peerPerSecond: number,
): RoundRow {
  const pairsPerSecond = pairs / seconds;
  return {
    mode,
    buyers: size,
    sellers: size,
    pairs,
    cores,
    seconds,
    pairsPerSecond,
    ratioToPeer: pairsPerSecond / peerPerSecond,
    bytes,
    peakMiB,
  };
}
