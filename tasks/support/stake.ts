/** Makes sure that a player has enough free balance for an obligation. */
import { send } from "../../offchain/chain/market.ts";
import { depositTokens, missingFree } from "../../offchain/chain/funds.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";

/** Deposits what is missing: from the player's tokens, or freshly minted ones where the token is the demo token. */
export async function ensureStake(
  { market, deployment }: Connected,
  { wallet, person }: Player,
  units: bigint,
): Promise<void> {
  const missing = await missingFree(market, wallet.address, units);
  if (missing === 0n) return;
  const { token } = market.contracts;
  if (deployment.tokenIsDemo) {
    await send(market, token.connect(wallet).mint(wallet.address, missing));
  }
  const held = await token.balanceOf(wallet.address);
  if (held < missing) {
    const amounts = `${missing} token units are missing in the escrow, and ${held} are there to deposit`;
    throw new InputError(`${person.name} cannot stake ${units}: ${amounts}`);
  }
  await depositTokens(market, wallet, missing);
}
