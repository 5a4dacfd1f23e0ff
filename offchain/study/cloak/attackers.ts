/**
 * Attackers on requests. Each is given what anybody sees and guesses; where it has nothing to tell
 * guesses apart by, it guesses by chance. They know how requests are made in both ways.
 */
import { oneOf, type Draws } from "../../core/cloak/draws.ts";
import { cellOf, distanceM, type Cell, type Place } from "../../core/cloak/grid.ts";
import type { SeenRequest } from "./sessions.ts";

/** An entry of a request. */
export interface EntryGuess {
  readonly request: SeenRequest;
  readonly entry: number;
}

/**
 * Whose entry is an id's: the one that is in the same requests as the id. In the paper's mode an id
 * and its place are in exactly the same ones. Null for an id that is nowhere.
 */
export function coOccurring(
  requests: readonly SeenRequest[],
  id: string,
  draws: Draws,
): EntryGuess | null {
  const withId = requests.map(({ ids }) => ids.includes(id));
  const request = requests[withId.indexOf(true)];
  if (request === undefined) return null;
  const places = requests.map(({ entries }) => new Set(entries.map(keyOf)));
  const everyEntry = [...request.entries.keys()];
  const alike = everyEntry.filter((entry) => {
    const key = keyOf(request.entries[entry]);
    return places.every((inside, index) => inside.has(key) === withId[index]);
  });
  const entry = oneOf(alike.length > 0 ? alike : everyEntry, draws);
  return entry === undefined ? null : { request, entry };
}

function keyOf(place: Place | undefined): string {
  return `${place?.xM},${place?.yM}`;
}

/**
 * Who sent a request, of vehicles that each sent one: in all assignments of senders to requests
 * that are consistent, the most frequent. Consistent means that a sender is in its own request, and
 * that who is in mine has me in his, as neighbours have. Tries all: for at most 7 requests.
 */
export function likeliestSender(
  requests: readonly (readonly string[])[],
  request: number,
  draws: Draws,
): string | null {
  const counts = new Map<string, number>();
  for (const senders of consistentSenders(requests)) {
    const sender = senders[request];
    if (sender !== undefined) counts.set(sender, (counts.get(sender) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const likeliest = [...counts].flatMap(([id, count]) => (count === most ? [id] : []));
  return oneOf(likeliest, draws) ?? null;
}

/** All consistent assignments: a sender a request. */
export function consistentSenders(
  requests: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const extend = (senders: readonly string[]): void => {
    const next = requests[senders.length];
    if (next === undefined) {
      found.push(senders);
      return;
    }
    for (const sender of next) {
      if (senders.includes(sender)) continue;
      const mutual = senders.every((other, index) => {
        return next.includes(other) === (requests[index]?.includes(sender) ?? false);
      });
      if (mutual) extend([...senders, sender]);
    }
  };
  extend([]);
  return found;
}

/** The entry nearest to the middle of a request; one of several by chance. */
export function nearestToCentre({ entries, centre }: SeenRequest, draws: Draws): number | null {
  const fromCentreM = entries.map((entry) => distanceM(entry, centre));
  const leastM = Math.min(...fromCentreM);
  const nearest = fromCentreM.flatMap((m, entry) => (m === leastM ? [entry] : []));
  return oneOf(nearest, draws) ?? null;
}

/** One of the ids that are in all requests of a session. */
export function intersecting(requests: readonly SeenRequest[], draws: Draws): string | null {
  const [first, ...others] = requests;
  const everywhere = (first?.ids ?? []).filter((id) => others.every(({ ids }) => ids.includes(id)));
  return oneOf(everywhere, draws) ?? null;
}

/** The cell in which most entries are; one of several by chance. */
export function fullestCell({ entries }: SeenRequest, cellM: number, draws: Draws): Cell | null {
  const counts = new Map<string, { readonly cell: Cell; count: number }>();
  for (const entry of entries) {
    const cell = cellOf({ xM: Math.floor(entry.xM), yM: Math.floor(entry.yM) }, cellM);
    const key = `${cell.column},${cell.row}`;
    const found = counts.get(key) ?? { cell, count: 0 };
    found.count += 1;
    counts.set(key, found);
  }
  const most = Math.max(...[...counts.values()].map(({ count }) => count));
  const fullest = [...counts.values()].filter(({ count }) => count === most);
  return oneOf(fullest, draws)?.cell ?? null;
}

/** The entry at the place of an id in its list; null for an id that is not in the request. */
export function samePosition({ ids }: SeenRequest, id: string): number | null {
  const position = ids.indexOf(id);
  return position === -1 ? null : position;
}
