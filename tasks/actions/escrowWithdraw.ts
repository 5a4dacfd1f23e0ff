/** `escrow withdraw`: a participant takes everything free out of the escrow. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { withdrawFree } from "../../offchain/chain/funds.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface EscrowWithdrawArguments {
  readonly state: string;
  readonly as: string;
  readonly json: boolean;
}

export default function action(
  args: EscrowWithdrawArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const { escrow, token } = connected.market.contracts;
    const withdrawnUnits = await withdrawFree(connected.market, wallet);
    const { locked } = await escrow.balanceOf(wallet.address);
    const tokenUnits = await token.balanceOf(wallet.address);
    printFacts(
      { account: wallet.address, withdrawnUnits, lockedUnits: locked, tokenUnits },
      args.json,
    );
  });
}
