/** `reputation bookkeeper`: who would be elected by either rule, from the evaluations and the hash of a block. */
import { toBeHex, ZeroHash } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { textTable } from "../../offchain/study/figures/textTable.ts";
import {
  electBookkeeper,
  ELECTION_RULES,
  readCandidates,
  type Elected,
  type Election,
} from "../../offchain/chain/bookkeeper.ts";
import { connect, type Connected } from "../support/connection.ts";
import { jsonText } from "../support/files.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";

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
    const { contracts } = connected.market;
    const last = await contracts.reputation.lastEvaluation();
    const to = args.to === 0 ? last : BigInt(args.to);
    if (args.from < 1 || to > last) {
      throw new InputError(`--from, --to: expected evaluations from 1 to ${last}`);
    }
    const { block, seed } = await seedOf(connected, args.block);
    const candidates = await readCandidates(contracts, BigInt(args.from), to);
    const election = electBookkeeper(candidates, { electionId: ZeroHash, seed });
    process.stdout.write(
      args.json
        ? jsonText({
            from: args.from,
            to: Number(to),
            block,
            seed,
            candidates: candidates.length,
            bar: election.bar,
            highest: published(election.highest),
            draw: published(election.draw),
          })
        : `${electionText(election, block)}\n`,
    );
  });
}

async function seedOf(
  { market }: Connected,
  named: number,
): Promise<{ readonly block: number; readonly seed: string }> {
  const latest = await market.provider.getBlockNumber();
  const block = named === 0 ? latest : named;
  const found = block > latest ? null : await market.provider.getBlock(block);
  if (found?.hash) return { block, seed: found.hash };
  throw new InputError(`--block: expected a block from 1 to ${latest}, got ${block}`);
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

function electionText(election: Election, block: number): string {
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
    `chance: hash of block ${block} · the draw is among scores of at least ${election.bar}`,
  );
}
