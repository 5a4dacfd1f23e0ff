/**
 * The token that the market pays in: any ERC-20. Whether a signature can replace an approval is
 * asked in `permits.ts`.
 */
import permitToken from "@openzeppelin/contracts/build/contracts/ERC20Permit.json" with { type: "json" };
import {
  Contract,
  type AddressLike,
  type BaseContract,
  type BigNumberish,
  type ContractRunner,
} from "ethers";
import type { TypedContractMethod } from "../../types/ethers-contracts/common.js";
import type { Address } from "../core/messages/market.ts";

type View<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "view">;
type Call<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "nonpayable">;

/** An ERC-20, as far as the market uses one. Amounts are in the token's smallest unit. */
export interface Token extends BaseContract {
  readonly connect: (runner: ContractRunner | null) => Token;
  /** Optional in ERC-20: of nearly every token. */
  readonly decimals: View<[], bigint>;
  readonly balanceOf: View<[account: AddressLike], bigint>;
  readonly allowance: View<[owner: AddressLike, spender: AddressLike], bigint>;
  readonly approve: Call<[spender: AddressLike, value: BigNumberish], boolean>;
  readonly transfer: Call<[to: AddressLike, value: BigNumberish], boolean>;
}

/** The token at an address. Nothing is asked of the chain yet. */
export function tokenAt(address: Address, runner: ContractRunner): Token {
  return new Contract(address, permitToken.abi, runner) as unknown as Token;
}
