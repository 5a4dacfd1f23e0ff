/**
 * The chain that processes read in a test: that of one world after the other, and how far the
 * auction is said to be, so that one auction can be played in many rounds.
 */
import { Result } from "ethers";
import type { ChainProvider, Market } from "../../../offchain/chain/market.ts";
import type { RoundKind } from "../../../offchain/parties/server/inventory.ts";
import { openChainDoor, type ChainDoor } from "../../../offchain/services/apart/chainDoor.ts";
import { chainOf } from "../../../offchain/services/chain.ts";
import type { ChainPlace } from "../../../offchain/services/forms.ts";

export interface ChainRelay {
  readonly place: ChainPlace;
  /** From now on it is the chain of this market: another deployment of the same contracts. */
  readonly show: (market: Market) => void;
  /**
   * From now on its auctions wait for their servers in this round. Null: they are where they are.
   */
  readonly say: (said: Said | null) => void;
  readonly close: () => Promise<void>;
}

interface Said {
  readonly round: bigint;
  readonly kind: RoundKind;
}

export async function chainRelay(first: Market): Promise<ChainRelay> {
  let market = first;
  let said: Said | null = null;
  const { auctions } = first.contracts;
  const send: ChainProvider["send"] = async (method, params) => {
    const answer = await market.provider.send(method, params);
    const [asked] = params;
    if (said === null || method !== "eth_call" || !isCall(asked)) return answer;
    if (asked.to.toLowerCase() !== first.venue.auctions.toLowerCase()) return answer;
    return saidInstead(auctions.interface, asked.data.slice(0, 10), String(answer), said);
  };
  const door: ChainDoor = await openChainDoor({ send });
  return {
    place: await chainOf(first, door.url),
    show: (shown) => {
      market = shown;
    },
    say: (words) => {
      said = words;
    },
    close: door.close,
  };
}

/** What the contract has answered, with another round, or in another state of convergence. */
function saidInstead(
  auctions: Market["contracts"]["auctions"]["interface"],
  selector: string,
  answer: string,
  { round, kind }: Said,
): string {
  if (selector === auctions.getFunction("isConverged").selector) {
    return auctions.encodeFunctionResult("isConverged", [kind === "match"]);
  }
  if (selector !== auctions.getFunction("auctionOf").selector) return answer;
  const auction: unknown = auctions.decodeFunctionResult("auctionOf", answer)[0];
  if (!(auction instanceof Result)) throw new Error("chainRelay: expected an auction");
  return auctions.encodeFunctionResult("auctionOf", [{ ...auction.toObject(), round }]);
}

interface AskedCall {
  readonly to: string;
  readonly data: string;
}

function isCall(asked: unknown): asked is AskedCall {
  return typeof asked === "object" && asked !== null && "to" in asked && "data" in asked;
}
