/**
 * What it costs to know a pile: walking its linked evaluations against searching the logs, on
 * chains of growing length. The pile that is asked for always has twenty evaluations, spread evenly
 * over all there are; everything else is about other piles. Between two evaluations pass as many
 * blocks as a trade has transactions, as on a chain that is not crowded.
 */
import { walkHistory, type Found, type Rated, type Subject } from "../../chain/history.ts";
import { rate, type Stage } from "../rating/ratingStage.ts";
import { decimal, textTable } from "../figures/textTable.ts";
import { scanHistory } from "./scannedHistory.ts";

/** Evaluations of the pile that is asked for. */
export const ASKED_EVALUATIONS = 20;
/** What public nodes commonly answer at a time. */
export const BLOCKS_PER_QUERY = 1_000;
/**
 * What a trade puts on chain for one evaluation: request, bid, decisions, start, authorise, plug
 * in, settle, rate, and the release of two losers.
 */
export const BLOCKS_PER_EVALUATION = 10;
const OTHER_PILES = 50;

export interface Cost {
  /** Questions to the node, one after the other. */
  readonly reads: number;
  /** Median over the repetitions. */
  readonly milliseconds: number;
}

export interface HistoryCost {
  /** On the whole chain. */
  readonly evaluations: number;
  readonly walk: Cost;
  readonly scan: Cost;
}

interface Setting {
  readonly stage: Stage;
  /** Ascending; each a multiple of `ASKED_EVALUATIONS`. */
  readonly lengths: readonly number[];
  readonly repetitions: number;
  readonly nowMs: () => number;
}

/**
 * Gives evaluations until the chain has each of `lengths`, and measures there.
 * @throws Error if the two ways find different histories
 */
export async function measureHistories(setting: Setting): Promise<readonly HistoryCost[]> {
  const { stage, lengths } = setting;
  const costs: HistoryCost[] = [];
  const longest = lengths.at(-1) ?? 0;
  for (let serial = 0; serial < longest; serial += 1) {
    await stage.passBlocks(BLOCKS_PER_EVALUATION - 1);
    await rate(stage, { pile: pileRatedAt(serial, lengths), serial, score: 1 + (serial % 3) });
    const place = lengths.indexOf(serial + 1);
    if (place >= 0) costs.push(await measureOne(setting, place, serial + 1));
  }
  return costs;
}

/** Pile 1 + k is the one that is asked for at `lengths[k]`; the rest is spread over the others. */
function pileRatedAt(serial: number, lengths: readonly number[]): number {
  const asked = lengths.findIndex(
    (length, k) => serial < length && serial % (length / ASKED_EVALUATIONS) === k,
  );
  return asked >= 0 ? 1 + asked : 1 + lengths.length + (serial % OTHER_PILES);
}

async function measureOne(
  { stage, repetitions, nowMs }: Setting,
  place: number,
  evaluations: number,
): Promise<HistoryCost> {
  const { reputation } = stage;
  const subject: Subject = { kind: "pile", account: await stage.stage.pileAt(1 + place) };
  const toBlock = await stage.provider.getBlockNumber();
  const range = { fromBlock: 0, toBlock, blocksPerQuery: BLOCKS_PER_QUERY };
  const walked = await timed(repetitions, nowMs, () => walkHistory(reputation, subject));
  const scanned = await timed(repetitions, nowMs, () => scanHistory(reputation, subject, range));
  requireSame(walked.found, scanned.found);
  return { evaluations, walk: walked.cost, scan: scanned.cost };
}

async function timed<T extends Rated>(
  repetitions: number,
  nowMs: () => number,
  find: () => Promise<Found<T>>,
): Promise<{ readonly found: Found<T>; readonly cost: Cost }> {
  let found = await find();
  const times: number[] = [];
  for (let k = 0; k < repetitions; k += 1) {
    const begin = nowMs();
    found = await find();
    times.push(nowMs() - begin);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  return { found, cost: { reads: found.reads, milliseconds: median } };
}

function requireSame(walked: Found<Rated>, scanned: Found<Rated>): void {
  const ids = ({ evaluations }: Found<Rated>): string => evaluations.map(({ id }) => id).join();
  if (walked.evaluations.length === ASKED_EVALUATIONS && ids(walked) === ids(scanned)) return;
  throw new Error(`measureHistories: expected ${ids(walked)} in the logs too, got ${ids(scanned)}`);
}

/** The measurements as a table for a terminal. */
export function historyCostText(costs: readonly HistoryCost[]): string {
  return textTable(
    `History of a pile with ${ASKED_EVALUATIONS} evaluations`,
    [
      { head: "Evaluations on chain" },
      { head: "Walk, reads" },
      { head: "ms" },
      { head: "Logs, reads" },
      { head: "ms" },
    ],
    costs.map(({ evaluations, walk, scan }) => [
      decimal(evaluations, 0),
      decimal(walk.reads, 0),
      decimal(walk.milliseconds, 1),
      decimal(scan.reads, 0),
      decimal(scan.milliseconds, 1),
    ]),
    `logs: by topic, ${BLOCKS_PER_QUERY} blocks a query; ${BLOCKS_PER_EVALUATION} blocks an evaluation; the node is in this process`,
  );
}
