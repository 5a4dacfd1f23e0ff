/**
 * Meters on chain: the authority certifies a key for a pile, renews it, exchanges it, ends it; and
 * anybody finds out which keys a pile has.
 */
import type { Signer } from "ethers";
import { eventsOf } from "../chain/events.ts";
import { pendingSeconds, read, send, type Market } from "../chain/market.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import {
  certifyMeter,
  type InspectedMeter,
  type SignedMeterCertificate,
} from "../core/meter/meterCertificate.ts";
import {
  CHAIN_CURVES,
  chainCurve,
  chainKey,
  fromChainKey,
  meterKeyId,
  type Curve,
  type MeterKey,
  type MeterPublicKey,
} from "../core/meter/meterKey.ts";
import { StepError } from "./stepError.ts";
import {
  CERTIFICATE_RELAY_SECONDS,
  LONGEST_CERTIFICATE_DAYS,
  SECONDS_PER_DAY,
} from "../core/messages/lifetimes.ts";

/** What the registry knows of a key. Power in W, times in unix seconds. */
export interface RegisteredKey {
  readonly keyId: Bytes32;
  readonly pile: Address;
  /** Of the last record that was settled on. */
  readonly lastPagination: bigint;
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly ratedPowerW: bigint;
  /** Number of the certificate in force; 0 if there is none. */
  readonly issue: bigint;
  readonly revoked: boolean;
}

/** A key, and what the registry knows of it. */
export interface CertifiedMeter extends RegisteredKey {
  readonly key: MeterPublicKey;
}

/** What the authority has seen at a pile, and for how long it vouches for it. */
export interface MeterToCertify {
  readonly pile: Address;
  readonly key: MeterPublicKey;
  /** The most that the socket can carry; null for what the pile is certified for. */
  readonly ratedPowerW: number | null;
  /** What the meter has signed last; 0 for a new one. */
  readonly lastPagination: bigint;
  /** 1 to 3,650. */
  readonly validDays: number;
}

/** A certificate that nobody has relayed yet. */
export interface IssuedCertificate extends SignedMeterCertificate {
  readonly keyId: Bytes32;
  /** Whose meter the key was until now, if it moves. */
  readonly movesFrom: Address | null;
}

const MAX_RATED_POWER_W = 2 ** 32 - 1;
const FIRST_UNWRITABLE_PAGINATION = 10n ** 18n;

/**
 * Certifies a key for a pile, with the next number among the certificates of the key, from now on.
 * Run by the authority.
 * @throws StepError E_METER_TERMS, E_METER_CURVE
 */
export async function issueMeterCertificate(
  market: Market,
  authority: Signer,
  { pile, key, ratedPowerW, lastPagination, validDays }: MeterToCertify,
): Promise<IssuedCertificate> {
  const { identities, meters } = market.contracts;
  const point = settlingKey(key);
  const keyId = meterKeyId(point);
  const participant = await read(market, identities.participantOf(pile));
  const { pile: holder, meter } = await read(market, meters.meterOf(keyId));
  const now = await pendingSeconds(market);
  const days = within("validDays", validDays, LONGEST_CERTIFICATE_DAYS);
  const signed = await certifyMeter(
    authority,
    { chainId: market.chainId, meters: await meters.getAddress() },
    {
      participantId: participant.participantId,
      key: point,
      ...requireMeterTerms({
        ratedPowerW: ratedPowerW ?? Number(participant.ratedPowerW),
        lastPagination,
      }),
    },
    {
      validFrom: now,
      validUntil: now + days * SECONDS_PER_DAY,
      relayBy: now + CERTIFICATE_RELAY_SECONDS,
    },
    Number(meter.issue) + 1,
  );
  return { ...signed, keyId, movesFrom: meter.issue > 0n && holder !== pile ? holder : null };
}

/** Puts a certificate on chain. Run by anybody, mostly the pile. @throws RefusedError */
export async function relayMeterCertificate(
  market: Market,
  relayer: Signer,
  { certificate, signature }: SignedMeterCertificate,
): Promise<void> {
  const { meters } = market.contracts;
  await send(market, meters.connect(relayer).certify(certificate, signature));
}

/**
 * The same, unless somebody has relayed it before, and asks for a payer only then.
 * @throws RefusedError
 */
export async function relayMeterOnce(
  market: Market,
  payer: () => Promise<Signer>,
  signed: SignedMeterCertificate,
): Promise<void> {
  const { issue, validUntil } = signed.certificate;
  const known = await registeredKey(market, keyIdIn(signed));
  if (known.issue === issue && known.validUntil === validUntil) return;
  await relayMeterCertificate(market, await payer(), signed);
}

/** Id of the key that is certified. */
export function keyIdIn({ certificate }: SignedMeterCertificate): Bytes32 {
  return meterKeyId(certificate);
}

/**
 * Ends a key, for ever. Run by the authority. Returns what the registry knows of it now.
 * @throws RefusedError
 */
export async function revokeMeter(
  market: Market,
  authority: Signer,
  keyId: Bytes32,
): Promise<RegisteredKey> {
  await send(market, market.contracts.meters.connect(authority).revoke(keyId));
  return registeredKey(market, keyId);
}

/**
 * A pile gets another meter, or its meter another key. The certificate of the new key is relayed
 * first and the old one revoked then, so that an interruption leaves the pile with both and never
 * with none. Run by the authority. Returns the id of the key that it has ended.
 * @param oldKeyId the key to end; null for the only one in force
 * @throws StepError E_METER_NOT_OF_PILE, E_METER_SAME, and as `meterInForce`; RefusedError
 */
export async function rotateMeter(
  market: Market,
  authority: Signer,
  signed: SignedMeterCertificate,
  oldKeyId: Bytes32 | null,
): Promise<Bytes32> {
  const { identities } = market.contracts;
  const pile = await read(market, identities.accountOf(signed.certificate.participantId));
  const newKeyId = keyIdIn(signed);
  const old = oldKeyId ?? (await meterInForce(market, pile)).keyId;
  if ((await registeredKey(market, old)).pile !== pile) {
    const message = `meter key ${old} is not certified for pile ${pile}: name one of its own`;
    throw new StepError("E_METER_NOT_OF_PILE", message, { keyId: old, pile });
  }
  if (newKeyId === old) {
    const message = `meter key ${old} is the new key and the old one: certify it anew to renew it`;
    throw new StepError("E_METER_SAME", message, { keyId: old });
  }
  await relayMeterOnce(market, () => Promise.resolve(authority), signed);
  await revokeMeter(market, authority, old);
  return old;
}

/** What the registry knows of a key, by its id. */
export async function registeredKey(market: Market, keyId: Bytes32): Promise<RegisteredKey> {
  const { pile, meter } = await read(market, market.contracts.meters.meterOf(keyId));
  const { lastPagination, validFrom, validUntil, ratedPowerW, issue, revoked } = meter;
  return { keyId, pile, lastPagination, validFrom, validUntil, ratedPowerW, issue, revoked };
}

/** The same of a key that is there. @throws StepError E_METER_CURVE */
export async function certifiedMeter(market: Market, key: MeterPublicKey): Promise<CertifiedMeter> {
  return { key, ...(await registeredKey(market, meterKeyId(settlingKey(key)))) };
}

/**
 * All keys that are certified for a pile or were, the latest certificate first. Revoked ones are
 * among them.
 */
export async function metersOf(market: Market, pile: Address): Promise<readonly CertifiedMeter[]> {
  const { meters } = market.contracts;
  const events = await eventsOf(meters, meters.filters.MeterCertified(undefined, pile));
  const keys = new Map(
    events
      .toReversed()
      .map(({ args: { keyId, certificate } }) => [keyId, fromChainKey(certificate)]),
  );
  const known = await Promise.all([...keys.values()].map((key) => certifiedMeter(market, key)));
  return known.filter((meter) => meter.pile === pile);
}

/** The one key of a pile that is not revoked. @throws StepError E_METER_NONE, E_METER_SEVERAL */
export async function meterInForce(market: Market, pile: Address): Promise<CertifiedMeter> {
  const inForce = (await metersOf(market, pile)).filter(({ revoked }) => !revoked);
  const [meter, ...others] = inForce;
  if (meter === undefined) {
    const message = `no meter is certified for pile ${pile}: have the authority certify one`;
    throw new StepError("E_METER_NONE", message, { pile });
  }
  if (others.length === 0) return meter;
  const keyIds = inForce.map(({ keyId }) => keyId).join(", ");
  const message = `pile ${pile} has several meters, name the key of one: ${keyIds}`;
  throw new StepError("E_METER_SEVERAL", message, { pile, keyIds });
}

/** Curve of a key that was certified once. @throws StepError E_METER_UNCERTIFIED */
export async function curveOf(market: Market, { keyId, revoked }: RegisteredKey): Promise<Curve> {
  const { meters } = market.contracts;
  const [certified] = await eventsOf(meters, meters.filters.MeterCertified(keyId));
  if (certified !== undefined) return chainCurve(certified.args.certificate.curve);
  const known = revoked ? "was revoked before it was certified" : "was never certified";
  const message = `meter key ${keyId} ${known}: name another key`;
  throw new StepError("E_METER_UNCERTIFIED", message, { keyId });
}

/**
 * The point of a key, where the contract can check its signatures.
 * @throws StepError E_METER_CURVE
 */
export function settlingKey(key: MeterPublicKey): MeterKey {
  if (CHAIN_CURVES.some((curve) => curve === key.curve)) return chainKey(key);
  const remedy = "sessions of such a meter settle by the signatures of both parties";
  const message = `the chain checks secp256r1 and secp256k1, not ${key.curve}: ${remedy}`;
  throw new StepError("E_METER_CURVE", message, { curve: key.curve });
}

/** @throws StepError E_METER_TERMS for a power or pagination that no meter has */
export function requireMeterTerms({
  ratedPowerW,
  lastPagination,
}: Pick<InspectedMeter, "ratedPowerW" | "lastPagination">): Pick<
  InspectedMeter,
  "ratedPowerW" | "lastPagination"
> {
  return {
    ratedPowerW: within("ratedPowerW", ratedPowerW, MAX_RATED_POWER_W),
    lastPagination: paginationIn(lastPagination),
  };
}

function within(name: string, value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  const message = `${name}: expected 1 to ${most}, got ${value}`;
  throw new StepError("E_METER_TERMS", message, { [name]: value });
}

function paginationIn(lastPagination: bigint): bigint {
  if (lastPagination >= 0n && lastPagination < FIRST_UNWRITABLE_PAGINATION) return lastPagination;
  const message = `lastPagination: expected the number of a record, got ${lastPagination}`;
  throw new StepError("E_METER_TERMS", message, { lastPagination });
}
