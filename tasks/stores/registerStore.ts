/**
 * Signed registers in the state folder: what vehicle and pile hand to each other.
 *
 *   confirmations/<session>.json          the begin reading that the vehicle signed
 *   readings/<session>/<account>.json     the reading that a party has signed last
 *   readings/<session>.json               of an older version: a reading and its signatures so far
 */
import { z } from "zod";
import type {
  ConfirmationStore,
  ReadingStore,
} from "../../offchain/parties/owner/registerStore.ts";
import { bytes32Form } from "../../offchain/core/messages/forms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import type { SignedReading } from "../../offchain/core/messages/reading.ts";
import { accountsIn, handedIn, hex, uint, type State } from "./state.ts";

export const confirmationSchema = z.strictObject({
  sessionId: bytes32Form,
  meterKeyId: bytes32Form,
  pagination: uint(64),
  registerMilliWh: uint(64),
  signature: hex,
});

const registersSchema = z.strictObject({
  sessionId: hex,
  beginWh: uint(64),
  endWh: uint(64),
  deadline: uint(40),
});
export const readingSchema = registersSchema.extend({ signature: hex });
const olderSchema = registersSchema.extend({ signatures: z.record(hex, hex) });

/** Begin readings that vehicles have confirmed. */
export function confirmationsIn(state: State): ConfirmationStore {
  return {
    confirmationOf: (session) => handedIn(state, confirmationPath(session), confirmationSchema),
    keepConfirmation: (confirmation) =>
      state.write(confirmationPath(confirmation.sessionId), confirmation),
  };
}

/** Readings with the signatures of the parties. */
export function readingsIn(state: State): ReadingStore {
  return {
    readingsOf: async (session) => {
      const folder = readingsFolder(session);
      const accounts = await accountsIn(state, folder);
      const readings = accounts.map(async (account) => {
        const reading = await handedIn(state, `${folder}/${account}.json`, readingSchema);
        return reading === undefined ? [] : [[account, reading] as const];
      });
      const given = (await Promise.all(readings)).flat();
      return new Map([...(await olderReadings(state, session)), ...given]);
    },
    keepReading: (account, reading) =>
      state.write(`${readingsFolder(reading.sessionId)}/${account}.json`, reading),
  };
}

async function olderReadings(
  state: State,
  session: Bytes32,
): Promise<readonly (readonly [Address, SignedReading])[]> {
  const older = await state.readIfThere(`${readingsFolder(session)}.json`, olderSchema);
  if (older === undefined) return [];
  const { signatures, ...reading } = older;
  return Object.entries(signatures).map(([account, signature]) => [
    account,
    { ...reading, signature },
  ]);
}

function confirmationPath(session: Bytes32): string {
  return `confirmations/${session}.json`;
}

function readingsFolder(session: Bytes32): string {
  return `readings/${session}`;
}
