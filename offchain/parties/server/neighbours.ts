/**
 * Who is compared with whom in a round: the proxy knows the cells of every upload, and tells the
 * cloud for each request the offers around it, by their numbers in the round. No pair in reach is
 * lost as long as both are in one of the cells that they name; who is not harms itself alone.
 */
import { pairsInReach } from "../../core/cloak/neighbours.ts";
import { everyPair } from "../../core/matching/candidates.ts";
import type { Candidates } from "../../core/matching/matching.ts";
import type { Area, Cell } from "../../core/messages/area.ts";
import type { HashedUpload } from "../../core/messages/uploadHeader.ts";

/** What is looked at of an upload. */
interface Located {
  readonly upload: Pick<HashedUpload, "cells">;
}

/**
 * For each request the numbers of the offers that it is compared with, ascending. One search serves
 * all requests with the same cells, as those of one bucket have, and they share one list. Who names
 * no cells is compared with everybody.
 * @throws CloakError for cells that no place of the frame is in: admission has refused them before
 */
export function candidatesOf(
  { cellM, reachM }: Area,
  requests: readonly Located[],
  offers: readonly Located[],
): Candidates {
  const keys = requests.map(({ upload }) => nameOf(upload.cells));
  const searched = new Map(requests.map(({ upload }, k) => [keys[k] ?? "", upload.cells]));
  searched.delete("");
  const buckets = [...searched.values()].map((cells) => ({ cells, reachM }));
  const standing = offers.map(({ upload }) => ({ cells: upload.cells }));
  const { pilesOf } = pairsInReach(buckets, standing, cellM);
  const anywhere = offers.flatMap(({ upload }, k) => (upload.cells.length === 0 ? [k] : []));
  const lists = [...searched.keys()].map(
    (key, k) => [key, merged(pilesOf[k] ?? [], anywhere)] as const,
  );
  const [everybody = []] = everyPair(1, offers.length);
  const listOf = new Map([["", everybody], ...lists]);
  return keys.map((key) => listOf.get(key) ?? everybody);
}

/** The same text for the same cells; empty for none. */
function nameOf(cells: readonly Cell[]): string {
  return cells.map(({ column, row }) => `${column}:${row}`).join();
}

/** Two ascending lists without a common number as one. */
function merged(some: readonly number[], others: readonly number[]): readonly number[] {
  if (others.length === 0) return some;
  return [...some, ...others].sort((a, b) => a - b);
}
