/**
 * Rulings in the state folder, a file a signature, so that arbiters who sign at once take nothing
 * from each other:
 *
 *   rulings/<session>/<amount>/<arbiter>.json   the arbiter's signature
 *   rulings/<session>.json                      signatures of an older version, by amount and arbiter
 */
import { z } from "zod";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import type { RulingStore } from "../../offchain/parties/arbiter/rulingStore.ts";
import { accountsIn, bigintDigits, handedIn, hex, type State } from "./state.ts";

export const rulingSchema = z.strictObject({ signature: hex });
const olderSchema = z.record(bigintDigits, z.record(hex, hex));

export function rulingsIn(state: State): RulingStore {
  return {
    addRuling: async ({ sessionId, amount }, arbiter, signature) => {
      await state.write(`${folderOf(sessionId, amount)}/${arbiter}.json`, { signature });
      const older = await state.readIfThere(`rulings/${sessionId}.json`, olderSchema);
      const kept = Object.entries(older?.[amount.toString()] ?? {});
      return new Map([...kept, ...(await signaturesIn(state, folderOf(sessionId, amount)))]);
    },
  };
}

async function signaturesIn(
  state: State,
  folder: string,
): Promise<readonly (readonly [Address, string])[]> {
  const arbiters = await accountsIn(state, folder);
  const given = await Promise.all(
    arbiters.map(async (arbiter) => {
      const ruling = await handedIn(state, `${folder}/${arbiter}.json`, rulingSchema);
      return ruling === undefined ? [] : [[arbiter, ruling.signature] as const];
    }),
  );
  return given.flat();
}

function folderOf(session: Bytes32, amount: bigint): string {
  return `rulings/${session}/${amount}`;
}
