/**
 * What vehicle and pile keep of the registers that they signed about a session, each in a store of
 * its own.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { SignedBeginReading, SignedReading } from "../../core/messages/reading.ts";

/** What the vehicle hands to the pile before it delivers, where the meter signs for no session. */
export interface ConfirmationStore {
  /** Undefined if the vehicle has confirmed none. */
  readonly confirmationOf: (session: Bytes32) => Promise<SignedBeginReading | undefined>;
  /** Replaces the one before: a vehicle that has looked again hands out another. */
  readonly keepConfirmation: (confirmation: SignedBeginReading) => Promise<void>;
}

/** What both sign, and either sends once both have signed the same. */
export interface ReadingStore {
  /** What each party has signed last about a session, by its account; empty if nobody has. */
  readonly readingsOf: (session: Bytes32) => Promise<ReadonlyMap<Address, SignedReading>>;
  /** Replaces what the same account has signed before, and nothing of the other party. */
  readonly keepReading: (account: Address, reading: SignedReading) => Promise<void>;
}

/** In memory, for a party that lives as long as its process. */
export function memoryConfirmations(): ConfirmationStore {
  const confirmations = new Map<Bytes32, SignedBeginReading>();
  return {
    confirmationOf: (session) => Promise.resolve(confirmations.get(session)),
    keepConfirmation: (confirmation) => {
      confirmations.set(confirmation.sessionId, confirmation);
      return Promise.resolve();
    },
  };
}

/** The same for readings. */
export function memoryReadings(): ReadingStore {
  const readings = new Map<Bytes32, ReadonlyMap<Address, SignedReading>>();
  const of = (session: Bytes32): ReadonlyMap<Address, SignedReading> =>
    readings.get(session) ?? new Map<Address, SignedReading>();
  return {
    readingsOf: (session) => Promise.resolve(of(session)),
    keepReading: (account, reading) => {
      const { sessionId } = reading;
      readings.set(sessionId, new Map([...of(sessionId), [account, reading]]));
      return Promise.resolve();
    },
  };
}
