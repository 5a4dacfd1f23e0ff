/**
 * The cashier on chain. Coins are paid to it elsewhere (`offchain/core/funding`); here it credits
 * the accounts that they were paid for, each with the same amount and in an order that says
 * nothing, and gets back what accounts have left. To whoever reads the chain all accounts of an
 * auction then have one funder and one receiver. [ours]
 */
import { keccak256, verifyTypedData, type Signer, type TypedDataDomain } from "ethers";
import { FundingError } from "../../core/funding/fundingError.ts";
import { signCoins, type Mint } from "../../core/funding/mint.ts";
import type { Address } from "../../core/messages/market.ts";
import { assertProductionRng, randomBits, type Rng } from "../../core/primitives/random.ts";
import { read, send, type Market } from "../../chain/market.ts";
import { eventsOf } from "../../chain/events.ts";
import type { CashierStore } from "./store.ts";

/** What the cashier works with. */
export interface CashierDesk {
  /** Of its account, which pays for everybody's. */
  readonly wallet: Signer;
  readonly mint: Mint;
  readonly store: CashierStore;
  readonly rng: Rng;
}

/** A request for coins in exchange for what an account has left, by who holds the account. */
export interface LeftoverClaim {
  readonly account: Address;
  /** As `offchain/core/funding` writes it. */
  readonly request: Uint8Array;
  readonly signature: string;
}

const TAG_BITS = 128;
const CLAIM_TYPES = { LeftoverClaim: [{ name: "requestHash", type: "bytes32" }] };

export class CashierError extends Error {
  override readonly name = "CashierError";
  readonly code: "E_CASHIER_ACCOUNTS" | "E_CASHIER_AMOUNT" | "E_CASHIER_CLAIM";

  constructor(code: CashierError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Credits every account with `amountUnits` of the cashier's tokens, in shuffled order and under one
 * approval. Returns the order. Run by the cashier, once an auction, when all that want to take part
 * have paid.
 * @param rng decides the order; to be unpredictable, or whoever knows when which account was named
 *   links them
 * @throws CashierError for no accounts, for one that comes twice, and for an amount below 1;
 *   RandomError E_RNG_DETERMINISTIC outside tests; RefusedError if the tokens are missing
 */
export async function fundAccounts(
  market: Market,
  cashierWallet: Signer,
  accounts: readonly Address[],
  amountUnits: bigint,
  rng: Rng,
): Promise<readonly Address[]> {
  const order = batchOf(accounts, amountUnits, rng);
  const { escrow, token } = market.contracts;
  const total = amountUnits * BigInt(order.length);
  await send(market, token.connect(cashierWallet).approve(await escrow.getAddress(), total));
  for (const account of order) {
    await send(market, escrow.connect(cashierWallet).deposit(account, amountUnits));
  }
  return order;
}

/**
 * Sends every account the same amount of the chain's own coin, in shuffled order, on a chain where
 * transactions cost it. Run by the cashier. Returns the order. Throws as `fundAccounts` does.
 * @param amountWei what all transactions of a session cost at most
 */
export async function sendGas(
  market: Market,
  cashierWallet: Signer,
  accounts: readonly Address[],
  amountWei: bigint,
  rng: Rng,
): Promise<readonly Address[]> {
  const order = batchOf(accounts, amountWei, rng);
  for (const to of order) {
    const sent = await cashierWallet.sendTransaction({ to, value: amountWei });
    await sent.wait();
  }
  return order;
}

/**
 * Withdraws what is free of an account to the cashier, which owes the holder coins for it, rounded
 * down to whole ones. Run by the vehicle when its session is over. Returns the amount in token
 * units, 0 where nothing was free.
 * @throws RefusedError
 */
export async function returnLeftover(
  market: Market,
  wallet: Signer,
  cashierAddress: Address,
): Promise<bigint> {
  const { escrow } = market.contracts;
  const { free } = await read(market, escrow.balanceOf(await wallet.getAddress()));
  if (free > 0n) await send(market, escrow.connect(wallet).withdraw(cashierAddress, free));
  return free;
}

/** Everything that an account has withdrawn to the cashier, in token units. Anybody can read it. */
export async function returnedUnits(
  { contracts }: Market,
  account: Address,
  cashierAddress: Address,
): Promise<bigint> {
  const { escrow } = contracts;
  const withdrawn = await eventsOf(escrow, escrow.filters.Withdrawn(account, cashierAddress));
  return withdrawn.reduce((sum, { args }) => sum + args.amount, 0n);
}

/**
 * Signs a request for coins with the account that the leftover was withdrawn from. Run by the
 * vehicle.
 */
export async function claimLeftover(
  market: Market,
  wallet: Signer,
  request: Uint8Array,
): Promise<LeftoverClaim> {
  const message = { requestHash: keccak256(request) };
  const signature = await wallet.signTypedData(await claimDomain(market), CLAIM_TYPES, message);
  return { account: await wallet.getAddress(), request, signature };
}

/**
 * Coins for everything that an account has withdrawn to the cashier, once an account. Returns the
 * answer to the request. Run by the cashier.
 * @throws CashierError of `claimedUnits`, and E_CASHIER_CLAIM for an account that has had its
 *   coins; FundingError of `signCoins` for a request of another value, E_EPOCH if the book has
 *   been in a later epoch
 */
export async function settleClaim(
  market: Market,
  { wallet, mint, store, rng }: CashierDesk,
  claim: LeftoverClaim,
): Promise<Uint8Array> {
  const dueUnits = await claimedUnits(market, await wallet.getAddress(), claim);
  const { answer, issued } = signCoins(mint, claim.request, dueUnits, rng);
  const verdict = await store.settle(claim.account, issued);
  if (verdict === "settled") return answer;
  if (verdict === "claimed") throw claimError("a claim of an account that has had no coins yet");
  throw new FundingError("E_EPOCH", "settleClaim: expected the latest epoch of the mint's book");
}

/**
 * What the cashier owes coins for, in token units: everything that the account has withdrawn to it.
 * @throws CashierError E_CASHIER_CLAIM for a signature that is not the account's, and an account
 *   that has withdrawn nothing to the cashier
 */
export async function claimedUnits(
  market: Market,
  cashierAddress: Address,
  { account, request, signature }: LeftoverClaim,
): Promise<bigint> {
  const message = { requestHash: keccak256(request) };
  const domain = await claimDomain(market);
  const signer = signerOf(() => verifyTypedData(domain, CLAIM_TYPES, message, signature));
  if (signer !== account) throw claimError("the account's own claim");
  const units = await returnedUnits(market, account, cashierAddress);
  if (units === 0n) throw claimError("an account that has withdrawn to the cashier");
  return units;
}

async function claimDomain({ chainId, contracts }: Market): Promise<TypedDataDomain> {
  const verifyingContract = await contracts.escrow.getAddress();
  return { name: "ChargeVeil Cashier", version: "1", chainId, verifyingContract };
}

/** Nobody, for bytes that are no signature. */
function signerOf(recover: () => Address): Address | null {
  try {
    return recover();
  } catch {
    return null;
  }
}

function claimError(expected: string): CashierError {
  return new CashierError("E_CASHIER_CLAIM", `settleClaim: expected ${expected}, got another`);
}

function batchOf(accounts: readonly Address[], amount: bigint, rng: Rng): readonly Address[] {
  assertProductionRng(rng);
  const distinct = new Set(accounts.map((account) => account.toLowerCase())).size;
  if (distinct !== accounts.length || distinct === 0) {
    const got = `${accounts.length} with ${distinct} different ones`;
    throw new CashierError("E_CASHIER_ACCOUNTS", `batch: expected different accounts, got ${got}`);
  }
  if (amount < 1n) {
    throw new CashierError("E_CASHIER_AMOUNT", `batch: expected at least 1 unit, got ${amount}`);
  }
  return shuffled(accounts, rng);
}

/** Sorted by random tags, so long that no two are equal. */
function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  const tagged = items.map((item) => ({ item, tag: randomBits(rng, TAG_BITS) }));
  return tagged.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)).map(({ item }) => item);
}
