/**
 * Calls that are signed by who makes them and sent by anybody (`contracts/SignedCalls.sol`):
 * whoever signs needs no gas, and whoever relays is not trusted with anything.
 */
import type { Signer, TypedDataDomain } from "ethers";
import { z } from "zod";
import type { ISignedCalls } from "../../types/ethers-contracts/index.js";
import { addressForm, decimalForm, hexForm } from "../core/messages/forms.ts";
import type { Address } from "../core/messages/market.ts";
import { signCall, type SignedCall } from "../core/messages/signedCall.ts";
import {
  auctionDomain,
  escrowDomain,
  identityDomain,
  reputationDomain,
  sessionDomain,
} from "../core/messages/typedData.ts";
import { read, send, type Market } from "./market.ts";

/** A contract that takes signed calls. */
export interface CalledContract {
  readonly contract: ISignedCalls;
  readonly domain: TypedDataDomain;
}

/** A signed call with everything that it takes to relay it; nothing in it is secret. */
export interface RelayableCall extends SignedCall {
  readonly chainId: bigint;
  /** The contract that is called. */
  readonly contract: Address;
  readonly signature: string;
}

/** What a call becomes as JSON; numbers as decimal text. */
export const relayableCallForm = z.strictObject({
  chainId: decimalForm.transform(BigInt),
  contract: addressForm,
  from: addressForm,
  data: hexForm,
  nonce: decimalForm.transform(BigInt),
  // As wide as on chain.
  deadline: decimalForm.transform(BigInt).refine((value) => value >> 40n === 0n),
  signature: hexForm,
});

export async function sessionsCalled({ chainId, contracts }: Market): Promise<CalledContract> {
  const { sessions } = contracts;
  return { contract: sessions, domain: sessionDomain(chainId, await sessions.getAddress()) };
}

export async function identitiesCalled({ chainId, contracts }: Market): Promise<CalledContract> {
  const { identities } = contracts;
  return { contract: identities, domain: identityDomain(chainId, await identities.getAddress()) };
}

export function auctionsCalled({ contracts, venue }: Market): CalledContract {
  return { contract: contracts.auctions, domain: auctionDomain(venue) };
}

export async function escrowCalled({ chainId, contracts }: Market): Promise<CalledContract> {
  const { escrow } = contracts;
  return { contract: escrow, domain: escrowDomain(chainId, await escrow.getAddress()) };
}

export async function reputationCalled({ chainId, contracts }: Market): Promise<CalledContract> {
  const { reputation } = contracts;
  return { contract: reputation, domain: reputationDomain(chainId, await reputation.getAddress()) };
}

/** The contract at an address, or null if no contract of the market there takes signed calls. */
export async function calledAt(
  { contracts }: Pick<Market, "contracts">,
  address: Address,
): Promise<Pick<CalledContract, "contract"> | null> {
  const { sessions, identities, auctions, escrow, reputation } = contracts;
  for (const contract of [sessions, identities, auctions, escrow, reputation]) {
    if ((await contract.getAddress()) === address) return { contract };
  }
  return null;
}

/**
 * Signs a call with the signer's next nonce: one at a time, since a second one that is signed
 * before the first is relayed has the same.
 * @param data selector and arguments, 0x-prefixed hexadecimal
 * @param deadline last moment for relaying, excluded; unix seconds
 */
export async function signedCallOf(
  { chainId }: Market,
  { contract, domain }: CalledContract,
  signer: Signer,
  data: string,
  deadline: bigint,
): Promise<RelayableCall> {
  const from = await signer.getAddress();
  const nonce = await contract.nonces(from, { blockTag: "pending" });
  const call = { from, data, nonce, deadline };
  const signature = await signCall(signer, domain, call);
  return { chainId, contract: await contract.getAddress(), ...call, signature };
}

/** Of a relayed call: several times what the dearest honest one takes. */
export const MOST_RELAY_GAS = 3_000_000n;

/**
 * How much gas a call takes that somebody has signed.
 * @throws RefusedError with the contract's reason, of the signature or of the call
 */
export function relayGas(
  market: Market,
  { contract }: Pick<CalledContract, "contract">,
  relayer: Signer,
  { from, data, deadline, signature }: RelayableCall,
): Promise<bigint> {
  const { callSigned } = contract.connect(relayer);
  return read(market, callSigned.estimateGas(from, data, deadline, signature));
}

/**
 * Sends a call for whoever signed it. Run by anybody.
 * @param gasLimit the most that the relayer pays for
 * @throws RefusedError with the contract's reason, of the signature or of the call
 */
export async function relaySignedCall(
  market: Market,
  { contract }: Pick<CalledContract, "contract">,
  relayer: Signer,
  { from, data, deadline, signature }: RelayableCall,
  gasLimit: bigint,
): Promise<void> {
  const { callSigned } = contract.connect(relayer);
  await send(market, callSigned(from, data, deadline, signature, { gasLimit }));
}
