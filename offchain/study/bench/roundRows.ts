/**
 * Full rounds in one run: the market's, mode `strict`, on one core and on all, which take turns so
 * that whatever slows the machine slows both; the paper's round; and the faithful implementation of
 * it on the peer, of which only some pairs are timed: it takes minutes for thousands. Uploads were
 * made before, by their owners; nobody times that here.
 */
import { breathe } from "../../core/primitives/breathe.ts";
import { hexToBytes } from "../../core/primitives/bytes.ts";
import { sealUpload } from "../../core/messages/sealedUpload.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import { runMarketRound } from "./marketRound.ts";
import { costOfMatching } from "./matchingAlone.ts";
import { median } from "./measure.ts";
import type { DealtRound, Measured, RoundBench } from "./measuredRound.ts";
import { measurePairwise, measurePaper, measurePeer, PAPER_VARIANTS } from "./paperRound.ts";
import type { RoundCosts, RoundRow } from "./benchReport.ts";
import { benchWorld, sendAll, type BenchWorld, type Sent } from "./roundWorld.ts";

/** What is measured. */
export interface RoundPlan {
  readonly rounds: readonly PlannedRound[];
  /** Pairs of the peer that are timed: one buyer with so many sellers. */
  readonly peerPairs: number;
  /** The paper's round as printed is timed with so many buyers and sellers. */
  readonly pairwise: number;
}

/** I = J = `size`, so many times. */
export interface PlannedRound {
  readonly size: number;
  readonly times: number;
}

/** Some 35 seconds where nothing else runs. */
export const QUICK_ROUNDS: RoundPlan = {
  rounds: [
    { size: 25, times: 3 },
    { size: 100, times: 2 },
  ],
  peerPairs: 5,
  pairwise: 3,
};

/** Some 3 minutes where nothing else runs. */
export const FULL_ROUNDS: RoundPlan = {
  rounds: [
    { size: 25, times: 7 },
    { size: 50, times: 5 },
    { size: 100, times: 3 },
    { size: 200, times: 3 },
  ],
  peerPairs: 20,
  pairwise: 5,
};

/** The mode of the market's rows. */
const MARKET_MODE = "strict";
/** The mode of the row that all others are held against. */
export const PEER_MODE = "paillier-bigint";

const SEED = "ChargeVeil bench";
/** A first round fills caches, compiles and wakes the threads; it is not timed. */
const WARM_UP = 10;

/**
 * The market's rows, the paper's, and the peer's last.
 * @throws DisagreementError if a round decides other than the oracle
 */
export async function measureRounds(
  { rounds, peerPairs, pairwise }: RoundPlan,
  bench: RoundBench,
): Promise<readonly RoundRow[]> {
  const world = benchWorld(Math.max(peerPairs, ...rounds.map(({ size }) => size)), SEED);
  const rows = [...(await measureMarket(rounds, world, bench))];
  bench.progress.say("the paper's round, and the peer's");
  const { privateKey } = await bench.deal();
  for (const planned of rounds) rows.push(await paperRow(privateKey, planned, world, bench));
  for (const variant of PAPER_VARIANTS) {
    bench.progress.update(variant.mode, 0, 1);
    const few = firstOf(world, pairwise);
    const { uploadMs, ...measured } = await measurePairwise(privateKey, variant, few, bench);
    rows.push({ ...rowOf(variant.mode, few, 1, [measured]), uploadMs });
  }
  bench.progress.update(PEER_MODE, 0, 1);
  const sample = { ...firstOf(world, 1), offers: world.offers.slice(0, peerPairs) };
  const peer = await measurePeer(privateKey, sample, bench);
  rows.push(rowOf(PEER_MODE, sample, 1, [peer]));
  bench.progress.update(PEER_MODE, 1, 1);
  const peerPerSecond = peer.pairs / peer.seconds;
  return rows.map((row) => ({ ...row, ratioToPeer: row.pairsPerSecond / peerPerSecond }));
}

/** Before it is held against the peer. */
type MeasuredRow = Omit<RoundRow, "ratioToPeer">;

/* THE MARKET */

async function measureMarket(
  rounds: readonly PlannedRound[],
  world: BenchWorld,
  bench: RoundBench,
): Promise<readonly MeasuredRow[]> {
  const { progress, rng, signal } = bench;
  const dealt = await bench.deal();
  const largest = firstOf(world, Math.max(...rounds.map(({ size }) => size)));
  progress.say(`mode ${MARKET_MODE}: uploads of ${2 * largest.requests.length} participants`);
  const sent = await sendLargest(largest, dealt, bench);
  const uploadBytes = await uploadBytesOf(sent, dealt, bench);
  await measureInTurns({ size: WARM_UP, times: 1 }, { dealt, world, sent, bench });
  const rows: MeasuredRow[] = [];
  for (const [done, planned] of rounds.entries()) {
    const { size } = planned;
    progress.update(`mode ${MARKET_MODE}, ${size} × ${size}`, done, rounds.length);
    const some = firstOf(world, size);
    const inTurns = await measureInTurns(planned, { dealt, world, sent, bench });
    const { dealtBytes, exchangesPerBuyer, liveMiB } = await costOfMatching(some, rng, signal);
    const costs = { dealtBytes, exchangesPerBuyer, uploadBytes, liveMiB };
    rows.push(...rowsOf(some, inTurns, costs));
  }
  progress.update(`mode ${MARKET_MODE}`, rounds.length, rounds.length);
  return rows;
}

interface Prepared {
  readonly dealt: DealtRound;
  readonly world: BenchWorld;
  readonly sent: Sent;
  readonly bench: RoundBench;
}

/** What was measured on so many cores, round by round. */
interface OnCores {
  readonly cores: number;
  readonly measured: Measured[];
}

async function measureInTurns(
  { size, times }: PlannedRound,
  { dealt, world, sent, bench }: Prepared,
): Promise<readonly OnCores[]> {
  const lanes = bench.work.map((one): OnCores & typeof one => ({ ...one, measured: [] }));
  for (let turn = 0; turn < times; turn++) {
    for (const { cores, work, measured } of turn % 2 === 0 ? lanes : lanes.toReversed()) {
      const round = { ...dealt, cores, work, bench };
      measured.push(await runMarketRound(round, firstOf(world, size), sent));
    }
  }
  return lanes;
}

/** By whoever has most cores. */
function sendLargest(
  world: BenchWorld,
  { roundKey }: DealtRound,
  { work }: RoundBench,
): Promise<Sent> {
  const [most] = work.toSorted((a, b) => b.cores - a.cores);
  if (most === undefined) throw new RangeError("measureRounds: expected somebody to work");
  return sendAll(world, roundKey, most.work);
}

/** Of one request and one offer, on average: the others are as long. */
async function uploadBytesOf(
  { requests, offers }: Sent,
  { roundKey }: DealtRound,
  { rng }: RoundBench,
): Promise<number> {
  const samples = [...requests.slice(0, 1), ...offers.slice(0, 1)];
  const boxes = await Promise.all(samples.map(({ signed }) => sealUpload(roundKey, signed, rng)));
  return boxes.reduce((sum, box) => sum + hexToBytes(box).length, 0) / boxes.length;
}

function rowsOf(
  world: BenchWorld,
  inTurns: readonly OnCores[],
  costs: RoundCosts,
): readonly MeasuredRow[] {
  const rows = inTurns.map(({ cores, measured }) => rowOf(MARKET_MODE, world, cores, measured));
  const alone = rows.find(({ cores }) => cores === 1);
  return rows.map((row) => ({
    ...row,
    ...costs,
    ...(row.cores > 1 && alone !== undefined && { gain: alone.seconds / row.seconds }),
  }));
}

/* THE PAPER */

async function paperRow(
  privateKey: PrivateKey,
  { size, times }: PlannedRound,
  world: BenchWorld,
  bench: RoundBench,
): Promise<MeasuredRow> {
  const some = firstOf(world, size);
  const measured: Measured[] = [];
  for (let turn = 0; turn < times; turn++) {
    bench.progress.update(`paper, ${size} × ${size}`, turn, times);
    await breathe(bench.signal);
    measured.push(await measurePaper(privateKey, some, bench));
  }
  return rowOf("paper", some, 1, measured);
}

/* ROWS */

/** The median round, and memory at its highest. */
function rowOf(
  mode: string,
  { requests, offers }: BenchWorld,
  cores: number,
  measured: readonly Measured[],
): MeasuredRow {
  const seconds = median(measured.map((one) => one.seconds));
  const typical = measured.toSorted((a, b) => a.seconds - b.seconds)[measured.length >> 1];
  if (typical === undefined) throw new RangeError("rowOf: expected a round that was measured");
  const { pairs, bytes, secondsPerStage } = typical;
  return {
    mode,
    buyers: requests.length,
    sellers: offers.length,
    pairs,
    cores,
    seconds,
    samples: measured.length,
    pairsPerSecond: pairs / seconds,
    bytes,
    peakMiB: Math.max(...measured.map(({ peakMiB }) => peakMiB)),
    ...(secondsPerStage && { secondsPerStage }),
  };
}

function firstOf({ requests, offers }: BenchWorld, size: number): BenchWorld {
  return { requests: requests.slice(0, size), offers: offers.slice(0, size) };
}
