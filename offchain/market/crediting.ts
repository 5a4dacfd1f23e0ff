/**
 * Deposits that one account pays for many: each gets the same amount, in an order that says nothing
 * of who asked first.
 */
import type { ContractTransactionResponse, Signer } from "ethers";
import { send, type Market } from "../chain/market.ts";
import { RefusedError } from "../chain/refusal.ts";
import { drawsOf, shuffled } from "../core/cloak/draws.ts";
import type { Address } from "../core/messages/market.ts";
import { assertProductionRng, type Rng } from "../core/primitives/random.ts";
import { StepError } from "./stepError.ts";

/**
 * A payer, and the nonce of its next transaction when it was looked at. What was read of the chain
 * afterwards holds for as long as its transactions follow each other from there without a gap.
 */
export interface PayersTurn {
  readonly payer: Signer;
  readonly nonce: number;
}

/**
 * The payer's turn, before anybody reads who is credited: what an interrupted run has sent is on
 * the chain by then.
 * @throws StepError E_BATCH_PENDING while a transaction of the payer is not mined
 */
export async function payersTurn(
  { provider }: Pick<Market, "provider">,
  payer: Signer,
): Promise<PayersTurn> {
  const address = await payer.getAddress();
  const nonce = await provider.getTransactionCount(address, "latest");
  const pending = (await provider.getTransactionCount(address, "pending")) - nonce;
  if (pending <= 0) return { payer, nonce };
  const got = `${pending} of ${address} that are not mined: wait until they are, and credit again`;
  const message = `batch: expected no transactions of the payer under way, got ${got}`;
  throw new StepError("E_BATCH_PENDING", message, { payer: address, pending });
}

/**
 * Credits every account with `amountUnits` of the payer's tokens, in shuffled order and under one
 * approval. Returns the order. Run by the cashier, once an auction, when all that want to take part
 * have paid. Its transactions have the nonces of the turn, so that of two batches from one turn at
 * most one credits anybody.
 * @param turn from before it was read which accounts are to be credited
 * @param rng decides the order; to be unpredictable, or whoever knows when which account was named
 *   links them
 * @throws StepError of `requireBatch`; E_BATCH_BUSY if the payer has sent something else since its
 *   turn; RandomError E_RNG_DETERMINISTIC outside tests; RefusedError if the tokens are missing
 */
export async function creditAccounts(
  market: Market,
  turn: PayersTurn,
  accounts: readonly Address[],
  amountUnits: bigint,
  rng: Rng,
): Promise<readonly Address[]> {
  requireBatch(accounts, amountUnits);
  assertProductionRng(rng);
  const order = shuffled(accounts, drawsOf(rng));
  const { payer, nonce } = turn;
  const { escrow, token } = market.contracts;
  const total = amountUnits * BigInt(order.length);
  const address = await escrow.getAddress();
  await sendAt(market, turn, token.connect(payer).approve(address, total, { nonce }));
  for (const [k, account] of order.entries()) {
    const next = { payer, nonce: nonce + 1 + k };
    const deposit = escrow.connect(payer).deposit(account, amountUnits, { nonce: next.nonce });
    await sendAt(market, next, deposit);
  }
  return order;
}

/**
 * Providers have many words for a nonce that is taken; the chain says it in one.
 * @throws StepError E_BATCH_BUSY if another transaction was mined under this nonce
 */
async function sendAt(
  market: Market,
  { payer, nonce }: PayersTurn,
  pending: Promise<ContractTransactionResponse>,
): Promise<void> {
  try {
    await send(market, pending);
  } catch (error) {
    const address = await payer.getAddress();
    const mined = await market.provider.getTransactionCount(address, "latest");
    if (error instanceof RefusedError || mined <= nonce) throw error;
    const got = `nonce ${mined} of ${address}: it credits another batch, so credit again after it`;
    const message = `batch: expected nonce ${nonce} to be the payer's next, got ${got}`;
    throw new StepError("E_BATCH_BUSY", message, { payer: address, nonce, mined });
  }
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
