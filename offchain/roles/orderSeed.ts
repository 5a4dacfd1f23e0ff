/** The seed that orders buyers: randomness of the chain that nobody knew while bids could still be made. */
import type { AuctionTerms, Bytes32 } from "../messages/market.ts";
import type { Market } from "./chain.ts";

/**
 * RANDAO of the first block at or after the end of bidding; that block's hash on chains without it. Anyone can look it up.
 * @throws Error if no such block was mined yet
 */
export async function orderSeed(
  { provider }: Market,
  { biddingEnds }: Pick<AuctionTerms, "biddingEnds">,
): Promise<Bytes32> {
  const at = async (number: number): Promise<{ timestamp: number; seed: Bytes32 | null }> => {
    const block = await provider.getBlock(number);
    const seed = meaningful(block?.prevRandao) ?? block?.hash ?? null;
    return { timestamp: block?.timestamp ?? 0, seed };
  };
  let low = 0;
  let high = await provider.getBlockNumber();
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (BigInt((await at(middle)).timestamp) >= biddingEnds) high = middle;
    else low = middle + 1;
  }
  const { timestamp, seed } = await at(low);
  if (seed === null || BigInt(timestamp) < biddingEnds) {
    throw new OrderSeedError(
      `orderSeed: expected a block at or after ${biddingEnds}, got ${timestamp}`,
    );
  }
  return seed;
}

/** The chain has not moved on since bidding ended. */
export class OrderSeedError extends Error {
  override readonly name = "OrderSeedError";
  readonly code = "E_ORDER_SEED";
}

function meaningful(seed: string | null | undefined): Bytes32 | null {
  return seed === null || seed === undefined || /^0x0*1?$/.test(seed) ? null : seed;
}
