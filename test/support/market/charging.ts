/** Sessions in which the meter runs, and a pile that has one. */
import type { Signer } from "ethers";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import type { MeterPublicKey } from "../../../offchain/core/meter/meterKey.ts";
import { RefusedError } from "../../../offchain/chain/refusal.ts";
import { issueMeterCertificate, relayMeterCertificate } from "../../../offchain/market/meters.ts";
import { installMeter, measureSession, type Delivery } from "../../../offchain/market/metering.ts";
import { settleSession } from "../../../offchain/market/settlement.ts";
import { StepError } from "../../../offchain/market/stepError.ts";
import { memoryMeters, type MeterDesk } from "../../../offchain/parties/pile/meterStore.ts";
import { counterRng } from "../primitives/draws.ts";
import type { MarketWorld } from "./deployed.ts";
import { charge, commitTrade, endBidding, postDecisions, type Trade } from "./trade.ts";

/** At the price of the trades, 450,000 units per kWh. */
export const ENERGY_WH = 6_000n;
export const METERED_UNITS = 2_700_000n;

/** Name of the meter of `meteredPile`. */
export const METER = "meter";

const BEFOREHAND = "refused before sending: ";

/** A pile with a certified meter in a store of its own. */
export interface MeteredPile extends MeterDesk {
  readonly key: MeterPublicKey;
}

/** How long ago sessions have begun. */
export const CHARGED_SECONDS = 3_600;

/**
 * Vehicle and pile of the world meet `count` times, and plug in; an hour passes. Returns the
 * sessions.
 */
export async function chargingSessions(
  world: MarketWorld,
  count: number,
  pricePerKwh?: bigint,
): Promise<readonly Bytes32[]> {
  const trades: Trade[] = [];
  for (let place = 0; place < count; place += 1) {
    trades.push(await commitTrade(world, `trade ${place}`, pricePerKwh));
  }
  for (const trade of trades) {
    await endBidding(world, trade);
    await postDecisions(world, trade, [trade.decision]);
  }
  await charge(world, trades, ({ decision }) => [decision]);
  await world.connection.networkHelpers.time.increase(CHARGED_SECONDS);
  return trades.map(({ decision }) => decision);
}

/** The world's pile with a meter that is certified for a year. */
export async function meteredPile(world: MarketWorld): Promise<MeteredPile> {
  const store = memoryMeters();
  const wallet = world.pile.signer;
  const key = await certifiedMeterIn(world, { wallet, store }, METER);
  return { wallet, store, key };
}

/** A session that was settled on what the pile's meter has signed. */
export async function settledSession(world: MarketWorld, pile: MeteredPile): Promise<Bytes32> {
  const [session = ""] = await chargingSessions(world, 1);
  await measureSession(world.market, pile, anHour(session));
  await settleSession(world.market, pile, { session, records: null, key: null });
  return session;
}

/** Installs one more meter and has it certified. Returns its key. */
export async function certifiedMeterIn(
  { market, authority, pile }: MarketWorld,
  { wallet, store }: MeterDesk,
  name: string,
  validDays = 365,
): Promise<MeterPublicKey> {
  const { publicKey } = await installMeter(store, name, "secp256r1", counterRng(name));
  const issued = await issueMeterCertificate(market, authority, {
    pile: pile.signer.address,
    key: publicKey,
    ratedPowerW: null,
    lastPagination: 0n,
    validDays,
  });
  await relayMeterCertificate(market, wallet, issued);
  return publicKey;
}

/** An hour at the socket. */
export function anHour(session: Bytes32, values: Partial<Delivery> = {}): Delivery {
  return {
    session,
    meter: METER,
    energyWh: ENERGY_WH,
    beganAt: null,
    seconds: CHARGED_SECONDS,
    named: true,
    records: "one",
    ...values,
  };
}

/** Contract's error or step's code of what an action throws, or "accepted". */
export async function refusalIn(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RefusedError) return error.reason;
    if (error instanceof StepError) return error.code;
    throw error;
  }
  return "accepted";
}

/**
 * The same for a refusal that the step finds itself: the contract was not asked, not even for the
 * gas.
 */
export async function refusalBeforehand(action: () => Promise<unknown>): Promise<string> {
  return refusalIn(async () => {
    await action().catch((error: unknown) => {
      if (!(error instanceof RefusedError) || error.message.startsWith(BEFOREHAND)) throw error;
      throw new Error(`expected a refusal before sending, got "${error.message}"`);
    });
  });
}

/** How many transactions an account has sent: what a refusal must not raise. */
export function sentBy({ market }: MarketWorld, account: Signer): Promise<number> {
  return account.getAddress().then((address) => market.provider.getTransactionCount(address));
}
