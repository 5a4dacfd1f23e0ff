/**
 * Whether an account has signed something, as the contracts ask it (`contracts/libraries/
 * Signatures.sol`): its key first, then its code (ERC-1271).
 */
import { Contract, isError, TypedDataEncoder, type BaseContract, type Provider } from "ethers";
import type { TypedContractMethod } from "../../types/ethers-contracts/common.js";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { signerOf, type TypedMessage } from "../core/messages/signatureForm.ts";
import { isRevert } from "./refusal.ts";

interface ContractWallet extends BaseContract {
  readonly isValidSignature: TypedContractMethod<
    [digest: Bytes32, signature: string],
    [string],
    "view"
  >;
}

const ABI = ["function isValidSignature(bytes32 digest, bytes signature) view returns (bytes4)"];
/** What ERC-1271 answers for yes. */
const SIGNED = "0x1626ba7e";

/** @param account with checksum */
async function isSignedBy(
  provider: Provider,
  account: Address,
  message: TypedMessage,
  signature: string,
): Promise<boolean> {
  if (signerOf(message, signature) === account) return true;
  if ((await provider.getCode(account)) === "0x") return false;
  const wallet = new Contract(account, ABI, provider) as unknown as ContractWallet;
  const digest = TypedDataEncoder.hash(message.domain, message.types, message.value);
  try {
    return (await wallet.isValidSignature(digest, signature)) === SIGNED;
  } catch (error) {
    // A contract that knows no such function reverts, or answers nothing.
    if (isRevert(error) || isError(error, "BAD_DATA")) return false;
    throw error;
  }
}

/** Those of the signatures that hold. @param signatures by who is said to have given them */
export async function holding(
  provider: Provider,
  message: TypedMessage,
  signatures: ReadonlyMap<Address, string>,
): Promise<ReadonlyMap<Address, string>> {
  const judged = [...signatures].map(async ([account, signature]) => {
    const holds = await isSignedBy(provider, account, message, signature);
    return holds ? [[account, signature] as const] : [];
  });
  return new Map((await Promise.all(judged)).flat());
}
