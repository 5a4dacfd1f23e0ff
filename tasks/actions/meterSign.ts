/**
 * `meter sign`: a simulated meter measures a session and signs it. Nobody waits for the energy to flow: the meter's clock
 * begins when the vehicle plugged in and runs on for as long as the energy takes at the session's power.
 */
import { writeFile } from "node:fs/promises";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { meterTransaction } from "../../offchain/core/meter/simulatedMeter.ts";
import { connect, playerOfKind, type Connected } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { recordPath, requireState, sessionOf } from "../support/sessions.ts";
import { keepMeter, readMeter } from "../stores/simulatedMeters.ts";

export interface MeterSignArguments extends SessionArguments {
  readonly meter: string | undefined;
  readonly energyWh: bigint;
  readonly seconds: number;
  readonly unnamed: boolean;
  readonly two: boolean;
  readonly out: string | undefined;
}

const MILLI = 1000n;
const SECONDS_PER_HOUR = 3600;

export default function action(
  args: MeterSignArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    if (args.energyWh < 0n || args.seconds < 0) {
      throw new InputError("--energy-wh, --seconds: expected what is not negative");
    }
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const session = await sessionOf(connected, player, args);
    const name = args.meter ?? args.as;
    const before = await readMeter(connected.state, name);
    const { meter, records } = await meterTransaction(before, {
      ...(await timesOf(connected, session, args)),
      identification: args.unnamed ? "" : sessionName(session),
      importMilliWh: args.energyWh * MILLI,
      exportMilliWh: 0n,
      clock: "S",
      end: "L",
      records: args.two ? "two" : "one",
    });
    // The meter first: a record that is lost is a gap, a pagination that is used twice is a fraud.
    await keepMeter(connected.state, name, meter);
    const file = await writeRecords(connected, session, args.out, records);
    printFacts(
      {
        session,
        meter: name,
        pagination: meter.pagination,
        beginWh: wattHours(before.importMilliWh),
        endWh: wattHours(meter.importMilliWh),
        records: file,
      },
      args.json,
    );
  });
}

async function timesOf(
  { market }: Connected,
  session: Bytes32,
  { energyWh, seconds }: MeterSignArguments,
): Promise<{ readonly beginMs: number; readonly endMs: number }> {
  const known = await market.contracts.sessions.sessionOf(session);
  requireState(session, known.state, "charging");
  const hours = Number(energyWh) / Number(known.powerW);
  const beginMs = Number(known.pluggedInAt) * 1000;
  return { beginMs, endMs: beginMs + (seconds || Math.ceil(hours * SECONDS_PER_HOUR)) * 1000 };
}

async function writeRecords(
  { state }: Connected,
  session: Bytes32,
  out: string | undefined,
  records: readonly string[],
): Promise<string> {
  const text = `${records.join("\n")}\n`;
  if (out === undefined) {
    await state.writeText(recordPath(session), text);
    return `${state.folder}/${recordPath(session)}`;
  }
  await writeFile(out, text).catch(() => {
    throw new InputError(`--out: cannot write to ${out}`);
  });
  return out;
}

function wattHours(milliWh: bigint): string {
  return (Number(milliWh) / 1000).toString();
}
