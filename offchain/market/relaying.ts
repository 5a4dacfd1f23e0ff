/**
 * Calls that one person signs and anybody relays, so that whoever signs needs no gas: what a driver
 * does with a market, and what the authority says.
 */
import type { Interface, Signer } from "ethers";
import { read, type Market } from "../chain/market.ts";
import {
  calledAt,
  MOST_RELAY_GAS,
  relayGas,
  relaySignedCall,
  signedCallOf,
  type CalledContract,
  type RelayableCall,
} from "../chain/signedCalls.ts";
import { StepError } from "./stepError.ts";

/** What was called for somebody. */
export interface RelayedCall {
  /** Name of the contract, e.g. `Escrow`. */
  readonly contract: string;
  /** Name of its function. */
  readonly name: string;
}

/**
 * Signs a call, unless the contract would refuse it now.
 * @param data selector and arguments, 0x-prefixed hexadecimal
 * @param deadline last moment for relaying, excluded; unix seconds
 * @throws RefusedError with the contract's reason
 */
export async function signTried(
  market: Market,
  called: CalledContract,
  signer: Signer,
  data: string,
  deadline: bigint,
): Promise<RelayableCall> {
  const from = await signer.getAddress();
  const to = await called.contract.getAddress();
  await read(market, market.provider.call({ from, to, data, blockTag: "pending" }));
  return signedCallOf(market, called, signer, data, deadline);
}

/**
 * Sends a call for whoever signed it, to whichever contract of the market it is for. Run by
 * anybody, who pays the gas and is trusted with nothing.
 * @throws StepError E_OTHER_MARKET, E_NO_CALL for data that call no function, E_RELAY_GAS for one
 *   that takes too much; RefusedError with the contract's reason, of the signature or of the call
 */
export async function relayCall(
  market: Market,
  relayer: Signer,
  call: RelayableCall,
): Promise<RelayedCall> {
  const { chainId, contract } = call;
  const called = chainId === market.chainId ? await calledAt(market, contract) : null;
  const known = market.known.find(({ address }) => address === contract);
  if (called === null || known === undefined) {
    const message = `expected a call of this market on chain ${market.chainId}, got one of ${contract} on chain ${chainId}`;
    throw new StepError("E_OTHER_MARKET", message, { contract, chainId });
  }
  const name = functionIn(known.interface, call.data);
  if (name === null) {
    const message = `the call of ${call.from} calls no function of ${known.name}: let it be signed anew`;
    throw new StepError("E_NO_CALL", message, { contract, data: call.data });
  }
  // A signer that is a contract checks its signature as it likes, and the relayer pays for that.
  const gas = await relayGas(market, called, relayer, call);
  if (gas > MOST_RELAY_GAS) {
    const message = `the call of ${call.from} takes ${gas} gas, and at most ${MOST_RELAY_GAS} are paid for others`;
    throw new StepError("E_RELAY_GAS", `${message}: let its signer send it`, { gas });
  }
  await relaySignedCall(market, called, relayer, call, gas);
  return { contract: known.name, name };
}

/** Null for data that no function reads. */
function functionIn(functions: Interface, data: string): string | null {
  try {
    return functions.parseTransaction({ data })?.name ?? null;
  } catch {
    return null;
  }
}
