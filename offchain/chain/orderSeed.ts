/**
 * The seed that orders buyers: randomness of the chain that nobody knew while requests could still
 * be made. All rounds of an auction have the order of the first: under another one, who is told
 * that it leads could lose without a new bid.
 *
 * It comes from a block after the first one of after bidding; call that one B. RANDAO in B itself
 * is known to whoever proposes the block before it, which can still hold a bid. So it is that of
 * B + 1. The proposer of B can still choose between two orders, by withholding its block.
 *
 * On a chain whose mix hash is no randomness it is the hash of B + 4. Only who proposes all five
 * blocks knows it before bidding ends. Who proposes the last one can choose among as many orders as
 * it tries blocks, but when all bids are made.
 */
import { z } from "zod";
import { bytes32Form } from "../core/messages/forms.ts";
import type { AuctionTerms, Bytes32 } from "../core/messages/market.ts";
import type { ChainProvider } from "./market.ts";
import { isRandomMixHash } from "./mixHash.ts";

/** The block that draws the order is not there yet. */
export class OrderSeedError extends Error {
  override readonly name = "OrderSeedError";
  readonly code = "E_ORDER_SEED";
  /** Whether a block after the end of bidding is there. */
  readonly biddingEnded: boolean;

  constructor(message: string, biddingEnded: boolean) {
    super(message);
    this.biddingEnded = biddingEnded;
  }
}

export interface DrawnOrder {
  readonly seed: Bytes32;
  readonly source: "randao" | "blockHash";
  /** The block that it is of. */
  readonly blockNumber: number;
}

/** How many blocks after the first one of after bidding. */
export const BLOCKS_LATER = { randao: 1, blockHash: 4 } as const;
/** A mix hash is compared with those of so many blocks before. */
const FORMER_BLOCKS = 12;

/** What it takes to read blocks. */
interface Chain {
  readonly provider: Pick<ChainProvider, "getBlockNumber" | "send">;
}
type Bidding = Pick<AuctionTerms, "biddingEnds">;

/** `mixHash` holds RANDAO; libraries drop it, so blocks are read by hand. */
const blockForm = z.object({
  timestamp: z.string().transform(BigInt),
  mixHash: bytes32Form,
  hash: bytes32Form,
});
type Block = z.output<typeof blockForm>;

/** The seed alone. @throws OrderSeedError as `drawnOrder` */
export async function orderSeed(chain: Chain, bidding: Bidding): Promise<Bytes32> {
  return (await drawnOrder(chain, bidding)).seed;
}

/**
 * The seed of the order of an auction, and which block it is of. Anyone can look it up.
 * @throws OrderSeedError if that block was not mined yet
 */
export async function drawnOrder(chain: Chain, { biddingEnds }: Bidding): Promise<DrawnOrder> {
  const latest = await chain.provider.getBlockNumber();
  const first = await firstFrom(chain, biddingEnds, latest);
  const blockOf = (source: DrawnOrder["source"]): Promise<Block> => {
    const number = first + BLOCKS_LATER[source];
    if (number <= latest) return blockAt(chain, number);
    const message = `the order of buyers is drawn by block ${number}, and the chain is at ${latest}`;
    throw new OrderSeedError(`${message}: ask again when that block is mined`, true);
  };
  const { mixHash } = await blockOf("randao");
  const blockNumber = first + BLOCKS_LATER.randao;
  if (isRandomMixHash(mixHash, await mixHashesBefore(chain, blockNumber))) {
    return { seed: mixHash, source: "randao", blockNumber };
  }
  const { hash } = await blockOf("blockHash");
  return { seed: hash, source: "blockHash", blockNumber: first + BLOCKS_LATER.blockHash };
}

/** The first block at or after a time, in unix seconds. */
async function firstFrom(chain: Chain, seconds: bigint, latest: number): Promise<number> {
  let low = 0;
  let high = latest;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await blockAt(chain, middle)).timestamp >= seconds) high = middle;
    else low = middle + 1;
  }
  const { timestamp } = await blockAt(chain, low);
  if (timestamp >= seconds) return low;
  const message = `the order of buyers is drawn after ${seconds}, and the last block is of ${timestamp}`;
  throw new OrderSeedError(`${message}: ask again after the end of bidding`, false);
}

async function mixHashesBefore(chain: Chain, number: number): Promise<readonly Bytes32[]> {
  const from = Math.max(0, number - FORMER_BLOCKS);
  const former = Array.from({ length: number - from }, (_, k) => blockAt(chain, from + k));
  return (await Promise.all(former)).map(({ mixHash }) => mixHash);
}

async function blockAt({ provider }: Chain, number: number): Promise<Block> {
  const named = `0x${number.toString(16)}`;
  return blockForm.parse(await provider.send("eth_getBlockByNumber", [named, false]));
}
