/**
 * `reputation bookkeeper`: who would be elected by either rule, from the evaluations and the hash
 * of a block.
 */
import { toBeHex } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { textTable } from "../../offchain/study/figures/textTable.ts";
import { ELECTION_RULES } from "../../offchain/core/messages/election.ts";
import type { Elected } from "../../offchain/core/reputation/election.ts";
import { electOnEvaluations, type BookkeeperElection } from "../../offchain/market/elections.ts";
import { connect } from "../support/connection.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { concluded, type Outcome } from "../support/outcome.ts";

export interface ReputationBookkeeperArguments {
  readonly state: string;
  readonly from: number;
  readonly to: number;
  readonly block: number;
  readonly json: boolean;
}

const ACCOUNT_WIDTH = 42;

export default function action(
  args: ReputationBookkeeperArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const to = args.to === 0 ? null : BigInt(args.to);
    const block = args.block === 0 ? null : args.block;
    const election = await electOnEvaluations(connected.market, BigInt(args.from), to, block);
    process.stdout.write(
      args.json
        ? jsonOutput({
            from: args.from,
            to: Number(election.to),
            block: election.block,
            seedHash: election.seed,
            candidates: election.candidates.length,
            bar: election.bar,
            highest: published(election.highest),
            draw: published(election.draw),
          })
        : `${electionText(election)}\n`,
    );
  });
}

interface Published {
  readonly vehicle: string;
  readonly score: number;
  readonly evaluation: number;
  readonly ticket: number;
  readonly lot: string;
}

/** As JSON can hold it. */
function published(elected: Elected | null): Published | null {
  if (elected === null) return null;
  const { vehicle, score, evaluation, ticket, lot } = elected;
  return { vehicle, score, evaluation: Number(evaluation), ticket, lot: toBeHex(lot, 32) };
}

function electionText(election: BookkeeperElection): string {
  return textTable(
    `Bookkeeper among ${election.candidates.length} candidates`,
    [
      { head: "Rule", mostWide: 8 },
      { head: "Vehicle", mostWide: ACCOUNT_WIDTH },
      { head: "Score" },
    ],
    ELECTION_RULES.map((rule) => {
      const elected = election[rule];
      return [rule, elected?.vehicle ?? "nobody", String(elected?.score ?? "–")];
    }),
    `chance: hash of block ${election.block} · the draw is among scores of at least ${election.bar}`,
  );
}
