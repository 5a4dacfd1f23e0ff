/**
 * The seed that orders buyers: randomness of the chain that nobody knew while requests could still
 * be made. All rounds of an auction have the order of the first: under another one, who is told
 * that it leads could lose without a new bid.
 */
import { z } from "zod";
import { bytes32Form } from "../core/messages/forms.ts";
import type { AuctionTerms, Bytes32 } from "../core/messages/market.ts";
import type { Market } from "./market.ts";

/** The chain has not moved on since bidding ended. */
export class OrderSeedError extends Error {
  override readonly name = "OrderSeedError";
  readonly code = "E_ORDER_SEED";
}

/** `mixHash` holds RANDAO; libraries drop it, so blocks are read by hand. */
const blockForm = z.object({
  timestamp: z.string().transform(BigInt),
  mixHash: bytes32Form,
  hash: bytes32Form,
});

/**
 * RANDAO of the first block at or after the end of round 1; that block's hash on chains without it.
 * Anyone can look it up.
 * @throws OrderSeedError if no such block was mined yet
 */
export async function orderSeed(
  { provider }: Pick<Market, "provider">,
  { biddingEnds }: Pick<AuctionTerms, "biddingEnds">,
): Promise<Bytes32> {
  const at = async (number: number): Promise<z.infer<typeof blockForm>> =>
    blockForm.parse(
      await provider.send("eth_getBlockByNumber", [`0x${number.toString(16)}`, false]),
    );
  let low = 0;
  let high = await provider.getBlockNumber();
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await at(middle)).timestamp >= biddingEnds) high = middle;
    else low = middle + 1;
  }
  const { timestamp, mixHash, hash } = await at(low);
  if (timestamp < biddingEnds) {
    const message = `orderSeed: expected a block at or after ${biddingEnds}, got ${timestamp}`;
    throw new OrderSeedError(message);
  }
  return isRandom(mixHash) ? mixHash : hash;
}

/** Chains without RANDAO put 0 or a small constant there. */
function isRandom(mixHash: Bytes32): boolean {
  return BigInt(mixHash) >> 64n !== 0n;
}
