/**
 * The cashier: it is paid with coins for the deposits of accounts, and gives coins for what
 * accounts have left. What was paid for and what was given is in its store; the chain says what an
 * account has withdrawn to it. [ours]
 */
import type { Signer } from "ethers";
import { withdrawnUnits } from "../../chain/funds.ts";
import type { Market } from "../../chain/market.ts";
import { coinUnitsDown } from "../../core/funding/coin.ts";
import { FundingError } from "../../core/funding/fundingError.ts";
import { exchangeCoins, signCoins, type Mint } from "../../core/funding/mint.ts";
import type { MintBook } from "../../core/funding/mintBook.ts";
import { leftoverClaimMessage, type LeftoverClaim } from "../../core/messages/leftoverClaim.ts";
import type { Address } from "../../core/messages/market.ts";
import { signerOf } from "../../core/messages/signatureForm.ts";
import { cashierDomain, LEFTOVER_CLAIM_TYPES } from "../../core/messages/typedData.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { CashierStore } from "./store.ts";

/** What the cashier works with. */
export interface CashierDesk {
  /** Of its account, which pays for everybody's. */
  readonly wallet: Signer;
  readonly mint: Mint;
  readonly store: CashierStore;
  readonly rng: Rng;
}

/** Coins for the deposit of an account, as they are sent to the cashier. */
export interface SentPayment {
  readonly account: Address;
  /** As `offchain/core/funding` writes them, like the request for change. */
  readonly coins: Uint8Array;
  readonly change: Uint8Array;
}

export class CashierError extends Error {
  override readonly name = "CashierError";
  readonly code: "E_CASHIER_CLAIM" | "E_CASHIER_PAID";

  constructor(code: CashierError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Takes coins for the deposit of an account, once an account. Returns the answer to the request for
 * change.
 * @param depositUnits in token units
 * @throws CashierError E_CASHIER_PAID for an account that is paid for; FundingError of
 *   `exchangeCoins`
 */
export function takePayment(
  { mint, store, rng }: CashierDesk,
  { account, coins, change }: SentPayment,
  depositUnits: bigint,
): Promise<Uint8Array> {
  const spend: MintBook["spend"] = async (epoch, spent, issued) => {
    const payment = { account, units: depositUnits, epoch, coins: spent, issued };
    const outcome = await store.pay(payment);
    if (outcome === "repeated") throw paidError(account);
    return outcome === "paid" ? "taken" : outcome;
  };
  return exchangeCoins(mint, { spend }, { coins, change }, depositUnits, rng);
}

/**
 * Whether the deposit of an account is paid for.
 * @throws CashierError E_CASHIER_PAID if another amount was paid for it
 */
export async function isPaidFor(
  { store }: CashierDesk,
  account: Address,
  depositUnits: bigint,
): Promise<boolean> {
  const paidUnits = await store.paidUnits(account);
  if (paidUnits !== 0n && paidUnits !== depositUnits) throw paidError(account);
  return paidUnits !== 0n;
}

/**
 * What an account has withdrawn to the cashier and has had no coins for, in token units. What is
 * below a coin's worth is owed on until it makes up a coin.
 */
export async function owedForLeftover(
  market: Market,
  { wallet, store }: CashierDesk,
  account: Address,
): Promise<bigint> {
  return unsettledUnits(market, wallet, account, await store.settledUnits(account));
}

/**
 * Coins for everything that an account has withdrawn to the cashier and has had no coins for.
 * Returns the answer to the request.
 * @throws CashierError E_CASHIER_CLAIM for a signature that is not the account's, for an account
 *   that is owed no whole coin, and for the later of two claims at once; FundingError of
 *   `signCoins` for a request of another value, E_EPOCH if the book has been in a later epoch
 */
export async function settleClaim(
  market: Market,
  desk: CashierDesk,
  claim: LeftoverClaim,
): Promise<Uint8Array> {
  const { wallet, mint, store, rng } = desk;
  const { account } = claim;
  await requireOwnClaim(market, claim);
  const before = await store.settledUnits(account);
  const owedUnits = await unsettledUnits(market, wallet, account, before);
  if (coinUnitsDown(owedUnits) === 0n) {
    const had = `is owed ${owedUnits} units beyond the ${before} that it has had coins for`;
    throw claimError(account, `${had}, which is no coin: withdraw more to the cashier first`);
  }
  const { answer, issued } = signCoins(mint, claim.request, owedUnits, rng);
  const step = { before, after: before + issued.units };
  const verdict = await store.settle(account, step, issued);
  if (verdict === "settled") return answer;
  if (verdict === "past") {
    const got = `expected the latest epoch of the mint's book, got ${issued.epoch}: set the clock`;
    throw new FundingError("E_EPOCH", `settleClaim: ${got}`);
  }
  throw claimError(account, "has claimed at the same time: ask what it is owed and claim again");
}

/** What an account has withdrawn to the cashier beyond what it has had coins for. */
async function unsettledUnits(
  market: Market,
  cashier: Signer,
  account: Address,
  settledUnits: bigint,
): Promise<bigint> {
  return (await withdrawnUnits(market, account, await cashier.getAddress())) - settledUnits;
}

/** @throws CashierError E_CASHIER_CLAIM */
async function requireOwnClaim(
  { chainId, contracts }: Market,
  { account, request, signature }: LeftoverClaim,
): Promise<void> {
  const domain = cashierDomain(chainId, await contracts.escrow.getAddress());
  const value = { ...leftoverClaimMessage(request) };
  const signer = signerOf({ domain, types: LEFTOVER_CLAIM_TYPES, value }, signature);
  if (signer === account) return;
  const by = signer ?? "nobody";
  throw claimError(account, `did not sign this claim, ${by} did: sign the request with its key`);
}

function claimError(account: Address, why: string): CashierError {
  return new CashierError("E_CASHIER_CLAIM", `settleClaim: account ${account} ${why}`);
}

function paidError(account: Address): CashierError {
  const message = `takePayment: account ${account} is paid for already: name a fresh one`;
  return new CashierError("E_CASHIER_PAID", message);
}
