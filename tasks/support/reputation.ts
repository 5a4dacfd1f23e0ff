/** What is printed of somebody's reputation. */
import { reputationOf } from "../../offchain/market/reputation.ts";
import type { Connected } from "./connection.ts";
import type { Facts } from "./print.ts";

export async function reputationFacts({ market }: Connected, account: string): Promise<Facts> {
  const { rating, ...known } = await reputationOf(market, account);
  return { ...known, rating: Number(rating.toFixed(6)) };
}
