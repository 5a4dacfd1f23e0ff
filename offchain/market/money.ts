/**
 * Money of a participant: what it deposits before it takes on an obligation or for later, and what
 * it takes out.
 */
import { getAddress, ZeroAddress, type Signer } from "ethers";
import {
  depositTokens,
  missingFree,
  withdrawFree,
  type Deposit,
  type StakeDesk,
} from "../chain/funds.ts";
import type { Market } from "../chain/market.ts";
import { escrowCalled, type RelayableCall } from "../chain/signedCalls.ts";
import type { Address } from "../core/messages/market.ts";
import { signTried } from "./relaying.ts";
import { StepError } from "./stepError.ts";

/**
 * Brings the free balance in the escrow to at least `units`. Returns what was deposited, in token
 * units.
 * @throws StepError E_STAKE if the account has too few tokens; as `depositTokens`
 */
export async function ensureFree(market: Market, desk: StakeDesk, units: bigint): Promise<bigint> {
  const missingUnits = await missingFree(market, await desk.wallet.getAddress(), units);
  if (missingUnits === 0n) return 0n;
  await depositUnits(market, desk, missingUnits);
  return missingUnits;
}

/**
 * Deposits `units` of one's own tokens; where there is a faucet, what is missing comes from it.
 * @throws StepError E_STAKE if the account has too few tokens; as `depositTokens`
 */
export async function depositUnits(
  market: Market,
  { wallet, faucet }: StakeDesk,
  units: bigint,
): Promise<Deposit> {
  const account = await wallet.getAddress();
  const { token } = market.contracts;
  const missingUnits = units - (await token.balanceOf(account));
  if (missingUnits > 0n) await faucet?.(market, wallet, missingUnits);
  const heldUnits = await token.balanceOf(account);
  if (heldUnits >= units) return depositTokens(market, wallet, units);
  const message = `${account} cannot deposit ${units} token units, it holds ${heldUnits}: send it tokens first`;
  throw new StepError("E_STAKE", message, { account, units, heldUnits });
}

/**
 * Takes everything free out of the escrow, to any account. Returns the amount in token units.
 * @throws StepError E_RECEIVER for an account from which nobody gets tokens back: the zero address,
 *   the token, a contract of the market
 */
export async function withdrawTo(market: Market, owner: Signer, to: Address): Promise<bigint> {
  return withdrawFree(market, owner, receiverAt(market, to));
}

/** A withdrawal that waits for somebody who relays it. */
export interface SignedWithdrawal {
  /** In token units: what was free when it was signed. */
  readonly units: bigint;
  readonly call: RelayableCall;
}

/**
 * Signs that everything free goes to `to`, for somebody who relays it. The receiver and the amount
 * are in what is signed: if less is free when it is relayed, nothing is withdrawn.
 * @param deadline last moment for relaying, excluded; unix seconds
 * @throws StepError E_RECEIVER as `withdrawTo`, E_NOTHING_FREE
 */
export async function signWithdrawal(
  market: Market,
  owner: Signer,
  to: Address,
  deadline: bigint,
): Promise<SignedWithdrawal> {
  const receiver = receiverAt(market, to);
  const { escrow } = market.contracts;
  const account = await owner.getAddress();
  const { free: units } = await escrow.balanceOf(account);
  if (units === 0n) {
    const message = `${account} has nothing free to withdraw: wait until its stakes are freed`;
    throw new StepError("E_NOTHING_FREE", message, { account });
  }
  const data = escrow.interface.encodeFunctionData("withdraw", [receiver, units]);
  const call = await signTried(market, await escrowCalled(market), owner, data, deadline);
  return { units, call };
}

/** @throws StepError E_RECEIVER */
function receiverAt(market: Market, to: Address): Address {
  const receiver = getAddress(to);
  const lost = market.known.find(({ address }) => getAddress(address) === receiver);
  if (receiver === ZeroAddress) throw lostAt(receiver, "the zero address");
  if (lost !== undefined) throw lostAt(receiver, `the market's ${lost.name}`);
  return receiver;
}

function lostAt(receiver: Address, what: string): StepError {
  const message = `cannot withdraw to ${receiver}, ${what}, where tokens are lost: name an account of your own`;
  return new StepError("E_RECEIVER", message, { receiver });
}
