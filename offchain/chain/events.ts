/**
 * The one place where logs of the chain are read: in ranges that every node answers, so that an
 * index can stand behind it one day. Whoever wants to know what happened asks here.
 */
import type { BaseContract } from "ethers";
import type {
  TypedContractEvent,
  TypedDeferredTopicFilter,
  TypedEventLog,
} from "../../types/ethers-contracts/common.js";

export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** A contract, as far as its logs go. */
interface Logged<Event extends TypedContractEvent> extends Pick<BaseContract, "runner"> {
  readonly queryFilter: (
    filter: TypedDeferredTopicFilter<Event>,
    fromBlock: number,
    toBlock: number,
  ) => Promise<TypedEventLog<Event>[]>;
}

/** Nodes refuse wider ranges of logs; most allow this one. */
const BLOCKS_PER_QUERY = 10_000;

/**
 * The logs that a filter lets through, in the order in which they happened.
 * @param range blocks to look at, the last one included; all of the chain if it is left out
 */
export async function eventsOf<Event extends TypedContractEvent>(
  contract: Logged<Event>,
  filter: TypedDeferredTopicFilter<Event>,
  range?: BlockRange,
): Promise<readonly TypedEventLog<Event>[]> {
  const { fromBlock, toBlock } = range ?? { fromBlock: 0, toBlock: await newestBlock(contract) };
  const found: TypedEventLog<Event>[] = [];
  for (let first = fromBlock; first <= toBlock; first += BLOCKS_PER_QUERY) {
    const last = Math.min(toBlock, first + BLOCKS_PER_QUERY - 1);
    found.push(...(await contract.queryFilter(filter, first, last)));
  }
  return found;
}

function newestBlock({ runner }: Pick<BaseContract, "runner">): Promise<number> {
  const provider = runner?.provider;
  if (provider) return provider.getBlockNumber();
  throw new Error("eventsOf: expected a contract that is connected to a chain");
}
