/** A market whose authority is a quorum: two of three people. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { ZeroAddress } from "ethers";
import { connectMarket, type Market } from "../../../offchain/chain/market.ts";
import type { MarketWorld } from "./deployed.ts";

export interface QuorumMarket {
  readonly market: Market;
  readonly members: readonly [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
}

/** The contracts of a world, but for registries of participants and meters, which are new. */
export async function quorumMarket(world: MarketWorld): Promise<QuorumMarket> {
  const { ethers } = world.connection;
  const [a, b, c] = (await ethers.getSigners()).slice(10);
  if (a === undefined || b === undefined || c === undefined) throw new RangeError("no members");
  const addresses = [a, b, c].map(({ address }) => address);
  const authority = await (
    await ethers.deployContract("ArbiterQuorum", [addresses, 2])
  ).getAddress();
  const identities = await ethers.deployContract("IdentityRegistry", [authority, authority]);
  const known = [await identities.getAddress(), ZeroAddress];
  const meters = await ethers.deployContract("MeterRegistry", known);
  const contracts = { ...world.market.contracts, identities, meters };
  const market = await connectMarket(world.market.provider, contracts, world.market.gas);
  return { market, members: [a, b, c] };
}
