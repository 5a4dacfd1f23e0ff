/** Which block has drawn the order of buyers: anybody can look it up. */
import type { Market } from "../../offchain/chain/market.ts";
import { drawnOrder, OrderSeedError, type DrawnOrder } from "../../offchain/chain/orderSeed.ts";
import type { AuctionTerms } from "../../offchain/core/messages/market.ts";

export interface OrderFacts {
  /** "randao", or "blockHash" on a chain without; null before the order is drawn. */
  readonly orderSource: DrawnOrder["source"] | null;
  readonly orderBlock: number | null;
}

export async function orderFacts(market: Market, terms: AuctionTerms): Promise<OrderFacts> {
  try {
    const { source, blockNumber } = await drawnOrder(market, terms);
    return { orderSource: source, orderBlock: blockNumber };
  } catch (error) {
    if (error instanceof OrderSeedError) return { orderSource: null, orderBlock: null };
    throw error;
  }
}
