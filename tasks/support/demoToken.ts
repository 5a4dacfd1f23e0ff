/** The demo token, which anybody mints: what those who run a local chain fill accounts with. */
import { send } from "../../offchain/chain/market.ts";
import type { Faucet } from "../../offchain/chain/funds.ts";
import type { DemoToken } from "../../types/ethers-contracts/index.js";

/** Mints to whoever asks, who pays the gas. */
export function demoFaucet(token: DemoToken): Faucet {
  return async (market, owner, units) => {
    await send(market, token.connect(owner).mint(await owner.getAddress(), units));
  };
}
