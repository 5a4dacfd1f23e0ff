/**
 * `meter sign`: a simulated meter measures a session and signs it, by the chain's clock. What takes
 * longer than the session has lasted has to be waited for, or the clock of a demo chain is moved.
 */
import { writeFile } from "node:fs/promises";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { measureSession, type MeteredDelivery } from "../../offchain/market/metering.ts";
import { StepError } from "../../offchain/market/stepError.ts";
import { metersIn, recordPath } from "../stores/meterStore.ts";
import { connectToKeep, playerOfKind, type Connected } from "../support/connection.ts";
import { moveDemoClock } from "../support/demoClock.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies, type Remedies } from "../support/remedies.ts";
import { sessionOf } from "../support/namedSession.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import type { State } from "../stores/state.ts";
import { pasteable } from "../support/hints.ts";

export interface MeterSignArguments extends SessionArguments {
  readonly meter: string | undefined;
  readonly energyWh: bigint;
  readonly seconds: number;
  readonly unnamed: boolean;
  readonly two: boolean;
  readonly passTime: boolean;
  readonly out: string | undefined;
}

export default function action(
  args: MeterSignArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const session = await sessionOf(connected, player, args);
    const desk = { wallet: player.wallet, store: metersIn(connected.state) };
    const meter = args.meter ?? args.as;
    const delivery = {
      ...{ session, meter, energyWh: args.energyWh, beganAt: null, named: !args.unnamed },
      seconds: args.seconds === 0 ? null : args.seconds,
      records: args.two ? ("two" as const) : ("one" as const),
    };
    const measure = (): Promise<MeteredDelivery> =>
      measureSession(connected.market, desk, delivery);
    const measured = args.passTime ? afterwards(hre, connected, measure) : measure();
    const { pagination, beginMilliWh, endMilliWh, records } = await withRemedies(
      remediesFor(connected.state, meter),
      measured,
    );
    printFacts(
      {
        session,
        meter,
        pagination,
        beginWh: wattHours(beginMilliWh),
        endWh: wattHours(endMilliWh),
        records: await handedOut(connected, session, args.out, records),
      },
      args.json,
    );
  });
}

function remediesFor(state: State, meter: string): Remedies {
  return {
    E_METER_UNKNOWN: `run \`${pasteable(state, `meter simulate --meter ${meter}`)}\``,
    E_METER_AHEAD: "wait, or on a demo chain move its clock with --pass-time",
  };
}

/** Measures, if need be after the time that the energy takes. */
async function afterwards(
  hre: HardhatRuntimeEnvironment,
  connected: Connected,
  measure: () => Promise<MeteredDelivery>,
): Promise<MeteredDelivery> {
  try {
    return await measure();
  } catch (error) {
    const endsAt = error instanceof StepError ? error.values.endsAt : undefined;
    if (typeof endsAt !== "number") throw error;
    await moveDemoClock(hre, connected, endsAt);
    return measure();
  }
}

/**
 * Where the records are: in the state folder, where the meter has left them, or in a file of one's
 * own.
 */
async function handedOut(
  { state }: Connected,
  session: Bytes32,
  out: string | undefined,
  records: readonly string[],
): Promise<string> {
  if (out === undefined) return `${state.folder}/${recordPath(session)}`;
  await writeFile(out, `${records.join("\n")}\n`).catch(() => {
    throw new InputError(`--out: cannot write to ${out}: name a file in a folder of your own`);
  });
  return out;
}

function wattHours(milliWh: bigint): number {
  return Number(milliWh) / 1000;
}
