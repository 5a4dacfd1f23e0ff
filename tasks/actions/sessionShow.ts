/** `session show`: what the chain says of a session. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { sessionOf } from "../support/namedSession.ts";
import { sessionFacts } from "../support/sessions.ts";
import { idNamed } from "../support/naming.ts";

export interface SessionShowArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly session: string | undefined;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: SessionShowArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    if (args.session === undefined && args.as === undefined) {
      throw new InputError("name a session with --session, or somebody who has one with --as");
    }
    const session =
      args.as === undefined
        ? idNamed("session", args.session ?? "")
        : await sessionOf(connected, await playerNamed(connected, args.as), args);
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}
