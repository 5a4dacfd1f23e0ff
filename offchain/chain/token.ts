/**
 * The token that the market pays in: any ERC-20. Whether it also takes signed permits (ERC-2612) is
 * asked of the token itself, and so is the domain that its permits are signed for: tokens write
 * different versions into it.
 */
import permitToken from "@openzeppelin/contracts/build/contracts/ERC20Permit.json" with { type: "json" };
import {
  Contract,
  isError,
  TypedDataEncoder,
  type AddressLike,
  type BaseContract,
  type BigNumberish,
  type ContractRunner,
  type TypedDataDomain,
} from "ethers";
import type { TypedContractMethod } from "../../types/ethers-contracts/common.js";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { isRevert } from "./refusal.ts";

type View<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "view">;
type Call<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "nonpayable">;

/** An ERC-20, as far as the market uses one. Amounts are in the token's smallest unit. */
export interface Token extends BaseContract {
  readonly connect: (runner: ContractRunner | null) => Token;
  readonly name: View<[], string>;
  readonly balanceOf: View<[account: AddressLike], bigint>;
  readonly allowance: View<[owner: AddressLike, spender: AddressLike], bigint>;
  readonly approve: Call<[spender: AddressLike, value: BigNumberish], boolean>;
  readonly transfer: Call<[to: AddressLike, value: BigNumberish], boolean>;
  /** Of ERC-2612, not of every token. */
  readonly nonces: View<[owner: AddressLike], bigint>;
  readonly DOMAIN_SEPARATOR: View<[], Bytes32>;
}

/** What the next permit of an account has to be signed over. */
export interface PermitTerms {
  readonly domain: TypedDataDomain;
  readonly nonce: bigint;
}

/** Versions of the domain that tokens are known to use. */
const PERMIT_VERSIONS = ["1", "2"];

/** The token at an address. Nothing is asked of the chain yet. */
export function tokenAt(address: Address, runner: ContractRunner): Token {
  return new Contract(address, permitToken.abi, runner) as unknown as Token;
}

/** Null if the token takes no permits, or signs them for a domain that is none of those known. */
export async function permitTerms(
  token: Token,
  chainId: bigint,
  owner: Address,
): Promise<PermitTerms | null> {
  try {
    const nonce = await token.nonces(owner);
    const separator = await token.DOMAIN_SEPARATOR();
    const names = { name: await token.name(), verifyingContract: await token.getAddress() };
    const domains = PERMIT_VERSIONS.map((version) => ({ ...names, version, chainId }));
    const domain = domains.find((one) => TypedDataEncoder.hashDomain(one) === separator);
    return domain === undefined ? null : { domain, nonce };
  } catch (error) {
    // A revert, or an answer of no code: the token has no such functions. A network says neither.
    if (isRevert(error) || isError(error, "BAD_DATA")) return null;
    throw error;
  }
}
