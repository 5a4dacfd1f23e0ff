/**
 * `market relay`: anybody sends a call that somebody else has signed, to whichever contract of the
 * market it is for, and pays the gas.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { relayCall } from "../../offchain/market/relaying.ts";
import { signedCalls } from "../stores/signedCalls.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies, type Remedies } from "../support/remedies.ts";

export interface MarketRelayArguments {
  readonly state: string;
  readonly as: string;
  readonly call: string;
  readonly json: boolean;
}

const REMEDIES: Remedies = {
  E_OTHER_MARKET: ({ message }) => `--call: ${message}: name its market's folder with --state`,
  E_NO_CALL: ({ message }) => `--call: ${message}`,
  E_RELAY_GAS: ({ message }) => `--call: ${message}`,
};

export default function action(
  args: MarketRelayArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { wallet } = await playerNamed(connected, args.as);
    const call = await signedCalls.read(args.call);
    const relayed = await withRemedies(REMEDIES, relayCall(market, wallet, call));
    const facts = { relayed: relayed.name, calledContract: relayed.contract };
    printFacts({ ...facts, signedBy: call.from, nonce: call.nonce }, args.json);
  });
}
