/**
 * `session confirm-begin`: the vehicle signs at which reading its session begins, for meters that
 * do not sign for whom they count. It looks at the meter first: with this signature the pile
 * settles alone on a record that begins so.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { meterInForce, settlingKey } from "../../offchain/market/meters.ts";
import { knownSession } from "../../offchain/market/sessions.ts";
import { confirmBegin, type BeginFound } from "../../offchain/market/settlement.ts";
import { confirmationsIn } from "../stores/registerStore.ts";
import { connectToKeep, playerOfKind, type Connected } from "../support/connection.ts";
import { recordsInFiles } from "../support/meterRecords.ts";
import { keyInFile, KEY_REMEDIES, type KeyArguments } from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import { sessionOf } from "../support/namedSession.ts";
import type { SessionArguments } from "../support/sessionStep.ts";

export interface SessionConfirmBeginArguments extends SessionArguments, KeyArguments {
  readonly records: string | undefined;
  readonly pagination: bigint;
  readonly registerWh: string | undefined;
}

const MILLI = 1000n;

export default function action(
  args: SessionConfirmBeginArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const player = await playerOfKind(connected, args.as, "vehicle");
    const session = await sessionOf(connected, player, args);
    const desk = { wallet: player.wallet, store: confirmationsIn(connected.state) };
    const found = await beginFound(connected, session, args);
    const confirmed = await confirmBegin(connected.market, desk, session, found);
    const { meterKeyId: key, pagination, registerMilliWh, signature } = confirmed;
    const registerWh = Number(registerMilliWh) / Number(MILLI);
    printFacts({ session, key, pagination, registerWh, signature }, args.json);
  });
}

/** A begin record of the file, or what the vehicle has read from the meter. */
async function beginFound(
  connected: Connected,
  session: Bytes32,
  args: SessionConfirmBeginArguments,
): Promise<BeginFound> {
  const { records, pagination, registerWh } = args;
  if (records !== undefined && registerWh === undefined && pagination === 0n) {
    const [record] = await recordsInFiles(records);
    if (record !== undefined) return { record };
  }
  if (records === undefined && registerWh !== undefined && pagination > 0n) {
    const meterKeyId = await keyIdOf(connected, session, args);
    return { meterKeyId, pagination, registerMilliWh: milliWh(registerWh) };
  }
  throw new InputError("name the begin by --records, or by --pagination and --register-wh");
}

async function keyIdOf(
  { market }: Connected,
  session: Bytes32,
  { keyFile, curve }: KeyArguments,
): Promise<Bytes32> {
  if (keyFile !== undefined) return meterKeyId(settlingKey(await keyInFile(keyFile, curve)));
  const { pile } = await knownSession(market, session);
  return (await withRemedies(KEY_REMEDIES, meterInForce(market, pile))).keyId;
}

function milliWh(text: string): bigint {
  const [, whole, decimals = ""] = /^([0-9]{1,15})(?:\.([0-9]{1,3}))?$/.exec(text) ?? [];
  if (whole !== undefined) return BigInt(whole) * MILLI + BigInt(decimals.padEnd(3, "0"));
  throw new InputError(`--register-wh: expected Wh with at most 3 decimals, got ${text}`);
}
