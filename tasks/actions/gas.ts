/** `gas`: gas of every function of the market, from real executions on an EVM in this process. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { gasCsv } from "../../offchain/figures/csvFiles.ts";
import { gasFigure } from "../../offchain/figures/gasFigure.ts";
import { gasText } from "../../offchain/figures/reportTables.ts";
import { modeNamed } from "../../offchain/modes.ts";
import { MIN_PRODUCTION_KEY_BITS } from "../../offchain/primitives/paillier/publicKey.ts";
import { makeAuctionCalls } from "../../offchain/simulation/auctionCalls.ts";
import { runMarketDay } from "../../offchain/simulation/day/marketDay.ts";
import { makeRareCalls } from "../../offchain/simulation/rareCalls.ts";
import { buildScenario } from "../../offchain/simulation/scenarios.ts";
import { jsonText, requireWritable, writeFiles } from "../support/files.ts";
import { interruptible } from "../support/interrupt.ts";
import { onLocalDay } from "../support/localDay.ts";
import { concluded, type Outcome } from "../support/outcome.ts";

export interface GasArguments {
  readonly scenario: string;
  readonly seed: string;
  readonly out: string;
  readonly json: boolean;
}

const SLOT_HOURS = 3;
/** Enough to close rounds and to improve bids. */
const MAX_ROUNDS = 3n;
const DECREMENT_UNITS = 50_000n;

export default function action(
  { scenario, seed, out, json }: GasArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const world = buildScenario(scenario, { seed });
    const settings = {
      mode: modeNamed("strict"),
      keyBits: MIN_PRODUCTION_KEY_BITS,
      slotHours: SLOT_HOURS,
      maxRounds: MAX_ROUNDS,
      decrement: DECREMENT_UNITS,
    };
    await requireWritable(out);
    const rows = await interruptible((signal) =>
      onLocalDay(hre, world, settings, signal, async (day) => {
        await runMarketDay(day);
        await makeRareCalls({ ...day, world: { ...world, seed: `${seed}/rare calls` } });
        await makeAuctionCalls({ ...day, world: { ...world, seed: `${seed}/auction calls` } });
        return day.market.gas.rows();
      }),
    );
    await writeFiles(out, {
      "gas.json": jsonText(rows),
      "gas.csv": gasCsv(rows),
      "gas.svg": gasFigure(rows),
    });
    process.stdout.write(json ? jsonText(rows) : gasText(rows));
    process.stderr.write(`written to ${out}\n`);
  });
}
