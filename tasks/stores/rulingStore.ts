/** Rulings in the state folder: amounts that arbiters signed, and by whom. */
import type { RulingStore } from "../../offchain/parties/arbiter/rulingStore.ts";
import { rulingsSchema, type State } from "./state.ts";

export function rulingsIn(state: State): RulingStore {
  return {
    addRuling: async ({ sessionId, amount }, arbiter, signature) => {
      const path = `rulings/${sessionId}.json`;
      const known = (await state.readIfThere(path, rulingsSchema)) ?? {};
      const signed = { ...known[amount.toString()], [arbiter]: signature };
      await state.write(path, { ...known, [amount.toString()]: signed });
      return new Map(Object.entries(signed));
    },
  };
}
