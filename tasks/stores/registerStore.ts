/** Signed registers in the state folder: what vehicle and pile hand to each other. */
import type {
  ConfirmationStore,
  ReadingStore,
} from "../../offchain/parties/owner/registerStore.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { confirmationSchema, readingSchema, type State } from "./state.ts";

/** Begin readings that vehicles have confirmed. */
export function confirmationsIn(state: State): ConfirmationStore {
  return {
    confirmationOf: (session) => state.readIfThere(confirmationPath(session), confirmationSchema),
    keepConfirmation: (confirmation) =>
      state.write(confirmationPath(confirmation.sessionId), confirmation),
  };
}

/** Readings with the signatures that they have so far. */
export function readingsIn(state: State): ReadingStore {
  return {
    readingOf: (session) => state.readIfThere(readingPath(session), readingSchema),
    keepReading: (reading) => state.write(readingPath(reading.sessionId), reading),
  };
}

function confirmationPath(session: Bytes32): string {
  return `confirmations/${session}.json`;
}

function readingPath(session: Bytes32): string {
  return `readings/${session}.json`;
}
