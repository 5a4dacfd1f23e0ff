/** The contracts of a market, by their addresses. */
import type { NetworkConnection } from "hardhat/types/network";
import type { MarketContracts } from "../../offchain/chain/market.ts";
import { tokenAt } from "../../offchain/chain/token.ts";

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
