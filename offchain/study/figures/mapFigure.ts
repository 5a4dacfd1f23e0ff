/**
 * The map of a day: where the piles stand, where the vehicles were when they asked, and a line for
 * every matched pair. The ground is drawn to one scale in both directions and cropped to what
 * happened on it. Marks that would cover each other stand side by side. Names show when a pointer
 * rests on a mark, never on the map itself, where they would cover each other.
 */
import { counted } from "../worlds/counted.ts";
import type { MarketReport } from "../reports/report.ts";
import type { SimulationTruth } from "../reports/truth.ts";
import type { World } from "../worlds/world.ts";
import { groundMarks, panelAround } from "./mapGround.ts";
import { keyMarks } from "./mapKey.ts";
import { pairMarks, pilePoints, pointMarks, requestPoints, type Point } from "./mapMarks.ts";
import { movedApart } from "./movedApart.ts";
import { partialNotes } from "./partialNote.ts";
import { plotSvg } from "./plotSvg.ts";

const LEFT_PX = 60;
const TOP_PX = 8;
const BOTTOM_PX = 48;
const KEY_PX = 242;
const KEY_GAP_PX = 22;
/** Between the centres of two marks of full size. */
const LEAST_GAP_PX = 11;

/**
 * The map as the text of an SVG file, 750 to 1200 pixels wide. Every pile and every trip of the
 * world and every trade of the truth is one mark, in a group whose class tells its kind:
 * `pile-slow-used` (or fast, rapid; idle), `request-settled` (or unsettled, unmatched),
 * `pair-settled` (or unsettled). Run by whoever simulates, on a world of his own: in a market that
 * runs nobody knows what this map shows.
 */
export function mapFigure(
  report: MarketReport,
  { trades }: Pick<SimulationTruth, "trades">,
  world: World,
): string {
  const atPlace = [...pilePoints(world.piles, trades), ...requestPoints(world.trips, trades)];
  const panel = panelAround(atPlace, world);
  const size = markSize(atPlace.length);
  const points = besideEachOther(atPlace, (LEAST_GAP_PX * size) / panel.pxPerM);
  const keyPx = LEFT_PX + panel.widthPx + KEY_GAP_PX;
  return plotSvg({
    title: report.title,
    subtitle: subtitleOf(report),
    footnote: report.attribution,
    description: "Map of charging piles, of requests to charge and of the pairs that were matched.",
    plot: {
      width: LEFT_PX + panel.widthPx + KEY_PX,
      height: TOP_PX + panel.heightPx + BOTTOM_PX,
      marginLeft: LEFT_PX,
      marginRight: KEY_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX,
      x: { type: "linear", domain: panel.eastM },
      y: { type: "linear", domain: panel.northM },
      marks: [
        ...groundMarks(panel),
        ...pairMarks(trades, points),
        ...pointMarks(points, size),
        ...keyMarks(panel, points, keyPx, TOP_PX + 10),
      ],
    },
  });
}

function subtitleOf(report: MarketReport): string {
  const { date, requests, matched, settled } = report;
  const counts = [counted(requests, "request"), `${matched} matched`, `${settled} settled`];
  return [...partialNotes(report), date, ...counts].join(" · ");
}

// Full size up to 100 marks; where there are more, they are smaller and cover less of each other.
function markSize(count: number): number {
  return Math.min(1, Math.max(0.6, 10 / Math.sqrt(count)));
}

function besideEachOther(points: readonly Point[], leastM: number): readonly Point[] {
  const places = movedApart(points, leastM);
  return points.map((point, index) => ({ ...point, ...places[index] }));
}
