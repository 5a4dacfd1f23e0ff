/** The seed that orders buyers, for the matcher of an auction. */
import type { Signer } from "ethers";
import type { AuctionTerms, Bytes32 } from "../../core/messages/market.ts";
import type { Market } from "../../chain/market.ts";
import { BLOCKS_LATER, orderSeed, OrderSeedError } from "../../chain/orderSeed.ts";

/** The first block of after bidding, and those behind it. */
const MOST_BLOCKS = 1 + Math.max(...Object.values(BLOCKS_LATER));

/**
 * The seed of an auction whose first round is over. The blocks that it needs may not be there yet,
 * on a chain that mines only when somebody sends for ever: each empty transaction of the matcher
 * waits for one.
 * @throws OrderSeedError before the end of round 1
 */
export async function settledSeed(
  market: Market,
  matcher: Signer,
  terms: Pick<AuctionTerms, "biddingEnds">,
): Promise<Bytes32> {
  for (let sent = 0; ; sent += 1) {
    try {
      return await orderSeed(market, terms);
    } catch (error) {
      if (!(error instanceof OrderSeedError) || sent === MOST_BLOCKS) throw error;
      if (sent > 0 && !error.biddingEnded) throw error;
    }
    const empty = await matcher.sendTransaction({ to: await matcher.getAddress() });
    await empty.wait();
  }
}
