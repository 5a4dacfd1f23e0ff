/** Meters on the command line: which key is meant, what is certified for a pile, and what the chain says of a key. */
import { readFile } from "node:fs/promises";
import { certifyMeter } from "../../offchain/core/meter/meterCertificate.ts";
import {
  CHAIN_CURVES,
  chainKey,
  CURVES,
  meterKeyId,
  meterKeyOfPoint,
  parseMeterKey,
  type Curve,
  type MeterPublicKey,
} from "../../offchain/core/meter/meterKey.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { send } from "../../offchain/chain/market.ts";
import { accountOfPile, type Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";
import { publicPath } from "../stores/simulatedMeters.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

/** A key, and what the registry knows of it. Power in W, times in unix seconds. */
export interface CertifiedMeter {
  readonly keyId: Bytes32;
  readonly key: MeterPublicKey;
  readonly pile: string;
  readonly lastPagination: bigint;
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly ratedPowerW: bigint;
  readonly issue: bigint;
  readonly revoked: boolean;
}

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

const SECONDS_PER_DAY = 86_400;
const RELAY_SECONDS = 3_600;
const MAX_RATED_POWER_W = 2 ** 32 - 1;
const LONGEST_DAYS = 3_650;

/** Reads a public key in any form in which they travel. @throws InputError, MeterKeyError */
export async function keyInFile(path: string, curve: string): Promise<MeterPublicKey> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new InputError(`--key-file: cannot read ${path}`);
  });
  return parseMeterKey(text, checkedCurve(curve));
}

/** The key in `--key-file`, or that of a simulated meter, called like the pile unless it is named. */
export async function keyToCertify(
  { state }: Connected,
  { keyFile, curve, meter, pile }: CertifyArguments,
): Promise<MeterPublicKey> {
  if (keyFile !== undefined && meter !== undefined) {
    throw new InputError("name a key either with --key-file or with --meter");
  }
  if (keyFile !== undefined) return keyInFile(keyFile, curve);
  const path = publicPath(meter ?? pile);
  if (await state.has(path)) return parseMeterKey(await state.readText(path));
  const hint = "name a key with --key-file, or run `npx hardhat meter simulate`";
  throw new InputError(`the state folder ${state.folder} holds no ${path}: ${hint}`);
}

/** The authority certifies the key for the pile, with the next issue number. Returns what is in force now. */
export async function certifyKey(
  connected: Connected,
  key: MeterPublicKey,
  args: CertifyArguments,
): Promise<CertifiedMeter> {
  const { market, operator } = connected;
  const { identities, meters } = market.contracts;
  const pile = await accountOfPile(connected, args.pile);
  const { participantId, ratedPowerW } = await identities.participantOf(pile);
  const point = settlingKey(key);
  const { pile: holder, meter } = await meters.meterOf(meterKeyId(point));
  if (meter.issue > 0n && holder !== pile) process.stderr.write(`the key moves from ${holder}\n`);

  const now = await connected.now();
  const { certificate, signature } = await certifyMeter(
    operator,
    { chainId: market.chainId, meters: await meters.getAddress() },
    {
      participantId,
      key: point,
      ratedPowerW: within("--rated-power", args.ratedPower || Number(ratedPowerW), {
        most: MAX_RATED_POWER_W,
      }),
      lastPagination: paginationIn(args.pagination),
    },
    {
      validFrom: now,
      validUntil: now + within("--days", args.days, { most: LONGEST_DAYS }) * SECONDS_PER_DAY,
      relayBy: now + RELAY_SECONDS,
    },
    Number(meter.issue) + 1,
  );
  await send(market, meters.connect(operator).certify(certificate, signature));
  return meterKnown(connected, key);
}

/** All keys that are certified for a pile or were, the latest certificate first. Revoked ones are among them. */
export async function metersOf(
  connected: Connected,
  pile: string,
): Promise<readonly CertifiedMeter[]> {
  const { meters } = connected.market.contracts;
  const events = await eventsOf(meters, meters.filters.MeterCertified(undefined, pile));
  const keys = new Map(
    events.toReversed().map(({ args: { keyId, certificate } }) => [keyId, keyOf(certificate)]),
  );
  const known = await Promise.all([...keys.values()].map((key) => meterKnown(connected, key)));
  return known.filter((meter) => meter.pile === pile);
}

/** The one key in force for a pile. @throws InputError if there is none, or more than one */
export async function meterOfPile(connected: Connected, pile: string): Promise<CertifiedMeter> {
  const inForce = (await metersOf(connected, pile)).filter(({ revoked }) => !revoked);
  const [meter, ...others] = inForce;
  if (meter === undefined) throw new InputError(`no meter is certified for pile ${pile}`);
  if (others.length === 0) return meter;
  const ids = inForce.map(({ keyId }) => keyId).join(", ");
  throw new InputError(
    `pile ${pile} has several meters, name one with --key or --key-file: ${ids}`,
  );
}

/** The id of the key that the options name. @throws InputError, StateError, MeterKeyError */
export async function keyIdNamed(connected: Connected, args: NamedKeyArguments): Promise<Bytes32> {
  const { pile, key, keyFile } = args;
  const named = [pile, key, keyFile].filter((option) => option !== undefined);
  if (named.length !== 1) throw new InputError("name a meter by one of --pile, --key, --key-file");
  if (key !== undefined) return checkedKeyId(key);
  if (keyFile !== undefined) {
    return meterKeyId(settlingKey(await keyInFile(keyFile, args.curve)));
  }
  return (await meterOfPile(connected, await accountOfPile(connected, pile ?? ""))).keyId;
}

/** An id of 32 bytes. @throws InputError */
export function checkedKeyId(key: string): Bytes32 {
  if (/^0x[0-9a-f]{64}$/.test(key)) return key;
  throw new InputError(`--key: expected an id of 32 bytes in hexadecimal, got ${key}`);
}

/** What the registry knows of a key. */
export async function meterKnown(
  { market }: Connected,
  key: MeterPublicKey,
): Promise<CertifiedMeter> {
  const keyId = meterKeyId(settlingKey(key));
  const { pile, meter } = await market.contracts.meters.meterOf(keyId);
  const { lastPagination, validFrom, validUntil, ratedPowerW, issue, revoked } = meter;
  return {
    ...{ keyId, key, pile, lastPagination, validFrom, validUntil },
    ...{ ratedPowerW, issue, revoked },
  };
}

/** What is shown of a key. @throws InputError if nothing is known of it */
export async function keyFacts(connected: Connected, keyId: Bytes32): Promise<Facts> {
  const { meters } = connected.market.contracts;
  const { pile, meter } = await meters.meterOf(keyId);
  const [certified] = await eventsOf(meters, meters.filters.MeterCertified(keyId));
  if (certified === undefined) {
    const known = meter.revoked ? "was revoked before it was certified" : "was never certified";
    throw new InputError(`meter key ${keyId} ${known}`);
  }
  const now = BigInt(await connected.now());
  const inTime = meter.validFrom <= now && now < meter.validUntil;
  return {
    key: keyId,
    curve: CHAIN_CURVES[Number(certified.args.certificate.curve)] ?? "none",
    pile,
    ratedPowerW: meter.ratedPowerW,
    lastPagination: meter.lastPagination,
    validFrom: moment(meter.validFrom),
    validUntil: moment(meter.validUntil),
    issue: meter.issue,
    revoked: meter.revoked,
    settles: inTime && !meter.revoked,
  };
}

/** The point of a key that the contract can check. @throws InputError that names the way without it */
export function settlingKey(key: MeterPublicKey): ReturnType<typeof chainKey> {
  if (CHAIN_CURVES.some((curve) => curve === key.curve)) return chainKey(key);
  const hint = "sessions of such a meter settle with `session agree`";
  throw new InputError(`the chain checks secp256r1 and secp256k1, not ${key.curve}: ${hint}`);
}

function keyOf(point: {
  readonly curve: bigint;
  readonly x: string;
  readonly y: string;
}): MeterPublicKey {
  const curve = point.curve === 2n ? "secp256k1" : "secp256r1";
  return meterKeyOfPoint(curve, hexToBytes(`${point.x}${point.y.slice(2)}`));
}

function checkedCurve(curve: string): Curve {
  const known = CURVES.find((name) => name === curve);
  if (known !== undefined) return known;
  throw new InputError(`--curve: expected ${CURVES.join(", ")}, got ${curve}`);
}

function within(option: string, value: number, { most }: { readonly most: number }): number {
  if (value >= 1 && value <= most) return value;
  throw new InputError(`${option}: expected 1 to ${most}, got ${value}`);
}

function paginationIn(pagination: bigint): bigint {
  if (pagination >= 0n && pagination < 10n ** 18n) return pagination;
  throw new InputError(`--pagination: expected the number of a record, got ${pagination}`);
}
