/**
 * `session agree`: a party signs begin and end of the register; the second signature settles the
 * session, for good.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Reading } from "../../offchain/core/messages/market.ts";
import { agreeOnReading } from "../../offchain/market/agreement.ts";
import { readingsIn } from "../stores/registerStore.ts";
import { connectToKeep, playerNamed } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { sessionOf } from "../support/namedSession.ts";
import { sessionFacts } from "../support/sessions.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { numberNamed, REGISTER } from "../support/ranges.ts";

export interface SessionAgreeArguments extends SessionArguments {
  readonly begin: string | undefined;
  readonly end: string | undefined;
}

export default function action(
  args: SessionAgreeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const read = registersIn(args);
    const connected = await connectToKeep(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    const desk = { wallet: player.wallet, store: readingsIn(connected.state) };
    const { market } = connected;
    const { missing, replaced } = await agreeOnReading(market, desk, { session, ...read });
    if (replaced !== null) {
      const was = `${replaced.beginWh} to ${replaced.endWh} Wh`;
      process.stderr.write(
        `an earlier reading, ${was}, is replaced: the other party has to sign again\n`,
      );
    }
    if (missing !== null) {
      process.stderr.write(`signed; settles when ${missing} signs the same reading\n`);
    }
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}

/** @throws InputError unless both are given: what is signed settles for good */
function registersIn({ begin, end }: SessionAgreeArguments): Pick<Reading, "beginWh" | "endWh"> {
  if (begin === undefined || end === undefined) {
    const example = "as --begin 1000 --end 13000";
    throw new InputError(`--begin, --end: say what the register showed, in Wh, ${example}`);
  }
  return {
    beginWh: numberNamed("begin", begin, REGISTER),
    endWh: numberNamed("end", end, REGISTER),
  };
}
