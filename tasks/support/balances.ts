/** What an account has in the escrow and outside, to be printed. */
import type { Market } from "../../offchain/chain/market.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import type { Facts } from "./print.ts";

export async function balanceFacts({ contracts }: Market, account: Address): Promise<Facts> {
  const { free, locked } = await contracts.escrow.balanceOf(account);
  const tokenUnits = await contracts.token.balanceOf(account);
  return { freeUnits: free, lockedUnits: locked, tokenUnits };
}
