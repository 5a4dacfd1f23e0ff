/** What an account has left when its session is over: the vehicle's half of giving it back. */
import type { Signer } from "ethers";
import { read, send, type Market } from "../../chain/market.ts";
import { leftoverClaimMessage, type LeftoverClaim } from "../../core/messages/leftoverClaim.ts";
import type { Address } from "../../core/messages/market.ts";
import { cashierDomain, LEFTOVER_CLAIM_TYPES } from "../../core/messages/typedData.ts";

/**
 * Withdraws what is free of an account to the cashier, which owes the holder coins for it. Returns
 * the amount in token units, 0 where nothing was free.
 * @throws RefusedError
 */
export async function returnLeftover(
  market: Market,
  account: Signer,
  cashierAddress: Address,
): Promise<bigint> {
  const { escrow } = market.contracts;
  const { free } = await read(market, escrow.balanceOf(await account.getAddress()));
  if (free > 0n) await send(market, escrow.connect(account).withdraw(cashierAddress, free));
  return free;
}

/** Signs a request for coins with the account that the leftover was withdrawn from. */
export async function claimLeftover(
  { chainId, contracts }: Market,
  account: Signer,
  request: Uint8Array,
): Promise<LeftoverClaim> {
  const domain = cashierDomain(chainId, await contracts.escrow.getAddress());
  const message = leftoverClaimMessage(request);
  const signature = await account.signTypedData(domain, LEFTOVER_CLAIM_TYPES, message);
  return { account: await account.getAddress(), request, signature };
}
