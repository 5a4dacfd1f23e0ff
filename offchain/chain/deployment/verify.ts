/**
 * Whether the contracts of a market are those of this repository, made by their own constructors,
 * wired to each other, and on the terms that people were told. Nobody's word is taken for it: the
 * chain is asked for all of it.
 *
 * Runtime code alone proves too little, because other creation code can leave the same runtime code
 * behind with storage of its own, such as a balance that nobody deposited. So the creation code is
 * checked as well: the factory tells its hash.
 */
import {
  Contract,
  getBytes,
  getCreate2Address,
  keccak256,
  ZeroAddress,
  ZeroHash,
  type Provider,
} from "ethers";
import type { TypedEventLog } from "../../../types/ethers-contracts/common.js";
import type { Create3Factory } from "../../../types/ethers-contracts/index.js";
import type { Address } from "../../core/messages/market.ts";
import { eventsOf } from "../events.ts";
import { hasNoSuchView } from "../refusal.ts";
import { tokenAt } from "../token.ts";
import { expectationsOf, type Expectation } from "./expectations.ts";
import {
  keysOf,
  MARKET_CONTRACTS,
  type ContractArtifact,
  type ContractKey,
  type MarketAddresses,
  type MarketArtifacts,
  type MarketPlan,
  type PlannedContract,
} from "./plan.ts";

/** Where people are told that the contracts of a market are; a gate if it is a later one. */
export type ToldAddresses = MarketAddresses & { readonly gate: Address | null };

export interface Check {
  /** Of a contract in Solidity; "Token" for the token. */
  readonly contract: string;
  readonly address: Address;
  readonly what: "address" | "code" | "creation" | "wiring" | "parameter";
  /** The view that was asked; null for address, code and creation. */
  readonly view: string | null;
  readonly found: string;
  readonly expected: string;
  readonly isRight: boolean;
  /** What the usual terms have here, where these are others. */
  readonly usual: string | null;
}

/** Of the deployer that stands at one address on many chains and creates what it is sent. */
const DETERMINISTIC_DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const NO_ANSWER = "no answer";

/**
 * All checks, those that fail among them. Throws what the node does when it breaks off.
 * @param plan the market as this repository would deploy it on the terms that were told
 */
export async function verifyMarket(
  artifacts: MarketArtifacts,
  plan: MarketPlan,
  used: ToldAddresses,
  provider: Provider,
): Promise<readonly Check[]> {
  const { factory } = plan.origin;
  const checks = [
    await checkCode("Create3Factory", factory, artifacts.Create3Factory, provider),
    ...keysOf(MARKET_CONTRACTS).map((key) => checkAddress(key, plan, used)),
    ...checkGate(plan, used),
  ];
  const creations = await creationsBy(artifacts, plan, provider);
  for (const planned of plan.contracts) {
    const { name, address } = planned;
    checks.push(await checkCode(name, address, artifacts[name], provider));
    checks.push(await checkCreation(artifacts, plan, planned, creations));
  }
  for (const expectation of expectationsOf(plan)) {
    checks.push(await checkAnswer(artifacts, expectation, provider));
  }
  return [...checks, await checkToken(plan.terms.token, provider)];
}

/** Hash of a runtime code with zeros where its immutables stand. */
export function maskedCodeHash(
  code: string,
  { immutableReferences = {} }: Pick<ContractArtifact, "immutableReferences">,
): string {
  const bytes = getBytes(code);
  for (const { start, length } of Object.values(immutableReferences).flat()) {
    bytes.fill(0, start, start + length);
  }
  return keccak256(bytes);
}

/** Where the repository's factory stands if the deterministic deployer made it, on any chain. */
export function canonicalFactory({ Create3Factory }: MarketArtifacts): Address {
  return getCreate2Address(DETERMINISTIC_DEPLOYER, ZeroHash, keccak256(Create3Factory.bytecode));
}

function checkAddress(key: ContractKey, plan: MarketPlan, used: MarketAddresses): Check {
  const contract = MARKET_CONTRACTS[key];
  const about = { contract, address: used[key], what: "address", view: null } as const;
  return judged(about, used[key], plan.addresses[key]);
}

/** Nothing to check where there is no gate, and nobody is told of one. */
function checkGate({ contracts }: MarketPlan, { gate }: ToldAddresses): readonly Check[] {
  const planned = contracts.find(({ key }) => key === "gate");
  if (planned === undefined && gate === null) return [];
  const address = gate ?? ZeroAddress;
  const about = { contract: "MarketGate", address, what: "address", view: null } as const;
  return [judged(about, gate ?? "not told", planned?.address ?? "no gate")];
}

async function checkCode(
  contract: string,
  address: Address,
  artifact: ContractArtifact,
  provider: Provider,
): Promise<Check> {
  const code = await provider.getCode(address);
  return judged(
    { contract, address, what: "code", view: null },
    code === "0x" ? "no code" : maskedCodeHash(code, artifact),
    maskedCodeHash(artifact.deployedBytecode, artifact),
  );
}

type Creation = TypedEventLog<Create3Factory["filters"]["Created"]>;

/** What the factory says that it created for whoever deployed the market. */
function creationsBy(
  { Create3Factory: { abi } }: MarketArtifacts,
  { origin }: MarketPlan,
  provider: Provider,
): Promise<readonly Creation[]> {
  const factory = new Contract(origin.factory, abi, provider) as unknown as Create3Factory;
  return eventsOf(factory, factory.filters.Created(origin.creator));
}

/**
 * The factory can be believed where its address proves its code, or where the transaction went to
 * the factory itself: one whose own constructor pretends has no code yet that anybody could call.
 */
async function checkCreation(
  artifacts: MarketArtifacts,
  { origin }: MarketPlan,
  { name, address, creationCode }: PlannedContract,
  creations: readonly Creation[],
): Promise<Check> {
  const about = { contract: name, address, what: "creation", view: null } as const;
  const expected = keccak256(creationCode);
  const [creation, ...others] = creations.filter(({ args }) => args.created === address);
  if (creation === undefined || others.length > 0) {
    return judged(about, "not once by this factory", expected);
  }
  if (origin.factory !== canonicalFactory(artifacts)) {
    const { to } = await creation.getTransaction();
    if (to !== origin.factory) return judged(about, "not by a call of the factory", expected);
  }
  return judged(about, creation.args.codeHash, expected);
}

async function checkAnswer(
  artifacts: MarketArtifacts,
  { name, address, kind, view, asked, answer, usual }: Expectation,
  provider: Provider,
): Promise<Check> {
  const contract = new Contract(address, artifacts[name].abi, provider);
  const question = asked.length === 0 ? view : `${view}(${asked.join(", ")})`;
  const found: unknown = await contract
    .getFunction(view)
    .staticCall(...asked)
    .catch((error: unknown) => noAnswer(error));
  const check = judged(
    { contract: name, address, what: kind, view: question },
    plain(found),
    plain(answer),
  );
  const isUsual = usual === undefined || plain(usual) === check.found;
  return isUsual ? check : { ...check, usual: plain(usual) };
}

function noAnswer(error: unknown): typeof NO_ANSWER {
  if (hasNoSuchView(error)) return NO_ANSWER;
  throw error;
}

async function checkToken(address: Address, provider: Provider): Promise<Check> {
  const decimals = await tokenAt(address, provider)
    .decimals()
    .catch((error: unknown) => noAnswer(error));
  const isRight = decimals !== NO_ANSWER;
  return {
    ...{ contract: "Token", address, what: "parameter", view: "decimals" },
    found: isRight ? `${decimals} decimals` : NO_ANSWER,
    expected: "a number",
    isRight,
    usual: null,
  };
}

function judged(
  about: Pick<Check, "contract" | "address" | "what" | "view">,
  found: string,
  expected: string,
): Check {
  return { ...about, found, expected, isRight: found === expected, usual: null };
}

/** Values as one line, tuples and objects by their values in order. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join("; ");
  if (typeof value === "object" && value !== null)
    return Object.values(value).map(plain).join("; ");
  return String(value);
}
