/** Puts a planned market on a chain, by the Ignition modules. */
import type { NetworkConnection } from "hardhat/types/network";
import Create3Factory from "../../ignition/modules/Create3Factory.ts";
import { marketModule } from "../../ignition/modules/Market.ts";
import {
  planMarket,
  type MarketArtifacts,
  type MarketPlan,
  type Origin,
} from "../../offchain/chain/deployment/plan.ts";
import type { MarketTerms } from "../../offchain/chain/deployment/terms.ts";

type Connection = Pick<NetworkConnection, "ignition">;

/**
 * Deploys a factory, and by it everything else, but for what the journal notes as done.
 * @param noted the journal of Ignition; none for a chain of this process
 */
export async function deployPlanned(
  { ignition }: Connection,
  artifacts: MarketArtifacts,
  { creator, salt }: Omit<Origin, "factory">,
  terms: MarketTerms,
  noted: { readonly deploymentId?: string } = {},
): Promise<MarketPlan> {
  const { factory } = await ignition.deploy(Create3Factory, noted);
  const origin = { factory: await factory.getAddress(), creator, salt };
  const plan = planMarket(artifacts, origin, terms);
  await ignition.deploy(marketModule(plan), noted);
  return plan;
}
