/**
 * Who is compared with whom, as both servers go through it: buyer by buyer, the candidates that
 * nobody has won yet. In a round of many a matching has a few buyers and the sellers around them;
 * both servers number these alike. What is dealt and what passes between them then grows with the
 * pairs that are compared.
 */
import type { Candidates } from "./matching.ts";

/** The lists are not those of a matching of these records. */
export class CandidatesError extends Error {
  override readonly name = "CandidatesError";
  readonly code = "E_CANDIDATES";
}

/** Everybody with everybody. */
export function everyPair(requests: number, offers: number): Candidates {
  const all = Array.from({ length: offers }, (_, offer) => offer);
  return Array.from({ length: requests }, () => all);
}

/** How many records there are on either side: lists of them will do. */
export interface Counted {
  readonly requests: { readonly length: number };
  readonly offers: { readonly length: number };
}

/**
 * Checks lists that another server has sent.
 * @throws CandidatesError unless there is one for each request, ascending, of offers that there are
 */
export function checkCandidates({ requests, offers }: Counted, candidates: Candidates): void {
  demand(candidates.length === requests.length, `${requests.length} lists`, candidates.length);
  // Members of a bucket share one list.
  for (const list of new Set(candidates)) {
    let last = -1;
    for (const offer of list) {
      demand(Number.isInteger(offer) && offer > last, "whole numbers that ascend", offer);
      last = offer;
    }
    demand(last < offers.length, `numbers below ${offers.length}`, last);
  }
}

/** Places in a list of candidates whose offers have not left. */
export function placesLeft(list: readonly number[], gone: ReadonlySet<number>): readonly number[] {
  const places: number[] = [];
  for (let place = 0; place < list.length; place += 1) {
    if (!gone.has(list[place] ?? -1)) places.push(place);
  }
  return places;
}

/** A part of a round that is matched by itself. */
export interface Wave {
  /** The offers that take part, ascending: the k-th of them is number k in the wave. */
  readonly offers: readonly number[];
  /** In the numbers of the wave. */
  readonly candidates: Candidates;
}

/** The wave of some requests: the offers that are candidates of one of them and have not left. */
export function waveOf(lists: Candidates, gone: ReadonlySet<number>): Wave {
  const there = new Set<number>();
  for (const list of new Set(lists)) {
    for (const offer of list) if (!gone.has(offer)) there.add(offer);
  }
  const offers = [...there].sort((a, b) => a - b);
  const numbers = new Map(offers.map((offer, number) => [offer, number]));
  const candidates = lists.map((list) =>
    list.flatMap((offer) => {
      const number = numbers.get(offer);
      return number === undefined ? [] : [number];
    }),
  );
  return { offers, candidates };
}

function demand(holds: boolean, expected: string, got: number): void {
  if (holds) return;
  throw new CandidatesError(`candidates: expected ${expected}, got ${got}`);
}
