/** `session settle`: the pile settles on what its meter has signed. Whatever would be refused is refused before it is sent. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { join } from "node:path";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerOfKind, type Connected } from "../support/connection.ts";
import { recordsInFiles } from "../support/meterRecords.ts";
import type { KeyArguments } from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { recordPath, requireState, sessionFacts, sessionOf } from "../support/sessions.ts";
import { readySettlement } from "../support/settlement.ts";

export interface SessionSettleArguments extends SessionArguments, KeyArguments {
  readonly records: string | undefined;
}

export default function action(
  args: SessionSettleArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const session = await sessionOf(connected, player, args);
    const { sessions } = connected.market.contracts;
    const { state, pile, pluggedInAt } = await sessions.sessionOf(session);
    requireState(session, state, "charging");
    if (pile !== player.wallet.address) {
      throw new InputError(`${args.as} is not the pile of session ${session}`);
    }
    const records = await recordsInFiles(await recordFiles(connected, session, args.records));
    const facts = { session, pile, pluggedInAt };
    const ready = await readySettlement(connected, facts, records, args);
    const settle = sessions.connect(player.wallet).settle;
    await send(
      connected.market,
      settle(session, ready.key, [...ready.records], ready.confirmation),
    );
    printFacts(await sessionFacts(connected, session), args.json);
  });
}

async function recordFiles(
  { state }: Connected,
  session: string,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  if (await state.has(recordPath(session))) return join(state.folder, recordPath(session));
  const hint = "name files of records with --records, or run `npx hardhat meter sign`";
  throw new InputError(`the state folder ${state.folder} holds no records of the session: ${hint}`);
}
