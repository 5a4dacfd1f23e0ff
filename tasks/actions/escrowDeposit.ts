/** `escrow deposit`: a participant brings tokens of its own into the escrow. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { depositUnits } from "../../offchain/market/money.ts";
import { balanceFacts } from "../support/balances.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireWithin, STAKE } from "../support/ranges.ts";

export interface EscrowDepositArguments {
  readonly state: string;
  readonly as: string;
  readonly amount: bigint;
  readonly json: boolean;
}

export default function action(
  args: EscrowDepositArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const { amount: depositedUnits } = args;
    requireWithin("amount", depositedUnits, STAKE);
    const connected = await connect(hre, args.state);
    const { market, faucet } = connected;
    const { wallet } = await playerNamed(connected, args.as);
    const { by, whyNoPermit } = await depositUnits(market, { wallet, faucet }, depositedUnits);
    if (whyNoPermit !== null) {
      const paid = `${wallet.address} has approved the escrow first and paid the gas of that too`;
      process.stderr.write(`${whyNoPermit}: ${paid}\n`);
    }
    const balance = await balanceFacts(market, wallet.address);
    printFacts({ account: wallet.address, depositedUnits, by, ...balance }, args.json);
  });
}
