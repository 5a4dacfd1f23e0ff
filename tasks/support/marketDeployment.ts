/** Puts a planned market on a chain, by the Ignition modules. */
import { id } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import Create3Factory from "../../ignition/modules/Create3Factory.ts";
import { marketModule } from "../../ignition/modules/Market.ts";
import {
  planMarket,
  type MarketArtifacts,
  type MarketPlan,
  type Origin,
  type Shared,
} from "../../offchain/chain/deployment/plan.ts";
import type { MarketTerms } from "../../offchain/chain/deployment/terms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import type { Deployment } from "../stores/state.ts";
import type { CheckedTerms } from "./deployTerms.ts";
import { jsonText } from "./jsonText.ts";

interface Placement {
  /** The journal of Ignition; none for a chain of this process. */
  readonly deploymentId?: string;
  /** Of an earlier market, if this one is to stand beside it. */
  readonly shared?: Shared | null;
}

type Connection = Pick<NetworkConnection, "ignition">;

/** What tells markets of the same terms apart. */
export interface Distinction {
  readonly name: string | null;
  /** The escrow on which it stands, if it is another market's. */
  readonly beside: Address | null;
  /** Two frames are two markets: the same metres are another place in each. */
  readonly corner: Deployment["corner"];
}

/** The same again is resumed, anything else is another market. */
export function marketSalt(terms: CheckedTerms, { corner, ...others }: Distinction): Bytes32 {
  return id(jsonText({ ...terms, ...others, ...(corner && { corner }) }));
}

/**
 * Deploys a factory, and by it everything else, but for what the journal notes as done.
 */
export async function deployPlanned(
  { ignition }: Connection,
  artifacts: MarketArtifacts,
  { creator, salt }: Omit<Origin, "factory">,
  terms: MarketTerms,
  { deploymentId, shared = null }: Placement = {},
): Promise<MarketPlan> {
  const noted = deploymentId === undefined ? {} : { deploymentId };
  const { factory } = await ignition.deploy(Create3Factory, noted);
  const origin = { factory: await factory.getAddress(), creator, salt };
  const plan = planMarket(artifacts, origin, terms, shared);
  await ignition.deploy(marketModule(plan), noted);
  return plan;
}
