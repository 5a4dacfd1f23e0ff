/** `reputation history`: what was said of a pile, or what a vehicle said, from the chain alone. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { historyOf, pileKindOf } from "../../offchain/market/reputation.ts";
import { connect } from "../support/connection.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { historyText, listed, subjectOf } from "../support/history.ts";
import { concluded, type Outcome } from "../support/outcome.ts";

export interface ReputationHistoryArguments {
  readonly state: string;
  readonly pile: string | undefined;
  readonly vehicle: string | undefined;
  readonly last: number;
  readonly json: boolean;
}

export default function action(
  args: ReputationHistoryArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const subject = await subjectOf(connected, args);
    const most = args.last === 0 ? Number.POSITIVE_INFINITY : args.last;
    const { market } = connected;
    const { evaluations, reads } = await historyOf(market, subject, most);
    const rows = listed(evaluations);
    const kind = subject.kind === "pile" ? await pileKindOf(market, subject.account) : null;
    const heading = `Evaluations ${subject.kind === "pile" ? "of the pile" : "by the vehicle"} ${subject.account}, in ${reads} reads`;
    process.stdout.write(
      args.json
        ? jsonOutput({ ...subject, pileKind: kind, reads, evaluations: rows })
        : `${historyText(heading, rows)}\n`,
    );
  });
}
