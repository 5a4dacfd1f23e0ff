/**
 * `meter request`: a pile writes down, signed with its account's key, which meter the authority is
 * asked to certify for it. A simulated meter signs the name of the request; a real one may. Nothing
 * is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { MeterPublicKey } from "../../offchain/core/meter/meterKey.ts";
import { wishName, type MeterWish } from "../../offchain/core/meter/meterRequest.ts";
import { meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import {
  askForMeter,
  meterRegistryOf,
  meterWish,
  signWish,
} from "../../offchain/market/meterRequests.ts";
import { meterRequests } from "../stores/meterCertificates.ts";
import { metersIn } from "../stores/meterStore.ts";
import { connectToKeep, playerOfKind, type Connected } from "../support/connection.ts";
import { recordsInFile } from "../support/meterRecords.ts";
import { keyInFile, KEY_REMEDIES, simulatedKey, type KeyArguments } from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";

export interface MeterRequestArguments extends KeyArguments {
  readonly state: string;
  readonly as: string;
  readonly meter: string | undefined;
  readonly record: string | undefined;
  readonly ratedPower: number;
  readonly pagination: bigint;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: MeterRequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireOneMeter(args);
    const connected = await connectToKeep(hre, args.state);
    const { market } = connected;
    const { wallet } = await playerOfKind(connected, args.as, "pile");
    const key = await keyOf(connected, args);
    const wish = await withRemedies(KEY_REMEDIES, meterWish(market, wallet.address, key));
    const record = await recordFor(connected, args, wish);
    const ratedPowerW = args.ratedPower === 0 ? null : args.ratedPower;
    const terms = { ratedPowerW, lastPagination: args.pagination, record };
    const asking = askForMeter(market, wallet, wish, terms);
    const request = await withRemedies(KEY_REMEDIES, asking);
    await meterRequests.write(args.out, request);
    const { pile, issue } = wish;
    const identification = wishName(await meterRegistryOf(market), wish);
    const facts = { pile, key: meterKeyId(wish.key), issue, ratedPowerW: request.ratedPowerW };
    const signed = { identification, meterSigned: record !== null };
    printFacts({ ...facts, ...signed, request: args.out }, args.json);
  });
}

function requireOneMeter({ keyFile, meter, record }: MeterRequestArguments): void {
  if (keyFile !== undefined && meter !== undefined) {
    throw new InputError("name a key either with --key-file or with --meter");
  }
  if (keyFile === undefined && record !== undefined) {
    throw new InputError("--record: a simulated meter signs by itself: name a key with --key-file");
  }
}

function keyOf(
  { state }: Connected,
  { keyFile, curve, meter, as: name }: MeterRequestArguments,
): Promise<MeterPublicKey> {
  return keyFile === undefined ? simulatedKey(state, meter ?? name) : keyInFile(keyFile, curve);
}

/** The record in which the meter names the request; null for a real one that signs no names. */
async function recordFor(
  { market, state }: Connected,
  { keyFile, meter, as: name, record: file }: MeterRequestArguments,
  wish: MeterWish,
): Promise<string | null> {
  if (keyFile === undefined) return signWish(market, metersIn(state), meter ?? name, wish);
  if (file === undefined) return null;
  const [first, ...others] = await recordsInFile(file);
  if (first !== undefined && others.length === 0) return first.record.text;
  throw new InputError(`--record: expected one record in ${file}, got ${others.length + 1}`);
}
