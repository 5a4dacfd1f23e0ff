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
  type IssuedCertificate,
  type MeterToCertify,
} from "../../offchain/market/meters.ts";
import { publicPath } from "../stores/meterStore.ts";
import { accountOfPile, type Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";
import { withRemedies, type Remedies } from "./remedies.ts";
import { idNamed } from "./naming.ts";
import { pasteable } from "./hints.ts";
import type { State } from "../stores/state.ts";

export interface KeyArguments {
  readonly keyFile: string | undefined;
  readonly curve: string;
}

export interface CertifyArguments {
  readonly pile: string;
  readonly meter: string | undefined;
  readonly ratedPower: number;
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

/** A pile, and the simulated meter of the folder that the options name; called like the pile. */
export async function meterToCertify(
  connected: Connected,
  { pile, meter, ratedPower, days }: CertifyArguments,
): Promise<MeterToCertify> {
  return {
    pile: await accountOfPile(connected, pile),
    key: await simulatedKey(connected.state, meter ?? pile),
    ratedPowerW: ratedPower === 0 ? null : ratedPower,
    lastPagination: 0n,
    validDays: days,
  };
}

/** The public key of a simulated meter. @throws StateError, InputError */
export async function simulatedKey(state: State, name: string): Promise<MeterPublicKey> {
  const path = publicPath(name);
  const text = await state.textIfThere(path);
  if (text !== undefined) return parseMeterKey(text);
  const simulate = `run \`${pasteable(state, `meter simulate --meter ${name}`)}\``;
  const real = "for a real meter `npx hardhat meter request --key-file FILE`";
  throw new InputError(
    `the state folder ${state.folder} holds no ${path}: ${simulate}, or ${real}`,
  );
}

/** Says on stderr that a key is another pile's until now. */
export function sayIfMoves({ movesFrom }: Pick<IssuedCertificate, "movesFrom">): void {
  if (movesFrom !== null) process.stderr.write(`the key moves from ${movesFrom}\n`);
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
