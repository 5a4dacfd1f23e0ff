/**
 * `session agree`: a party signs begin and end of the register; the second signature settles the
 * session, for good.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { agreeOnReading } from "../../offchain/market/agreement.ts";
import { readingsIn } from "../stores/registerStore.ts";
import { connectToKeep, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { sessionOf } from "../support/namedSession.ts";
import { sessionFacts } from "../support/sessions.ts";
import type { SessionArguments } from "../support/sessionStep.ts";

export interface SessionAgreeArguments extends SessionArguments {
  readonly begin: bigint;
  readonly end: bigint;
}

export default function action(
  args: SessionAgreeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    const desk = { wallet: player.wallet, store: readingsIn(connected.state) };
    const registers = { session, beginWh: args.begin, endWh: args.end };
    const { missing, replaced } = await agreeOnReading(connected.market, desk, registers);
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
