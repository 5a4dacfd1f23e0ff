/** `identity exclude`: the registrar lets a member into no further epoch, or does so again. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { epochAt } from "../../offchain/core/credential/attributes.ts";
import { connectToKeep } from "../support/connection.ts";
import { credentialsOf, registerOf } from "../stores/credentials.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { excludeMember } from "../../offchain/market/joining.ts";

export interface IdentityExcludeArguments {
  readonly state: string;
  readonly as: string;
  readonly lift: boolean;
  readonly json: boolean;
}

export default function action(
  args: IdentityExcludeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const credentials = await credentialsOf(connected);
    const { epochSeconds } = credentials;
    const store = registerOf(connected, credentials);
    const change = { name: args.as, isExcluded: !args.lift };
    const { memberId, isExcluded } = await excludeMember(store, change);
    const epochEnds = (epochAt(await connected.now(), epochSeconds) + 1) * epochSeconds;
    // What it has joined for counts to the end of the epoch.
    const countsUntil = isExcluded ? moment(epochEnds) : null;
    printFacts({ name: args.as, memberId, excluded: isExcluded, countsUntil }, args.json);
  });
}
