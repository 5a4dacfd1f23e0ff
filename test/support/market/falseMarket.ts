/** Markets whose deployer is free to lie: created by hand, contract by contract. */
import { id } from "ethers";
import { artifacts } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  planMarket,
  type MarketArtifacts,
  type MarketPlan,
  type PlannedContract,
} from "../../../offchain/chain/deployment/plan.ts";
import { USUAL_TERMS, type MarketTerms } from "../../../offchain/chain/deployment/terms.ts";
import { verifyMarket, type Check } from "../../../offchain/chain/deployment/verify.ts";
import { marketArtifacts } from "../../../tasks/support/artifacts.ts";
import type { DemoToken } from "../../../types/ethers-contracts/index.js";

export interface Told {
  readonly connection: NetworkConnection;
  readonly codes: MarketArtifacts;
  readonly token: DemoToken;
  /** As people are told. */
  readonly plan: MarketPlan;
}

/** What people are told before anything is created: two arbiters of three, and the usual terms. */
export async function told(connection: NetworkConnection, factory?: string): Promise<Told> {
  const { ethers } = connection;
  const [creator, court, ...arbiters] = (await ethers.getSigners()).map(({ address }) => address);
  if (creator === undefined || court === undefined) throw new Error("told: expected accounts");
  const token = await ethers.deployContract("DemoToken");
  const made = factory ?? (await (await ethers.deployContract("Create3Factory")).getAddress());
  const terms: MarketTerms = {
    ...USUAL_TERMS,
    token: await token.getAddress(),
    authority: creator,
    court,
    arbiters: arbiters.slice(0, 3),
    quorum: 2,
  };
  const codes = await marketArtifacts({ artifacts });
  const origin = { factory: made, creator, salt: id("a market") };
  return { connection, codes, token, plan: planMarket(codes, origin, terms) };
}

/** Creates the contracts of a plan; those that `instead` names with other code. */
export async function create(
  { connection, plan: { origin, contracts } }: Told,
  instead: Partial<Record<PlannedContract["key"], string>> = {},
): Promise<void> {
  const factory = await connection.ethers.getContractAt("Create3Factory", origin.factory);
  for (const { key, salt, creationCode } of contracts) {
    const sent = await factory.create(salt, instead[key] ?? creationCode);
    await sent.wait();
  }
}

/** The same contracts on terms that differ from those that people are told, as creation code. */
export function otherwise(
  { codes, plan }: Told,
  key: PlannedContract["key"],
  others: Partial<MarketTerms>,
): Partial<Record<PlannedContract["key"], string>> {
  const { contracts } = planMarket(codes, plan.origin, { ...plan.terms, ...others });
  const other = contracts.find((planned) => planned.key === key);
  return other === undefined ? {} : { [key]: other.creationCode };
}

export async function checksOf({ connection, codes, plan }: Told): Promise<readonly Check[]> {
  const gate = plan.contracts.find(({ key }) => key === "gate")?.address ?? null;
  return verifyMarket(codes, plan, { ...plan.addresses, gate }, connection.ethers.provider);
}

/** Contract and view (or what else was checked) of all that failed. */
export async function wrongIn(market: Told): Promise<readonly string[]> {
  const checks = await checksOf(market);
  return checks
    .filter(({ isRight }) => !isRight)
    .map(({ contract, what, view }) => `${contract} ${view ?? what}`);
}
