/** The chain as the process of a server reads it: over JSON-RPC, without any key. */
import { Contract, JsonRpcProvider } from "ethers";
import type { IdentityRegistry, PricingAuction } from "../../types/ethers-contracts/index.js";
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
  { contracts }: Pick<Market, "contracts">,
  url: string,
): Promise<ChainPlace> {
  const { auctions, identities } = contracts;
  return {
    url,
    auctions: {
      address: await auctions.getAddress(),
      abi: auctions.interface.formatJson(),
    },
    identities: {
      address: await identities.getAddress(),
      abi: identities.interface.formatJson(),
    },
  };
}

/** Nothing is asked of the node before something is read, but for its chain id. */
export async function openChain({ url, auctions, identities }: ChainPlace): Promise<OpenChain> {
  const provider = new JsonRpcProvider(url);
  const { chainId } = await provider.getNetwork();
  // The classes that go with the generated types are not there when a process runs: what the ABI
  // says is what the types say.
  const connected = (place: ChainPlace["auctions"]): unknown =>
    new Contract(place.address, place.abi, provider);
  return {
    reader: {
      provider,
      venue: { chainId, auctions: auctions.address },
      contracts: {
        auctions: connected(auctions) as PricingAuction,
        identities: connected(identities) as IdentityRegistry,
      },
    },
    close: () => {
      provider.destroy();
    },
  };
}
