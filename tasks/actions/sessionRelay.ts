/**
 * `session relay`: anybody sends a call that a party of a session has signed, and pays the gas.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { relaySignedCall, sessionsCalled } from "../../offchain/chain/signedCalls.ts";
import { sessionCalls } from "../stores/signedCalls.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireFor } from "../support/signing.ts";

export interface SessionRelayArguments {
  readonly state: string;
  readonly as: string;
  readonly call: string;
  readonly json: boolean;
}

export default function action(
  args: SessionRelayArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { wallet } = await playerNamed(connected, args.as);
    const call = await sessionCalls.read(args.call);
    const called = await sessionsCalled(market);
    const contract = await called.contract.getAddress();
    requireFor("--call", call, { chainId: market.chainId, contract });
    await relaySignedCall(market, called, wallet, call);
    const { sessions } = market.contracts;
    const name = sessions.interface.parseTransaction(call)?.name ?? null;
    printFacts({ relayed: name, signedBy: call.from, nonce: call.nonce }, args.json);
  });
}
