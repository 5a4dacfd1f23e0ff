/** What whoever opens an auction is told of a slot in which it costs nothing to stay away. */
import { read, type Market } from "../../offchain/chain/market.ts";

/**
 * Null for a slot in which a pile that stays away loses its bond, and a vehicle owes its fee
 * whenever its pile authorises.
 */
export async function shortSlotNotice(market: Market, slotSeconds: bigint): Promise<string | null> {
  const { authorise, plugIn } = await read(market, market.contracts.sessions.windows());
  if (slotSeconds > authorise + plugIn) return null;
  const slot = `the slot is ${slotSeconds} s long`;
  const full = `make it longer than ${authorise + plugIn} s, what piles and vehicles may take`;
  if (slotSeconds <= authorise) return `${slot}: nobody will owe anything in it; ${full}`;
  if (slotSeconds <= plugIn) return `${slot}: no no-show fee will be owed in it; ${full}`;
  const later = `piles that authorise later than ${slotSeconds - plugIn} s into it`;
  return `${slot}: no no-show fee will be owed to ${later}; ${full}`;
}
