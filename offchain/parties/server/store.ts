/**
 * What each server keeps of the attempts that it has taken part in: what was dealt for one is never
 * used in another, what was said of an upload is said of it for ever, and who has won a wave wins
 * it in every attempt.
 */
import type { Attempt } from "../../core/messages/attempt.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Said } from "../../core/messages/participants.ts";

/** For each buyer of a wave, in order, the commitment of the offer that wins it; null for none. */
export type Winners = readonly (Bytes32 | null)[];

export interface ServerStore {
  /** The lowest attempt at a round that this server has not taken part in, from 1. */
  readonly nextAttempt: (auctionId: Bytes32, round: bigint) => Promise<number>;
  /** Atomic: true for one caller, and false ever after, a restart of the server included. */
  readonly takeAttempt: (attempt: Attempt) => Promise<boolean>;
  /** What was said of each upload of an auction, by the commitment on chain that names it. */
  readonly saidIn: (auctionId: Bytes32) => Promise<ReadonlyMap<Bytes32, Said>>;
  /**
   * Adds to it and returns all of it; of an upload that is known nothing is changed. Of two that
   * add at once, the second gets what the first has added.
   */
  readonly keepSaid: (
    auctionId: Bytes32,
    said: ReadonlyMap<Bytes32, Said>,
  ) => Promise<ReadonlyMap<Bytes32, Said>>;
  /**
   * Keeps who has won a wave of the round of an attempt, unless that is kept already. Returns what
   * is kept: of two that keep at once, one is first.
   */
  readonly keepWinners: (attempt: Attempt, wave: number, winners: Winners) => Promise<Winners>;
}

/** This attempt was played, or begun, before. */
export class AttemptTakenError extends Error {
  override readonly name = "AttemptTakenError";
  readonly code = "E_ATTEMPT_TAKEN";

  constructor({ auctionId, round, attempt }: Attempt) {
    const where = `round ${round} of auction ${auctionId}`;
    const remedy = "a new attempt has to be dealt anew";
    super(`attempt: expected one that is new in ${where}, got attempt ${attempt} again; ${remedy}`);
  }
}

/** For as long as the process lives. */
export function memoryServerStore(): ServerStore {
  const taken = new Map<string, Set<number>>();
  const saidOf = new Map<Bytes32, ReadonlyMap<Bytes32, Said>>();
  const won = new Map<string, Winners>();
  const of = (auctionId: Bytes32, round: bigint): Set<number> => {
    const name = `${auctionId}/${round}`;
    const attempts = taken.get(name) ?? new Set();
    taken.set(name, attempts);
    return attempts;
  };
  return {
    nextAttempt: (auctionId, round) => Promise.resolve(Math.max(0, ...of(auctionId, round)) + 1),
    takeAttempt: ({ auctionId, round, attempt }) => {
      const attempts = of(auctionId, BigInt(round));
      if (attempts.has(attempt)) return Promise.resolve(false);
      attempts.add(attempt);
      return Promise.resolve(true);
    },
    saidIn: (auctionId) => Promise.resolve(saidOf.get(auctionId) ?? new Map()),
    keepSaid: (auctionId, said) => {
      const all = new Map([...said, ...(saidOf.get(auctionId) ?? [])]);
      saidOf.set(auctionId, all);
      return Promise.resolve(all);
    },
    keepWinners: ({ auctionId, round }, wave, winners) => {
      const name = `${auctionId}/${round}/${wave}`;
      const first = won.get(name) ?? winners;
      won.set(name, first);
      return Promise.resolve(first);
    },
  };
}
