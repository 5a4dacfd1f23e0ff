/** The contracts of a market, by their addresses and the other way round. */
import type { NetworkConnection } from "hardhat/types/network";
import type { MarketContracts } from "../../offchain/chain/market.ts";
import { tokenAt } from "../../offchain/chain/token.ts";

interface Addressed {
  readonly getAddress: () => Promise<string>;
}

/** The contracts at their addresses; what they send is signed by the network's first account. */
export async function contractsAt(
  ethers: NetworkConnection["ethers"],
  at: Readonly<Record<keyof MarketContracts, string>>,
): Promise<MarketContracts> {
  return {
    token: tokenAt(at.token, ethers.provider),
    identities: await ethers.getContractAt("IdentityRegistry", at.identities),
    escrow: await ethers.getContractAt("Escrow", at.escrow),
    reputation: await ethers.getContractAt("Reputation", at.reputation),
    auctions: await ethers.getContractAt("PricingAuction", at.auctions),
    openAuctions: await ethers.getContractAt("OpenAuction", at.openAuctions),
    meters: await ethers.getContractAt("MeterRegistry", at.meters),
    sessions: await ethers.getContractAt("ChargingSession", at.sessions),
    coupons: await ethers.getContractAt("Coupons", at.coupons),
  };
}

/** Where the contracts of a deployment are, each under the name that it is known by. */
export async function addressesOf(
  deployed: Readonly<Record<Exclude<keyof MarketContracts, "token">, Addressed>>,
): Promise<Readonly<Record<Exclude<keyof MarketContracts, "token">, string>>> {
  return {
    identities: await deployed.identities.getAddress(),
    escrow: await deployed.escrow.getAddress(),
    reputation: await deployed.reputation.getAddress(),
    auctions: await deployed.auctions.getAddress(),
    openAuctions: await deployed.openAuctions.getAddress(),
    meters: await deployed.meters.getAddress(),
    sessions: await deployed.sessions.getAddress(),
    coupons: await deployed.coupons.getAddress(),
  };
}
