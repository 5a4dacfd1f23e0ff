/** `identity relay`: anybody sends what the authority has signed, and pays the gas. */
import { isAddress, type Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { relayParticipantAct } from "../../offchain/market/authorityActs.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import { standingOf } from "../../offchain/market/participants.ts";
import { participantActs } from "../stores/signedCalls.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireFor } from "../support/signing.ts";
import { factsOf } from "../support/standing.ts";

export interface IdentityRelayArguments {
  readonly state: string;
  readonly as: string;
  readonly act: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityRelayArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { identities } = market.contracts;
    const { wallet } = await playerNamed(connected, args.as);
    const act = await participantActs.read(args.act);
    const contract = await identities.getAddress();
    requireFor("--act", act, { chainId: market.chainId, contract });
    const called = callIn(identities.interface, act.data);
    if (called === null) {
      throw new InputError(`--act: ${args.act} calls no function that is about an account`);
    }
    await relayParticipantAct(market, wallet, act);
    const standing = factsOf(await standingOf(market, called.account));
    printFacts({ relayed: called.name, signedBy: act.from, ...standing }, args.json);
  });
}

/** The function that data call, and the account that it is about; null for what calls none. */
function callIn(
  functions: Interface,
  data: string,
): { readonly name: string; readonly account: Address } | null {
  try {
    const called = functions.parseTransaction({ data });
    // Where there is no argument to be read, reading it is what throws.
    const account: unknown = called?.args[0];
    return called !== null && isAddress(account) ? { name: called.name, account } : null;
  } catch {
    return null;
  }
}
