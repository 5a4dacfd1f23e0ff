/**
 * The tables of a run as CSV files (RFC 4180 with line feeds), one row a line under a header whose
 * names carry the units. Names and values that came out of input files may begin like a formula,
 * which a spreadsheet would run; such a cell gets an apostrophe in front. Numbers are left alone.
 */
import { stringify } from "csv-stringify/sync";

import type { GasRow } from "../../chain/gasLedger.ts";
import type { PriceStory } from "./priceFigure.ts";
import type { MarketReport, Trade } from "../reports/report.ts";
import type { RatingStudy } from "../rating/ratingStudy.ts";
import type { RequestWithoutPile, SimulationTruth, TrueTrade } from "../reports/truth.ts";
import type { UnusableRow, World } from "../worlds/world.ts";

type Column<Row> = readonly [header: string, cell: (row: Row) => string | number | null];

const TRADE_COLUMNS: readonly Column<Trade>[] = [
  ["vehicle", (trade) => trade.vehicle],
  ["pile", (trade) => trade.pile],
  ["session", (trade) => trade.session],
  ["slot", (trade) => trade.slot],
  ["price_token_units_per_kwh", (trade) => trade.pricePerKwh],
  ["power_w", (trade) => trade.powerW],
  ["outcome", (trade) => trade.outcome],
  ["energy_wh", (trade) => trade.energyWh],
  ["paid_token_units", (trade) => trade.paidUnits],
  ["pile_rating", (trade) => trade.rating],
];

const TRUE_TRADE_COLUMNS: readonly Column<TrueTrade>[] = [
  ["trip", (trade) => trade.trip],
  ["vehicle", (trade) => trade.vehicle],
  ["pile", (trade) => trade.pile],
  ["vehicle_account", (trade) => trade.vehicleAccount],
  ["pile_account", (trade) => trade.pileAccount],
  ["session", (trade) => trade.session],
  ["slot", (trade) => trade.slot],
  ["distance_m", (trade) => trade.distanceM],
  ["price_token_units_per_kwh", (trade) => trade.pricePerKwh],
  ["power_w", (trade) => trade.powerW],
  ["outcome", (trade) => trade.outcome],
  ["energy_wh", (trade) => trade.energyWh],
  ["paid_token_units", (trade) => trade.paidUnits],
  ["pile_rating", (trade) => trade.rating],
  ["vehicle_x_m", (trade) => trade.vehiclePosition.xM],
  ["vehicle_y_m", (trade) => trade.vehiclePosition.yM],
  ["pile_x_m", (trade) => trade.pilePosition.xM],
  ["pile_y_m", (trade) => trade.pilePosition.yM],
];

const WITHOUT_PILE_COLUMNS: readonly Column<RequestWithoutPile>[] = [
  ["trip", (refusal) => refusal.trip],
  ["vehicle", (refusal) => refusal.vehicle],
  ["slot", (refusal) => refusal.slot],
  ["reason", (refusal) => refusal.reason],
];

const UNUSABLE_COLUMNS: readonly Column<UnusableRow>[] = [
  ["file", (row) => row.file],
  ["line", (row) => row.line],
  ["reason", (row) => row.reason],
  ["value", (row) => row.value],
];

const GAS_COLUMNS: readonly Column<GasRow>[] = [
  ["contract", (row) => row.contract],
  ["function", (row) => row.function],
  ["calls", (row) => row.calls],
  ["min_gas", (row) => row.min],
  ["avg_gas", (row) => row.avg],
  ["max_gas", (row) => row.max],
];

/** One evaluation of a study of ratings. */
interface StudyRow {
  readonly scoring: string;
  readonly pile: string;
  readonly evaluation: number;
  readonly score: number;
  readonly ratingOnChain: number;
  readonly mean: number;
  readonly sd: number;
}

const STUDY_COLUMNS: readonly Column<StudyRow>[] = [
  ["scores", (row) => row.scoring],
  ["pile", (row) => row.pile],
  ["evaluation", (row) => row.evaluation],
  ["score", (row) => row.score],
  ["rating_on_chain", (row) => row.ratingOnChain],
  ["reference_mean", (row) => row.mean],
  ["reference_standard_deviation", (row) => row.sd],
];

/**
 * The matched pairs as the chain tells them, parties by account. A token unit is 1e-6 token, slots
 * are counted from midnight, `pile_rating` is 1 to 3 and empty where none was given.
 */
export function tradesCsv(report: MarketReport): string {
  return csv(TRADE_COLUMNS, report.trades);
}

/**
 * The matched pairs with who and where they were: units as in `tradesCsv`, positions are metres
 * east (x) and north (y) of the corner of the world's frame. Not to be published.
 */
export function trueTradesCsv(truth: SimulationTruth): string {
  return csv(TRUE_TRADE_COLUMNS, truth.trades);
}

/** The requests that found no pile, and why. Not to be published. */
export function withoutPileCsv(truth: SimulationTruth): string {
  return csv(WITHOUT_PILE_COLUMNS, truth.withoutPile);
}

/**
 * The rows of the input files that gave nothing to the world; the header of a file is line 1. What
 * stood in them is somebody's: not to be published.
 */
export function unusableRowsCsv(world: World): string {
  return csv(UNUSABLE_COLUMNS, world.unusableRows);
}

interface PriceRow {
  readonly auction: "open" | "sealed";
  readonly step: number;
  readonly pile: string;
  readonly pricePerKwh: bigint;
  readonly effectivePrice: bigint;
}

const PRICE_COLUMNS: readonly Column<PriceRow>[] = [
  ["auction", (row) => row.auction],
  ["step", (row) => row.step],
  ["pile", (row) => row.pile],
  ["price_token_units_per_kwh", (row) => row.pricePerKwh.toString()],
  ["effective_price_token_units_per_kwh", (row) => row.effectivePrice.toString()],
];

/**
 * Every bid of both auctions. `step` is the number of the bid (open; 0: where a pile begins) or of
 * the round (sealed).
 */
export function pricesCsv({ bidders, open, sealed }: PriceStory): string {
  const rows = (
    [
      ["open", open],
      ["sealed", sealed],
    ] as const
  ).flatMap(([auction, { path }]) =>
    path.points.map((point) => ({ ...point, auction, pile: bidders[point.bidder]?.name ?? "" })),
  );
  return csv(PRICE_COLUMNS, rows);
}

/** Gas by contract and function, in the order given. */
export function gasCsv(rows: readonly GasRow[]): string {
  return csv(GAS_COLUMNS, rows);
}

/**
 * Every evaluation of a study of ratings: the score, the rating after it on chain, and the
 * reference over all runs.
 */
export function ratingStudyCsv({ lines }: RatingStudy): string {
  const rows = lines.flatMap(({ pile, scoring, scores, onChain, spread }) =>
    scores.map((score, place) => ({
      scoring,
      pile,
      evaluation: place + 1,
      score,
      ratingOnChain: onChain[place] ?? NaN,
      mean: spread.mean[place] ?? NaN,
      sd: spread.sd[place] ?? NaN,
    })),
  );
  return csv(STUDY_COLUMNS, rows);
}

function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const header = columns.map(([name]) => name);
  const cells = rows.map((row) => columns.map(([, cell]) => cell(row)));
  return stringify([header, ...cells], { escape_formulas: true });
}
