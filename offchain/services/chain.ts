/** The chain as the process of a server reads it: over JSON-RPC, without any key. */
import { JsonRpcProvider } from "ethers";
import {
  IdentityRegistry__factory,
  PricingAuction__factory,
} from "../../types/ethers-contracts/index.js";
import type { RoundReader } from "../chain/committed.ts";
import type { Market } from "../chain/market.ts";
import type { ChainPlace } from "./forms.ts";

/** A chain that is read, until it is closed. */
export interface OpenChain {
  readonly reader: RoundReader;
  readonly close: () => void;
}

/** Where the contracts of a market are, for somebody who asks a node at `url`. */
export async function chainOf(
  { venue, contracts }: Pick<Market, "venue" | "contracts">,
  url: string,
): Promise<ChainPlace> {
  return { url, auctions: venue.auctions, identities: await contracts.identities.getAddress() };
}

/** Nothing is asked of the node before something is read. */
export async function openChain({ url, auctions, identities }: ChainPlace): Promise<OpenChain> {
  const provider = new JsonRpcProvider(url);
  const { chainId } = await provider.getNetwork();
  return {
    reader: {
      provider,
      venue: { chainId, auctions },
      contracts: {
        auctions: PricingAuction__factory.connect(auctions, provider),
        identities: IdentityRegistry__factory.connect(identities, provider),
      },
    },
    close: () => {
      provider.destroy();
    },
  };
}
