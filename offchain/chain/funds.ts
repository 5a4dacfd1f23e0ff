/**
 * Tokens into the escrow and out again, for any participant. Where the token takes permits
 * (ERC-2612), a signature replaces the approval; where it does not, the escrow is approved first.
 */
import type { Signer } from "ethers";
import type { Address, AuctionTerms } from "../core/messages/market.ts";
import { eventsOf } from "./events.ts";
import { pendingSeconds, read, send, type Market } from "./market.ts";
import { permitTerms, signPermit } from "./permits.ts";
import { isRevert } from "./refusal.ts";

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

/** How tokens came into the escrow. */
export interface Deposit {
  /** A signature, an approval sent before, or one that was there already. */
  readonly by: "permit" | "approval" | "allowance";
  /** Why no signature replaced the approval; null if one did, or none was needed. */
  readonly whyNoPermit: string | null;
}

/**
 * Moves `units` of the owner's tokens into its free balance: in one transaction where the token
 * takes permits or the escrow is approved already, in two or three where it does not. All of them
 * are the owner's, who pays their gas.
 * @throws RefusedError as the token and the escrow; GasShortageError for an owner without gas
 */
export async function depositTokens(
  market: Market,
  owner: Signer,
  units: bigint,
): Promise<Deposit> {
  const { escrow, token } = market.contracts;
  const account = await owner.getAddress();
  const allowed = await token.allowance(account, await escrow.getAddress());
  if (allowed >= units) {
    await send(market, escrow.connect(owner).deposit(account, units));
    return { by: "allowance", whyNoPermit: null };
  }
  const whyNoPermit = await depositOnPermit(market, owner, units);
  if (whyNoPermit === null) return { by: "permit", whyNoPermit };
  await approve(market, owner, units, allowed);
  await send(market, escrow.connect(owner).deposit(account, units));
  return { by: "approval", whyNoPermit };
}

/**
 * Takes everything free out of the escrow, to the owner or somebody else. Returns the amount in
 * token units.
 */
export async function withdrawFree(market: Market, owner: Signer, to?: Address): Promise<bigint> {
  const { escrow } = market.contracts;
  const account = await owner.getAddress();
  const { free } = await escrow.balanceOf(account);
  if (free > 0n) await send(market, escrow.connect(owner).withdraw(to ?? account, free));
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

/**
 * Null if it is done, otherwise why not. The call is tried before it is sent: a token can tell a
 * domain and take no permits for it.
 */
async function depositOnPermit(
  market: Market,
  owner: Signer,
  units: bigint,
): Promise<string | null> {
  const { escrow, token } = market.contracts;
  const account = await owner.getAddress();
  const terms = await permitTerms(await token.getAddress(), market.provider, account);
  if ("whyNone" in terms) return terms.whyNone;

  const deadline = BigInt((await pendingSeconds(market)) + PERMIT_SECONDS);
  const permit = { spender: await escrow.getAddress(), value: units, deadline };
  const { v, r, s } = await signPermit(owner, terms, permit);
  const deposit = escrow.connect(owner).depositWithPermit;
  const isTaken = await succeeds(deposit.staticCall(account, units, deadline, v, r, s));
  if (!isTaken) return "the token does not take the permit that it describes";
  await send(market, deposit(account, units, deadline, v, r, s));
  return null;
}

/** Some tokens take a new allowance only where none is left. */
async function approve(
  market: Market,
  owner: Signer,
  units: bigint,
  allowed: bigint,
): Promise<void> {
  const { escrow, token } = market.contracts;
  const spender = await escrow.getAddress();
  const approving = token.connect(owner).approve;
  if (allowed > 0n) await send(market, approving(spender, 0n));
  await send(market, approving(spender, units));
}

/** Whether a call that is not sent would go through. @throws what the network throws */
async function succeeds(tried: Promise<unknown>): Promise<boolean> {
  try {
    await tried;
    return true;
  } catch (error) {
    if (isRevert(error)) return false;
    throw error;
  }
}
