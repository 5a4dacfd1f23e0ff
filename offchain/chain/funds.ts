/**
 * Tokens into the escrow and out again, for any participant. Where the token knows ERC-2612 a
 * signature replaces the approval; where it does not, the escrow is approved first.
 */
import { Signature, type Signer } from "ethers";
import type { Address, AuctionTerms } from "../core/messages/market.ts";
import { eventsOf } from "./events.ts";
import { pendingSeconds, read, send, type Market } from "./market.ts";
import { permitTerms } from "./token.ts";

const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};
/** A permit is used in the next block. */
const PERMIT_SECONDS = 3_600;

/**
 * Gives an account new tokens, where there is somebody who does: on local chains the demo token
 * mints them.
 */
export type Faucet = (market: Market, owner: Signer, units: bigint) => Promise<void>;

/** What somebody stakes with. */
export interface StakeDesk {
  readonly wallet: Signer;
  /** Null where tokens cost money. */
  readonly faucet: Faucet | null;
}

/** Moves `units` of the owner's tokens into its free balance. */
export async function depositTokens(market: Market, owner: Signer, units: bigint): Promise<void> {
  const { escrow, token } = market.contracts;
  const account = await owner.getAddress();
  const permit = await signPermit(market, owner, units);
  if (permit === null) {
    await send(market, token.connect(owner).approve(await escrow.getAddress(), units));
    await send(market, escrow.connect(owner).deposit(account, units));
    return;
  }
  const { deadline, signature } = permit;
  const { v, r, s } = signature;
  const deposit = escrow.connect(owner).depositWithPermit;
  await send(market, deposit(account, units, deadline, v, r, s));
}

/** Takes everything free out of the escrow. Returns the amount in token units. */
export async function withdrawFree(market: Market, owner: Signer): Promise<bigint> {
  const { escrow } = market.contracts;
  const account = await owner.getAddress();
  const { free } = await escrow.balanceOf(account);
  if (free > 0n) await send(market, escrow.connect(owner).withdraw(account, free));
  return free;
}

/** How much is missing to `units` of free balance. */
export async function missingFree(
  market: Market,
  account: Address,
  units: bigint,
): Promise<bigint> {
  const { free } = await market.contracts.escrow.balanceOf(account);
  return free >= units ? 0n : units - free;
}

/** Everything that an account has withdrawn to a receiver, in token units. Anybody can read it. */
export async function withdrawnUnits(
  { contracts }: Market,
  account: Address,
  receiver: Address,
): Promise<bigint> {
  const { escrow } = contracts;
  return sumOf(await eventsOf(escrow, escrow.filters.Withdrawn(account, receiver)));
}

/** Everything that a payer has deposited for an account, in token units. Anybody can read it. */
export async function depositedUnits(
  { contracts }: Market,
  account: Address,
  payer: Address,
): Promise<bigint> {
  const { escrow } = contracts;
  return sumOf(await eventsOf(escrow, escrow.filters.Deposited(account, payer)));
}

/**
 * What the first request of `vehicle` in an auction locks: the auction's deposit, a multiple of it
 * on probation.
 * @throws RefusedError `ReputationBelowThreshold` for a vehicle that is not served for any deposit
 */
export async function requestDeposit(
  market: Market,
  vehicle: Address,
  { vehicleDeposit }: Pick<AuctionTerms, "vehicleDeposit">,
): Promise<bigint> {
  return vehicleDeposit * (await read(market, market.contracts.reputation.depositFactor(vehicle)));
}

function sumOf(moves: readonly { readonly args: { readonly amount: bigint } }[]): bigint {
  return moves.reduce((sum, { args }) => sum + args.amount, 0n);
}

/** Null if the token has no permits. */
async function signPermit(
  market: Market,
  owner: Signer,
  value: bigint,
): Promise<{ readonly deadline: bigint; readonly signature: Signature } | null> {
  const { escrow, token } = market.contracts;
  const account = await owner.getAddress();
  const terms = await permitTerms(token, market.chainId, account);
  if (terms === null) return null;

  const deadline = BigInt((await pendingSeconds(market)) + PERMIT_SECONDS);
  const spender = await escrow.getAddress();
  const message = { owner: account, spender, value, nonce: terms.nonce, deadline };
  const signed = await owner.signTypedData(terms.domain, PERMIT_TYPES, message);
  return { deadline, signature: Signature.from(signed) };
}
