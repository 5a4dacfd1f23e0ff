/**
 * `session settle`: the pile settles on what its meter has signed. Whatever would be refused is
 * refused before it is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { settleSession } from "../../offchain/market/settlement.ts";
import { metersIn } from "../stores/meterStore.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { recordsInFiles } from "../support/meterRecords.ts";
import { keyInFile, type KeyArguments } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import { sessionOf } from "../support/namedSession.ts";
import { sessionFacts } from "../support/sessions.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { pasteable } from "../support/hints.ts";

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
    const { records, keyFile, curve } = args;
    const settled = {
      session,
      records: records === undefined ? null : await recordsInFiles(records),
      key: keyFile === undefined ? null : await keyInFile(keyFile, curve),
    };
    const desk = { wallet: player.wallet, store: metersIn(connected.state) };
    const sign = pasteable(connected.state, `meter sign --as ${args.as} --energy-wh WH`, args);
    const remedies = {
      E_RECORDS_MISSING: `name files of records with --records, or run \`${sign}\``,
    };
    await withRemedies(remedies, settleSession(connected.market, desk, settled));
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}
