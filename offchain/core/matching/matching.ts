/**
 * What a way of matching is: two sides that each hold one summand of every field of every record,
 * and agree on who wins. The sum of the two summands is the field, over the integers; either alone
 * is random.
 */

/**
 * One side's summands of every record, fields in the order of the layouts of
 * `core/messages/packedRecord.ts`.
 */
export interface RecordSummands {
  /** In the order in which buyers come. */
  readonly requests: readonly (readonly bigint[])[];
  /** In the order in which equal sellers win. */
  readonly offers: readonly (readonly bigint[])[];
}

/**
 * For each request the offers that it is compared with, ascending: others are not in reach. Both
 * sides have the same; it says nothing about any record but that.
 */
export type Candidates = readonly (readonly number[])[];

export interface Matching {
  /** For each request, in order: the index of the offer that wins it; null if none does. */
  readonly winners: readonly (number | null)[];
  /** Pairs of a request and an offer that was one of its candidates and had not left. */
  readonly comparedPairs: number;
}

/** Called before each buyer; may wait, may throw. */
export type OnBuyer = (index: number) => Promise<void>;

/** Runs one side of a matching to its end. Both sides come to the same winners. */
export type MatchingSide = (
  summands: RecordSummands,
  candidates: Candidates,
  onBuyer: OnBuyer,
) => Promise<Matching>;
