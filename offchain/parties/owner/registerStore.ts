/**
 * What vehicle and pile keep of the registers that they signed about a session, each in a store of
 * its own.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import type { SignedBeginReading, SignedReading } from "../../core/messages/reading.ts";

/** What the vehicle hands to the pile before it delivers, where the meter signs for no session. */
export interface ConfirmationStore {
  /** Undefined if the vehicle has confirmed none. */
  readonly confirmationOf: (session: Bytes32) => Promise<SignedBeginReading | undefined>;
  /** Replaces the one before: a vehicle that has looked again hands out another. */
  readonly keepConfirmation: (confirmation: SignedBeginReading) => Promise<void>;
}

/** What both sign, and either sends once it has both signatures. */
export interface ReadingStore {
  /** Undefined if nobody has signed one yet. */
  readonly readingOf: (session: Bytes32) => Promise<SignedReading | undefined>;
  /** Replaces the one before. */
  readonly keepReading: (reading: SignedReading) => Promise<void>;
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
  const readings = new Map<Bytes32, SignedReading>();
  return {
    readingOf: (session) => Promise.resolve(readings.get(session)),
    keepReading: (reading) => {
      readings.set(reading.sessionId, reading);
      return Promise.resolve();
    },
  };
}
