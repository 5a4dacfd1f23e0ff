/**
 * Money of a participant before it takes on an obligation: what is missing in the escrow is
 * deposited.
 */
import { depositTokens, missingFree, type StakeDesk } from "../chain/funds.ts";
import type { Market } from "../chain/market.ts";
import { StepError } from "./stepError.ts";

/**
 * Brings the free balance in the escrow to at least `units`. Returns what was deposited, in token
 * units.
 * @throws StepError E_STAKE if the account has too few tokens; RefusedError as the token and the
 *   escrow
 */
export async function ensureFree(
  market: Market,
  { wallet, faucet }: StakeDesk,
  units: bigint,
): Promise<bigint> {
  const account = await wallet.getAddress();
  const missingUnits = await missingFree(market, account, units);
  if (missingUnits === 0n) return 0n;
  await faucet?.(market, wallet, missingUnits);
  const heldUnits = await market.contracts.token.balanceOf(account);
  if (heldUnits < missingUnits) {
    const missing = `${missingUnits} token units are missing in the escrow, and ${heldUnits} are there to deposit`;
    const message = `${account} cannot stake ${units}: ${missing}; send it tokens first`;
    throw new StepError("E_STAKE", message, { account, units, missingUnits, heldUnits });
  }
  await depositTokens(market, wallet, missingUnits);
  return missingUnits;
}
