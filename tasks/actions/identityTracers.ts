/**
 * `identity tracers`: makes the keys of a market's credentials, where the usual ones (one tracer, a
 * day) are not wanted.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connectToKeep } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { StateError } from "../stores/state.ts";
import { type CredentialTerms, makeCredentials } from "../support/founding.ts";

export interface IdentityTracersArguments extends CredentialTerms {
  readonly state: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityTracersArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    if (!(await makeCredentials(connected, args))) {
      throw new StateError(
        `${args.state} already holds the market's tracers: they are for ever: deploy another market for others`,
      );
    }
    const { threshold, members, epochSeconds } = args;
    printFacts({ tracers: members, threshold, epochSeconds }, args.json);
  });
}
