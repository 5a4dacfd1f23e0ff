/** `meter sign`: a simulated meter measures a session and signs it. */
import { writeFile } from "node:fs/promises";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { measureSession } from "../../offchain/market/metering.ts";
import { metersIn, recordPath } from "../stores/meterStore.ts";
import { connect, playerOfKind, type Connected } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import { sessionOf } from "../support/sessions.ts";
import type { SessionArguments } from "../support/sessionStep.ts";

export interface MeterSignArguments extends SessionArguments {
  readonly meter: string | undefined;
  readonly energyWh: bigint;
  readonly seconds: number;
  readonly unnamed: boolean;
  readonly two: boolean;
  readonly out: string | undefined;
}

const REMEDIES = { E_METER_UNKNOWN: "run `npx hardhat meter simulate`" };

export default function action(
  args: MeterSignArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const session = await sessionOf(connected, player, args);
    const desk = { wallet: player.wallet, store: metersIn(connected.state) };
    const meter = args.meter ?? args.as;
    const delivery = {
      ...{ session, meter, energyWh: args.energyWh, beganAt: null, named: !args.unnamed },
      seconds: args.seconds === 0 ? null : args.seconds,
      records: args.two ? ("two" as const) : ("one" as const),
    };
    const measured = measureSession(connected.market, desk, delivery);
    const { pagination, beginMilliWh, endMilliWh, records } = await withRemedies(
      REMEDIES,
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
    throw new InputError(`--out: cannot write to ${out}`);
  });
  return out;
}

function wattHours(milliWh: bigint): string {
  return (Number(milliWh) / 1000).toString();
}
