/**
 * Permits: a signature of the owner in place of a transaction that approves (ERC-2612). Whether a
 * token takes them is asked of the token itself, and so is the domain that they are signed for:
 * tokens write different versions into it, and few describe it.
 */
import {
  Contract,
  getAddress,
  id,
  Signature,
  TypedDataEncoder,
  type BaseContract,
  type Provider,
  type Signer,
  type TypedDataDomain,
} from "ethers";
import type { TypedContractMethod } from "../../types/ethers-contracts/common.js";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { hasNoSuchView } from "./refusal.ts";

/** What an account signs so that a spender may take tokens from it. */
export interface Permit {
  readonly spender: Address;
  /** In token units. */
  readonly value: bigint;
  /** Unix seconds. */
  readonly deadline: bigint;
}

/** How a token takes permits; or why it does not, as the second half of a sentence. */
export type PermitTerms =
  { readonly domain: TypedDataDomain; readonly nonce: bigint } | { readonly whyNone: string };

type View<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "view">;

interface DescribedDomain {
  /** Bit k is set if the domain has the k-th field of ERC-5267. */
  readonly fields: string;
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: Address;
  readonly salt: Bytes32;
}

/** What tokens with permits have beside ERC-20; few have all of it. */
interface PermitToken extends BaseContract {
  readonly name: View<[], string>;
  readonly nonces: View<[owner: Address], bigint>;
  readonly DOMAIN_SEPARATOR: View<[], Bytes32>;
  readonly PERMIT_TYPEHASH: View<[], Bytes32>;
  readonly version: View<[], string>;
  readonly eip712Domain: View<[], DescribedDomain>;
}

const PERMIT_TOKEN = [
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
  "function PERMIT_TYPEHASH() view returns (bytes32)",
  "function version() view returns (string)",
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
];

const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** The permits of DAI allow everything or nothing. */
const DAI_TYPEHASH = id(
  "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)",
);

/** Versions that tokens are known to have which tell none. Some domains have no version at all. */
const KNOWN_VERSIONS = ["1", "2", "3", "4"];

const FIELDS = ["name", "version", "chainId", "verifyingContract", "salt"] as const;

/** A way to the domain, in words, and the domain. */
interface Candidate {
  readonly from: string;
  readonly domain: TypedDataDomain;
}

/**
 * What the next permit of an account has to be signed over.
 * @throws what the network throws; a token that has no such functions is an answer
 */
export async function permitTerms(
  address: Address,
  provider: Provider,
  owner: Address,
): Promise<PermitTerms> {
  const token = new Contract(address, PERMIT_TOKEN, provider) as unknown as PermitToken;
  const nonce = await answerOf(token.nonces(owner));
  if (nonce === null) return { whyNone: "the token has no permits" };
  if ((await answerOf(token.PERMIT_TYPEHASH())) === DAI_TYPEHASH) {
    return { whyNone: "the token's permits are those of DAI, which allow everything or nothing" };
  }
  const separator = await answerOf(token.DOMAIN_SEPARATOR());
  if (separator === null) return { whyNone: "the token does not tell its DOMAIN_SEPARATOR" };

  const { chainId } = await provider.getNetwork();
  const name = (await answerOf(token.name())) ?? "";
  const own = { name, chainId, verifyingContract: getAddress(address) };
  const described = await answerOf(token.eip712Domain());
  if (described !== null && !isOwnDomain(described, own)) {
    return {
      whyNone: "the token describes the domain of another contract, whose tokens are at risk",
    };
  }
  const candidates = candidatesOf(own, described, await answerOf(token.version()));
  const found = candidates.find(({ domain }) => TypedDataEncoder.hashDomain(domain) === separator);
  if (found !== undefined) return { domain: found.domain, nonce };
  const tried = candidates.map(({ from }) => from).join(", ");
  return { whyNone: `the token signs permits for another domain than those tried: ${tried}` };
}

/** Signs a permit on the terms that the token told. */
export async function signPermit(
  owner: Signer,
  { domain, nonce }: Exclude<PermitTerms, { readonly whyNone: string }>,
  permit: Permit,
): Promise<Signature> {
  const message = { owner: await owner.getAddress(), ...permit, nonce };
  return Signature.from(await owner.signTypedData(domain, PERMIT_TYPES, message));
}

type OwnDomain = Required<Pick<TypedDataDomain, "name" | "chainId" | "verifyingContract">>;

/** A signature for the domain of another contract, or chain, is a permit for the tokens there. */
function isOwnDomain(described: DescribedDomain, own: OwnDomain): boolean {
  const { chainId = own.chainId, verifyingContract } = domainOf(described);
  return chainId === own.chainId && verifyingContract === own.verifyingContract;
}

/** Domains that the token can mean: what it tells itself comes first. */
function candidatesOf(
  own: OwnDomain,
  described: DescribedDomain | null,
  version: string | null,
): readonly Candidate[] {
  return [
    ...(described === null ? [] : [{ from: "eip712Domain()", domain: domainOf(described) }]),
    ...(version === null ? [] : [{ from: `version() "${version}"`, domain: { ...own, version } }]),
    ...KNOWN_VERSIONS.map((known) => ({
      from: `version "${known}"`,
      domain: { ...own, version: known },
    })),
    { from: "no version", domain: own },
  ];
}

/** Of what is described, the fields that the domain has. */
function domainOf(described: DescribedDomain): TypedDataDomain {
  const present = Number(described.fields);
  const fields = FIELDS.filter((_, k) => (present & (1 << k)) !== 0);
  return Object.fromEntries(fields.map((field) => [field, described[field]]));
}

/** Null for a function that the token does not have, or that reverts. */
async function answerOf<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (hasNoSuchView(error)) return null;
    throw error;
  }
}
