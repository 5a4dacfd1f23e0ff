/**
 * Deposits that one account pays for many: each gets the same amount, in an order that says nothing
 * of who asked first.
 */
import type { Signer } from "ethers";
import { send, type Market } from "../chain/market.ts";
import { drawsOf, shuffled } from "../core/cloak/draws.ts";
import type { Address } from "../core/messages/market.ts";
import { assertProductionRng, type Rng } from "../core/primitives/random.ts";
import { StepError } from "./stepError.ts";

/**
 * Credits every account with `amountUnits` of the payer's tokens, in shuffled order and under one
 * approval. Returns the order. Run by the cashier, once an auction, when all that want to take part
 * have paid.
 * @param rng decides the order; to be unpredictable, or whoever knows when which account was named
 *   links them
 * @throws StepError of `requireBatch`; RandomError E_RNG_DETERMINISTIC outside tests; RefusedError
 *   if the tokens are missing
 */
export async function creditAccounts(
  market: Market,
  payer: Signer,
  accounts: readonly Address[],
  amountUnits: bigint,
  rng: Rng,
): Promise<readonly Address[]> {
  requireBatch(accounts, amountUnits);
  assertProductionRng(rng);
  const order = shuffled(accounts, drawsOf(rng));
  const { escrow, token } = market.contracts;
  const total = amountUnits * BigInt(order.length);
  await send(market, token.connect(payer).approve(await escrow.getAddress(), total));
  for (const account of order) {
    await send(market, escrow.connect(payer).deposit(account, amountUnits));
  }
  return order;
}

/**
 * @throws StepError E_BATCH_ACCOUNTS for no accounts and for one that comes twice; E_BATCH_AMOUNT
 *   for an amount below 1
 */
export function requireBatch(accounts: readonly Address[], amountUnits: bigint): void {
  const distinct = new Set(accounts.map((account) => account.toLowerCase())).size;
  if (distinct !== accounts.length || distinct === 0) {
    const values = { accounts: accounts.length, distinct };
    const got = `${accounts.length} with ${distinct} different ones`;
    const message = `batch: expected different accounts, got ${got}; name each once`;
    throw new StepError("E_BATCH_ACCOUNTS", message, values);
  }
  if (amountUnits >= 1n) return;
  const message = `batch: expected a deposit of at least 1 unit each, got ${amountUnits}`;
  throw new StepError("E_BATCH_AMOUNT", message, { amountUnits });
}
