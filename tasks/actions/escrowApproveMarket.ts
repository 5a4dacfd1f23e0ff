/** `escrow approve-market`: a participant lets a later market in, or out again, or signs that. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  approveLaterMarket,
  revokeLaterMarket,
  signLaterMarket,
} from "../../offchain/market/laterMarkets.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { ownedAddressNamed } from "../support/naming.ts";
import { printFacts } from "../support/print.ts";
import { keptCall, relayBefore, type CallSigningArguments } from "../support/signedCall.ts";

export interface EscrowApproveMarketArguments extends CallSigningArguments {
  readonly state: string;
  readonly as: string;
  readonly market: string;
  readonly revoke: boolean;
  readonly json: boolean;
}

export default function action(
  args: EscrowApproveMarketArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const gate = ownedAddressNamed("market", args.market);
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    if (args.sign !== undefined) {
      const deadline = await relayBefore(connected, args);
      const word = { gate, approves: !args.revoke };
      const call = await signLaterMarket(connected.market, wallet, word, deadline);
      const kept = await keptCall(args.sign, call);
      printFacts({ account: wallet.address, market: gate, ...kept }, args.json);
      return;
    }
    const act = args.revoke ? revokeLaterMarket : approveLaterMarket;
    const { isApproved, ...facts } = await act(connected.market, wallet, gate);
    printFacts({ ...facts, approved: isApproved }, args.json);
  });
}
