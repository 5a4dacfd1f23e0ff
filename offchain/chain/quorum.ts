/** A quorum of several people (`contracts/ArbiterQuorum.sol`), as far as others ask it. */
import { Contract, type AddressLike, type BaseContract, type Provider } from "ethers";
import type { TypedContractMethod } from "../../types/ethers-contracts/common.js";
import type { Address } from "../core/messages/market.ts";
import { hasNoSuchView } from "./refusal.ts";

type View<Inputs extends unknown[], Output> = TypedContractMethod<Inputs, [Output], "view">;

interface QuorumContract extends BaseContract {
  readonly quorum: View<[], bigint>;
  readonly isArbiter: View<[account: AddressLike], boolean>;
}

const ABI = [
  "function quorum() view returns (uint256)",
  "function isArbiter(address account) view returns (bool)",
];

/** A quorum, and whether somebody is one of it. */
export interface Quorum {
  /** How many of them have to sign the same. */
  readonly quorum: number;
  readonly isMember: boolean;
}

/** Null for an address that is no quorum: a key, or another contract. */
export async function quorumAt(
  provider: Provider,
  address: Address,
  account: Address,
): Promise<Quorum | null> {
  if ((await provider.getCode(address)) === "0x") return null;
  const contract = new Contract(address, ABI, provider) as unknown as QuorumContract;
  try {
    const quorum = Number(await contract.quorum());
    return { quorum, isMember: await contract.isArbiter(account) };
  } catch (error) {
    // A contract that knows no such function reverts, or answers nothing.
    if (hasNoSuchView(error)) return null;
    throw error;
  }
}
