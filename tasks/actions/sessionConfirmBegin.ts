/**
 * `session confirm-begin`: the vehicle signs at which reading its session begins, for meters that do not sign for whom
 * they count. It looks at the meter first: with this signature the pile settles alone on a record that begins so.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { BeginReading } from "../../offchain/core/messages/market.ts";
import { signBeginReading } from "../../offchain/core/messages/reading.ts";
import { meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { readRecord } from "../../offchain/core/meter/settlementRules.ts";
import { connect, playerOfKind, type Connected } from "../support/connection.ts";
import { recordsInFiles } from "../support/meterRecords.ts";
import {
  keyInFile,
  meterOfPile,
  settlingKey,
  type CertifiedMeter,
  type KeyArguments,
} from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { requireState, sessionOf } from "../support/sessions.ts";
import {
  confirmationPath,
  inContractWords,
  refusedBefore,
  signingMeter,
} from "../support/settlement.ts";

export interface SessionConfirmBeginArguments extends SessionArguments, KeyArguments {
  readonly records: string | undefined;
  readonly pagination: bigint;
  readonly registerWh: string | undefined;
}

type Begin = Omit<BeginReading, "sessionId">;

const MILLI = 1000n;

export default function action(
  args: SessionConfirmBeginArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "vehicle");
    const session = await sessionOf(connected, player, args);
    const { market, state } = connected;
    const known = await market.contracts.sessions.sessionOf(session);
    requireState(session, known.state, "charging");
    if (known.vehicle !== player.wallet.address) {
      throw new InputError(`${args.as} is not the vehicle of session ${session}`);
    }
    const begin = { sessionId: session, ...(await beginFor(connected, known.pile, args)) };
    const venue = {
      chainId: market.chainId,
      sessions: await market.contracts.sessions.getAddress(),
    };
    const signature = await signBeginReading(player.wallet, venue, begin);
    await state.write(confirmationPath(session), { ...begin, signature });
    printFacts({ ...begin, signature }, args.json);
  });
}

function beginFor(
  connected: Connected,
  pile: string,
  args: SessionConfirmBeginArguments,
): Promise<Begin> {
  const { records, pagination, registerWh } = args;
  if (records !== undefined && registerWh === undefined && pagination === 0n) {
    return beginOfRecords(connected, pile, records);
  }
  if (records === undefined && registerWh !== undefined && pagination > 0n) {
    return beginAsRead(connected, pile, { ...args, registerWh });
  }
  throw new InputError("name the begin by --records, or by --pagination and --register-wh");
}

/** Of a begin record that a meter of the pile has signed. */
async function beginOfRecords(connected: Connected, pile: string, files: string): Promise<Begin> {
  const [record] = await recordsInFiles(files);
  if (record === undefined) throw new InputError("--records: expected a record");
  const { keyId } = await signingMeter(connected, pile, [record]);
  const { pagination, begin } = await inContractWords(() => readRecord(record, "import"));
  if (begin === null) throw refusedBefore("MeterNotATransaction", "the record has no begin");
  return { meterKeyId: keyId, pagination, registerMilliWh: begin.milliWh };
}

/** As the vehicle has read it from the meter. */
async function beginAsRead(
  connected: Connected,
  pile: string,
  args: SessionConfirmBeginArguments & { readonly registerWh: string },
): Promise<Begin> {
  const registerMilliWh = milliWh(args.registerWh);
  const meterKeyId = await keyIdOf(connected, pile, args);
  return { meterKeyId, pagination: args.pagination, registerMilliWh };
}

async function keyIdOf(
  connected: Connected,
  pile: string,
  { keyFile, curve }: KeyArguments,
): Promise<CertifiedMeter["keyId"]> {
  if (keyFile === undefined) return (await meterOfPile(connected, pile)).keyId;
  return meterKeyId(settlingKey(await keyInFile(keyFile, curve)));
}

function milliWh(text: string): bigint {
  const [, whole, decimals = ""] = /^([0-9]{1,15})(?:\.([0-9]{1,3}))?$/.exec(text) ?? [];
  if (whole !== undefined) return BigInt(whole) * MILLI + BigInt(decimals.padEnd(3, "0"));
  throw new InputError(`--register-wh: expected Wh with at most 3 decimals, got ${text}`);
}
