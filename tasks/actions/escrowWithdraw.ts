/**
 * `escrow withdraw`: a participant takes everything free out of the escrow, to its own account or
 * to another; or it signs that, for somebody else to relay.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { signWithdrawal, withdrawTo } from "../../offchain/market/money.ts";
import { balanceFacts } from "../support/balances.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { addressNamed } from "../support/naming.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { keptCall, relayBefore, type CallSigningArguments } from "../support/signedCall.ts";

export interface EscrowWithdrawArguments extends CallSigningArguments {
  readonly state: string;
  readonly as: string;
  readonly to: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: EscrowWithdrawArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { wallet } = await playerNamed(connected, args.as);
    const { address: account } = wallet;
    const receiver = args.to === undefined ? account : addressNamed("to", args.to);
    if (args.sign !== undefined) {
      const deadline = await relayBefore(connected, args);
      const { units, call } = await signWithdrawal(market, wallet, receiver, deadline);
      const kept = await keptCall(args.sign, call);
      printFacts({ account, receiver, signedUnits: units, ...kept }, args.json);
      return;
    }
    const withdrawnUnits = await withdrawTo(market, wallet, receiver);
    printFacts(
      { account, receiver, withdrawnUnits, ...(await balanceFacts(market, account)) },
      args.json,
    );
  });
}
