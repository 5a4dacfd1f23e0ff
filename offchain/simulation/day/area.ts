/** The ground of a day's auctions: the whole frame, and the farthest that any of its trips would go. */
import { LEAST_CELL_M, wholeFrame, type Area } from "../../messages/area.ts";
import type { World } from "../world.ts";

/** Run by the matcher, before it opens an auction; the same all day. */
export function areaOf({ trips }: Pick<World, "trips">): Area {
  const reachM = trips.reduce((most, { maxDistanceM }) => Math.max(most, maxDistanceM), 0);
  return wholeFrame(LEAST_CELL_M, reachM);
}
