/** Deposits that the stranger of a world makes for six fresh accounts, on a chain of their own. */
import { id, Wallet } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { creditAccounts, payersTurn } from "../../../offchain/market/crediting.ts";
import { DEPOSIT_UNITS } from "../funding/coins.ts";
import { counterRng } from "../primitives/draws.ts";
import { deployedWorld, type MarketWorld } from "./deployed.ts";

export const ACCOUNTS = [1, 2, 3, 4, 5, 6].map((n) => new Wallet(id(`fresh ${n}`)).address);
export const COUNT = BigInt(ACCOUNTS.length);

/** A world whose stranger has a deposit for each of the accounts. */
export async function batchWorld({ networkHelpers }: NetworkConnection): Promise<MarketWorld> {
  const world = await networkHelpers.loadFixture(deployedWorld);
  await world.faucet(world.market, world.stranger, DEPOSIT_UNITS * COUNT);
  return world;
}

/** Credits accounts, and returns the order in which it did. */
export async function credited(
  { market, stranger }: MarketWorld,
  accounts: readonly string[],
  units: bigint,
): Promise<readonly string[]> {
  const turn = await payersTurn(market, stranger);
  return creditAccounts(market, turn, accounts, units, counterRng("batch"));
}
