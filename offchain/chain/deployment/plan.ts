/**
 * A market before it is deployed: which contracts, with which arguments, at which addresses.
 *
 * The contracts name each other in their constructors, in circles (an auction its sessions, the
 * sessions their auctions), so all addresses are known before any code is there: `Create3Factory`
 * makes them from its own address, the creator's, and a salt. Nobody can name anybody afterwards.
 */
import {
  AbiCoder,
  concat,
  getCreate2Address,
  getCreateAddress,
  id,
  Interface,
  keccak256,
  ZeroAddress,
  type InterfaceAbi,
} from "ethers";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { MarketTerms } from "./terms.ts";

/** The contracts of every market, in the order in which they are created: sessions come last. */
export const MARKET_CONTRACTS = {
  identities: "IdentityRegistry",
  reputation: "Reputation",
  meters: "MeterRegistry",
  auctions: "PricingAuction",
  openAuctions: "OpenAuction",
  coupons: "Coupons",
  escrow: "Escrow",
  sessions: "ChargingSession",
} as const;

export type ContractKey = keyof typeof MARKET_CONTRACTS;
export type MarketAddresses = Readonly<Record<ContractKey, Address>>;

/** What the compiler made of a contract, as far as a deployment needs it. */
export interface ContractArtifact {
  readonly abi: InterfaceAbi;
  /** Creation code, without arguments. */
  readonly bytecode: string;
  /** Runtime code, with zeros where immutables stand. */
  readonly deployedBytecode: string;
  /** Where those stand, in bytes of the runtime code. */
  readonly immutableReferences?: Readonly<
    Record<string, readonly { readonly start: number; readonly length: number }[]>
  >;
}

/** By the contract's name in Solidity. */
export type MarketArtifacts = Readonly<Record<ArtifactName, ContractArtifact>>;
export const ARTIFACT_NAMES = [
  ...Object.values(MARKET_CONTRACTS),
  "ArbiterQuorum",
  "Create3Factory",
  "MarketGate",
] as const;
export type ArtifactName = (typeof ARTIFACT_NAMES)[number];

/** Who creates a market, through which factory, and what tells it from the creator's others. */
export interface Origin {
  readonly factory: Address;
  readonly creator: Address;
  readonly salt: Bytes32;
}

/** The market of an escrow, whose balances and participants a later market shares. */
export type Shared = Pick<MarketAddresses, "escrow" | "identities">;

export interface PlannedContract {
  readonly key: ContractKey | "arbiter" | "gate";
  readonly name: ArtifactName;
  readonly address: Address;
  readonly salt: Bytes32;
  /** With arguments: all that decides what is going to stand there. */
  readonly creationCode: string;
}

export interface MarketPlan {
  readonly origin: Origin;
  readonly terms: MarketTerms;
  readonly addresses: MarketAddresses;
  /** Where its contracts lock stakes: the escrow, or the gate of a later market. */
  readonly stakes: Address;
  /** Whom the sessions ask about disputes: nobody (zero), one account, or several as one. */
  readonly arbiter: Address;
  /** In the order of creation. */
  readonly contracts: readonly PlannedContract[];
}

/** Of OpenZeppelin's `Create3`: the code that creates in the factory's place. */
const PROXY_CODE_HASH = "0x57a34f6e879358dd76825d6700df87013ad6a3fb43c0d0c602f70a8772c153bd";

/**
 * A market on these terms. Nothing is asked of a chain.
 * @param shared escrow and register of an earlier market, beside which this one is going to stand
 */
export function planMarket(
  artifacts: MarketArtifacts,
  origin: Origin,
  terms: MarketTerms,
  shared: Shared | null = null,
): MarketPlan {
  const placeOf = (key: PlannedContract["key"]) => {
    const salt = id(`${origin.salt}/${key}`);
    return { salt, address: createdAt(origin, salt) };
  };
  const placed = marketAddresses((key) => placeOf(key).address);
  const addresses =
    shared === null ? placed : { ...placed, escrow: shared.escrow, identities: shared.identities };
  const stakes = shared === null ? addresses.escrow : placeOf("gate").address;
  const arbiter = arbiterOf(terms, placeOf("arbiter").address);
  const planned = (key: PlannedContract["key"], name: ArtifactName, args: readonly unknown[]) => ({
    ...{ key, name, ...placeOf(key) },
    creationCode: creationCodeOf(artifacts[name], args),
  });
  const quorum = [terms.arbiters, terms.quorum];
  const args = argumentsOf(addresses, stakes, arbiter, terms);
  const own = keysOf(MARKET_CONTRACTS).filter(
    (key) => shared === null || (key !== "escrow" && key !== "identities"),
  );
  const gate = [addresses.escrow, marketsOf(addresses)];
  return {
    ...{ origin, terms, addresses, stakes, arbiter },
    contracts: [
      ...(terms.arbiters.length > 1 ? [planned("arbiter", "ArbiterQuorum", quorum)] : []),
      ...(shared === null ? [] : [planned("gate", "MarketGate", gate)]),
      ...own.map((key) => planned(key, MARKET_CONTRACTS[key], args[key])),
    ],
  };
}

/** Where `Create3Factory.addressOf(creator, salt)` is. */
function createdAt({ factory, creator }: Origin, salt: Bytes32): Address {
  const own = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [creator, salt]));
  return getCreateAddress({ from: getCreate2Address(factory, own, PROXY_CODE_HASH), nonce: 1 });
}

/** One of everything, by the names that the contracts of a market are known by. */
export function marketAddresses(addressOf: (key: ContractKey) => Address): MarketAddresses {
  return {
    identities: addressOf("identities"),
    reputation: addressOf("reputation"),
    meters: addressOf("meters"),
    auctions: addressOf("auctions"),
    openAuctions: addressOf("openAuctions"),
    coupons: addressOf("coupons"),
    escrow: addressOf("escrow"),
    sessions: addressOf("sessions"),
  };
}

function argumentsOf(
  at: MarketAddresses,
  stakes: Address,
  arbiter: Address,
  terms: MarketTerms,
): Readonly<Record<ContractKey, readonly unknown[]>> {
  const neighbours = [at.identities, stakes, at.reputation, at.sessions];
  return {
    identities: [terms.authority, terms.court],
    reputation: [terms.reputation, at.sessions],
    meters: [at.identities, at.sessions],
    auctions: neighbours,
    openAuctions: neighbours,
    coupons: [stakes, at.reputation],
    escrow: [terms.token, marketsOf(at)],
    sessions: [
      ...[at.auctions, at.openAuctions, stakes, at.reputation, at.meters],
      windowsOf(terms),
      arbiter,
      earningRuleOf(terms),
    ],
  };
}

/** Who may lock and move stakes, in the order in which the escrow names them. */
export function marketsOf(at: MarketAddresses): readonly Address[] {
  return [at.auctions, at.openAuctions, at.sessions, at.coupons];
}

type WindowTerms = Pick<
  MarketTerms,
  "authoriseSeconds" | "plugInSeconds" | "settleSeconds" | "disputeSeconds" | "arbitrationSeconds"
>;

/** As `ChargingSession.windows` tells them. */
export function windowsOf(terms: WindowTerms): readonly number[] {
  const { authoriseSeconds, plugInSeconds, settleSeconds } = terms;
  const { disputeSeconds, arbitrationSeconds } = terms;
  return [authoriseSeconds, plugInSeconds, settleSeconds, disputeSeconds, arbitrationSeconds];
}

/** As `ChargingSession.earningRule` tells it. */
export function earningRuleOf({
  minEnergyWh,
  minAmountUnits,
}: Pick<MarketTerms, "minEnergyWh" | "minAmountUnits">): readonly bigint[] {
  return [minEnergyWh, minAmountUnits];
}

function arbiterOf({ arbiters }: MarketTerms, quorum: Address): Address {
  const [first = ZeroAddress, ...others] = arbiters;
  return others.length === 0 ? first : quorum;
}

function creationCodeOf({ abi, bytecode }: ContractArtifact, args: readonly unknown[]): string {
  return concat([bytecode, new Interface(abi).encodeDeploy(args)]);
}

/** The keys of a record whose type names all of them, in its order. */
export function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
}
