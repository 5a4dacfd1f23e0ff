/**
 * The meter of a pile on a simulated day: there from the pile's first hour, and certified when its
 * pile is enrolled.
 */
import type { MeterPublicKey } from "../../core/meter/meterKey.ts";
import { issueMeterCertificate, relayMeterCertificate } from "../../market/meters.ts";
import { installMeter } from "../../market/metering.ts";
import { memoryMeters, type MeterStore } from "../../parties/pile/meterStore.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { DayContext } from "./context.ts";
import type { PileActor } from "./actors.ts";

const MOST_FIRST_WH = 50_000_000;
/** Certificates outlive the day and the sessions that begin on it. */
const VALID_DAYS = 40;

/**
 * A pile's store with its meter, which has a key and a serial number of its own, and a register
 * that is not at zero.
 */
export async function meterStore(day: DayContext, pileName: string): Promise<MeterStore> {
  const store = memoryMeters();
  const firstWh = seededStream(day.world.seed, `register/${pileName}`).uniformInt(0, MOST_FIRST_WH);
  await installMeter(store, pileName, "secp256r1", day.rng, BigInt(firstWh) * 1000n);
  return store;
}

/** The key of a pile's meter. */
export async function meterKeyOf({ name, store }: PileActor): Promise<MeterPublicKey> {
  const meter = await store.meterNamed(name);
  if (meter === undefined) throw new Error(`meterKeyOf: expected a meter at pile ${name}`);
  return meter.publicKey;
}

/** The authority certifies the meter for the pile; the pile relays the certificate. */
export async function registerMeter(day: DayContext, actor: PileActor): Promise<void> {
  const { market, authority } = day;
  const { wallet } = actor;
  const issued = await issueMeterCertificate(market, authority, {
    pile: wallet.address,
    key: await meterKeyOf(actor),
    ratedPowerW: null,
    lastPagination: 0n,
    validDays: VALID_DAYS,
  });
  await relayMeterCertificate(market, wallet, issued);
}
