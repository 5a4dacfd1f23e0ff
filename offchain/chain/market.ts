/**
 * The chain as everybody here uses it: the contracts and the token, sending a transaction and
 * waiting for it, the gas it really used, and the contract's own reason when it refuses.
 */
import type {
  BaseContract,
  ContractTransactionReceipt,
  ContractTransactionResponse,
  Interface,
  Provider,
} from "ethers";
import type {
  ChargingSession,
  Coupons,
  Escrow,
  IdentityRegistry,
  MeterRegistry,
  OpenAuction,
  PricingAuction,
  Reputation,
} from "../../types/ethers-contracts/index.js";
import { z } from "zod";
import type { Venue } from "../core/messages/market.ts";
import type { GasLedger } from "./gasLedger.ts";
import { gasShortageOf } from "./gasShortage.ts";
import { refusalOf, unexplainedOf } from "./refusal.ts";
import type { Token } from "./token.ts";

export interface MarketContracts {
  readonly token: Token;
  readonly identities: IdentityRegistry;
  readonly escrow: Escrow;
  readonly reputation: Reputation;
  readonly auctions: PricingAuction;
  readonly openAuctions: OpenAuction;
  readonly meters: MeterRegistry;
  readonly sessions: ChargingSession;
  readonly coupons: Coupons;
}

/** A provider that also answers plain JSON-RPC. */
export interface ChainProvider extends Provider {
  readonly send: (method: string, params: unknown[]) => Promise<unknown>;
}

export interface Market {
  readonly chainId: bigint;
  readonly provider: ChainProvider;
  readonly contracts: MarketContracts;
  /** Address of the auctions and chain id: what hashes and uploads are bound to. */
  readonly venue: Venue;
  readonly known: readonly KnownContract[];
  readonly gas: GasLedger;
}

export interface KnownContract {
  readonly name: string;
  readonly address: string;
  readonly interface: Interface;
}

const CONTRACT_NAMES: Readonly<Record<keyof MarketContracts, string>> = {
  token: "Token",
  identities: "IdentityRegistry",
  escrow: "Escrow",
  reputation: "Reputation",
  auctions: "PricingAuction",
  openAuctions: "OpenAuction",
  meters: "MeterRegistry",
  sessions: "ChargingSession",
  coupons: "Coupons",
};

/** A pending block has no number and no hash yet, which is why it is read by hand. */
const blockTime = z.object({ timestamp: z.string().transform(Number) });

/**
 * Gathers what is needed to talk to a deployed market.
 * @param tokenName what the token is called in refusals and in the gas ledger
 */
export async function connectMarket(
  provider: ChainProvider,
  contracts: MarketContracts,
  gas: GasLedger,
  tokenName: string = CONTRACT_NAMES.token,
): Promise<Market> {
  const { chainId } = await provider.getNetwork();
  const venue = { chainId, auctions: await contracts.auctions.getAddress() };
  const known = await Promise.all([
    describe(tokenName, contracts.token),
    describe(CONTRACT_NAMES.identities, contracts.identities),
    describe(CONTRACT_NAMES.escrow, contracts.escrow),
    describe(CONTRACT_NAMES.reputation, contracts.reputation),
    describe(CONTRACT_NAMES.auctions, contracts.auctions),
    describe(CONTRACT_NAMES.openAuctions, contracts.openAuctions),
    describe(CONTRACT_NAMES.meters, contracts.meters),
    describe(CONTRACT_NAMES.sessions, contracts.sessions),
    describe(CONTRACT_NAMES.coupons, contracts.coupons),
  ]);
  return { chainId, provider, contracts, venue, known, gas };
}

/**
 * Waits until a transaction is mined and books its gas.
 * @throws RefusedError with the contract's reason if it was refused; GasShortageError for a sender
 *   that cannot pay
 */
export async function send(
  market: Market,
  pending: Promise<ContractTransactionResponse>,
): Promise<ContractTransactionReceipt> {
  try {
    const response = await pending;
    const receipt = await response.wait();
    if (receipt === null) throw new Error(`send: transaction ${response.hash} was not mined`);
    bookGas(market, response, receipt);
    return receipt;
  } catch (error) {
    throw refusalOf(error, market.known) ?? gasShortageOf(error) ?? unexplainedOf(error) ?? error;
  }
}

/** Reads from a contract, giving its own reason if it refuses. @throws RefusedError */
export async function read<T>(market: Market, pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    throw refusalOf(error, market.known) ?? unexplainedOf(error) ?? error;
  }
}

/** The chain's clock, in unix seconds: the time of its latest block. */
export async function chainSeconds({ provider }: Pick<Market, "provider">): Promise<number> {
  const latest = await provider.getBlock("latest");
  if (latest === null) throw new Error("chainSeconds: expected a chain with a block");
  return latest.timestamp;
}

/**
 * What the next transaction is going to be judged by, in unix seconds. On a chain that has mined
 * nothing for a while it is far ahead of `chainSeconds`: deadlines are counted from here.
 */
export async function pendingSeconds({ provider }: Pick<Market, "provider">): Promise<number> {
  const pending = await provider.send("eth_getBlockByNumber", ["pending", false]);
  return blockTime.parse(pending).timestamp;
}

function bookGas(
  market: Market,
  response: ContractTransactionResponse,
  receipt: ContractTransactionReceipt,
): void {
  const target = market.known.find(({ address }) => address === receipt.to);
  const called = target?.interface.getFunction(response.data.slice(0, 10));
  if (target === undefined || called === null || called === undefined) return;
  market.gas.record(target.name, called.name, receipt.gasUsed);
}

async function describe(name: string, contract: BaseContract): Promise<KnownContract> {
  return { name, address: await contract.getAddress(), interface: contract.interface };
}
