/** Meters on the command line: which key is meant, and how it is shown. */
import { readFile } from "node:fs/promises";
import {
  CURVES,
  meterKeyId,
  parseMeterKey,
  type Curve,
  type MeterPublicKey,
} from "../../offchain/core/meter/meterKey.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import {
  curveOf,
  meterInForce,
  registeredKey,
  settlingKey,
  type MeterToCertify,
} from "../../offchain/market/meters.ts";
import { publicPath } from "../stores/meterStore.ts";
import { accountOfPile, type Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";
import { withRemedies, type Remedies } from "./remedies.ts";
import { idNamed } from "./naming.ts";
import { pasteable } from "./hints.ts";

export interface KeyArguments {
  readonly keyFile: string | undefined;
  readonly curve: string;
}

export interface CertifyArguments extends KeyArguments {
  readonly pile: string;
  readonly meter: string | undefined;
  readonly ratedPower: number;
  readonly pagination: bigint;
  readonly days: number;
}

/** What `meter show` and `meter revoke` may be told. */
export interface NamedKeyArguments extends KeyArguments {
  readonly pile: string | undefined;
  readonly key: string | undefined;
}

/** What to type about keys that the market's steps do not accept. */
export const KEY_REMEDIES: Remedies = {
  E_METER_TERMS: ({ message }) =>
    message
      .replace(/^validDays/, "--days")
      .replace(/^ratedPowerW/, "--rated-power")
      .replace(/^lastPagination/, "--pagination"),
  E_METER_NONE: "run `npx hardhat meter register --pile PILE`",
  E_METER_SEVERAL: "name one with --key or --key-file",
  E_METER_CURVE: "run `npx hardhat session agree --as NAME --begin WH --end WH`",
  E_METER_SAME: "run `npx hardhat meter register --pile PILE`",
};

/** Reads a public key in any form in which they travel. @throws InputError, MeterKeyError */
export async function keyInFile(path: string, curve: string): Promise<MeterPublicKey> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new InputError(`--key-file: cannot read ${path}: name a file that is there`);
  });
  return parseMeterKey(text, checkedCurve(curve));
}

/**
 * The pile and the key that the options name: in `--key-file`, or of a simulated meter, called like
 * the pile by default.
 */
export async function meterToCertify(
  connected: Connected,
  args: CertifyArguments,
): Promise<MeterToCertify> {
  const key = await keyToCertify(connected, args);
  return {
    pile: await accountOfPile(connected, args.pile),
    key,
    ratedPowerW: args.ratedPower === 0 ? null : args.ratedPower,
    lastPagination: args.pagination,
    validDays: args.days,
  };
}

async function keyToCertify(
  { state }: Connected,
  { keyFile, curve, meter, pile }: CertifyArguments,
): Promise<MeterPublicKey> {
  if (keyFile !== undefined && meter !== undefined) {
    throw new InputError("name a key either with --key-file or with --meter");
  }
  if (keyFile !== undefined) return keyInFile(keyFile, curve);
  const path = publicPath(meter ?? pile);
  const text = await state.textIfThere(path);
  if (text !== undefined) return parseMeterKey(text);
  const simulate = pasteable(state, `meter simulate --meter ${meter ?? pile}`);
  const hint = `name a key with --key-file, or run \`${simulate}\``;
  throw new InputError(`the state folder ${state.folder} holds no ${path}: ${hint}`);
}

/** The id of the key that the options name. @throws InputError, StateError, MeterKeyError */
export async function keyIdNamed(connected: Connected, args: NamedKeyArguments): Promise<Bytes32> {
  const { pile, key, keyFile } = args;
  const named = [pile, key, keyFile].filter((option) => option !== undefined);
  if (named.length !== 1) throw new InputError("name a meter by one of --pile, --key, --key-file");
  if (key !== undefined) return idNamed("key", key);
  if (keyFile !== undefined) {
    return meterKeyId(settlingKey(await keyInFile(keyFile, args.curve)));
  }
  const account = await accountOfPile(connected, pile ?? "");
  return (await withRemedies(KEY_REMEDIES, meterInForce(connected.market, account))).keyId;
}

/** What is shown of a key. @throws StepError E_METER_UNCERTIFIED if nothing is known of it */
export async function keyFacts({ market, now }: Connected, keyId: Bytes32): Promise<Facts> {
  const meter = await registeredKey(market, keyId);
  const curve = await curveOf(market, meter);
  const at = BigInt(await now());
  const inTime = meter.validFrom <= at && at < meter.validUntil;
  return {
    key: keyId,
    curve,
    pile: meter.pile,
    ratedPowerW: meter.ratedPowerW,
    lastPagination: meter.lastPagination,
    validFrom: moment(meter.validFrom),
    validUntil: moment(meter.validUntil),
    issue: meter.issue,
    revoked: meter.revoked,
    inForce: inTime && !meter.revoked,
  };
}

function checkedCurve(curve: string): Curve {
  const known = CURVES.find((name) => name === curve);
  if (known !== undefined) return known;
  throw new InputError(`--curve: expected ${CURVES.join(", ")}, got ${curve}`);
}
