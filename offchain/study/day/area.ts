/**
 * The ground of a day's auctions: all cells of its frame, and the farthest that any of its trips
 * would go.
 */
import type { Area } from "../../core/messages/area.ts";
import type { DayContext } from "./context.ts";

/** Run by the matcher, before it opens an auction; the same all day. */
export function areaOf({ world, settings }: Pick<DayContext, "world" | "settings">): Area {
  const { cellM } = settings.cloakRule;
  const cells = (lengthM: number): number => Math.floor(lengthM / cellM) + 1;
  return {
    cellM,
    west: 0,
    south: 0,
    columns: cells(world.widthM),
    rows: cells(world.heightM),
    reachM: world.trips.reduce((most, { maxDistanceM }) => Math.max(most, maxDistanceM), 0),
  };
}
