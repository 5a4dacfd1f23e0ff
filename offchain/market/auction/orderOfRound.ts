/** The seed that orders buyers, for the matcher of an auction. */
import type { Signer } from "ethers";
import type { AuctionTerms, Bytes32 } from "../../core/messages/market.ts";
import type { Market } from "../../chain/market.ts";
import { orderSeed, OrderSeedError } from "../../chain/orderSeed.ts";

/**
 * The seed of an auction whose first round is over. A chain that mines only when somebody sends may
 * have no block after it yet: an empty transaction of the matcher makes one.
 * @throws OrderSeedError before the end of round 1
 */
export async function settledSeed(
  market: Market,
  matcher: Signer,
  terms: Pick<AuctionTerms, "biddingEnds">,
): Promise<Bytes32> {
  try {
    return await orderSeed(market, terms);
  } catch (error) {
    if (!(error instanceof OrderSeedError)) throw error;
    const empty = await matcher.sendTransaction({ to: await matcher.getAddress() });
    await empty.wait();
    return orderSeed(market, terms);
  }
}
