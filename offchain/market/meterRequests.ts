/**
 * How a pile comes to have a certified meter without the authority's being there: the pile asks,
 * with a record of the meter that names the request, the authority looks at the request and
 * certifies, and anybody relays.
 */
import type { Signer } from "ethers";
import { pendingSeconds, read, type Market } from "../chain/market.ts";
import { PARTICIPANT_KINDS, type Address } from "../core/messages/market.ts";
import { fromChainKey, meterKeyId, type MeterPublicKey } from "../core/meter/meterKey.ts";
import {
  checkMeterRequest,
  requestMeter,
  wishName,
  type AskedMeter,
  type MeterRegistryAt,
  type MeterRequest,
  type MeterWish,
} from "../core/meter/meterRequest.ts";
import { meterTransaction } from "../core/meter/simulatedMeter.ts";
import type { MeterStore } from "../parties/pile/meterStore.ts";
import { installedMeter, keepSigned } from "./metering.ts";
import { registeredKey, requireMeterTerms, settlingKey, type MeterToCertify } from "./meters.ts";
import { StepError } from "./stepError.ts";

/** The meter registry of a market. */
export async function meterRegistryOf({ chainId, contracts }: Market): Promise<MeterRegistryAt> {
  return { chainId, meters: await contracts.meters.getAddress() };
}

/**
 * The next certificate of a key, for a pile.
 * @throws StepError E_METER_CURVE
 */
export async function meterWish(
  market: Market,
  pile: Address,
  key: MeterPublicKey,
): Promise<MeterWish> {
  const point = settlingKey(key);
  const { meter } = await read(market, market.contracts.meters.meterOf(meterKeyId(point)));
  return { pile, key: point, issue: meter.issue + 1n };
}

/**
 * Lets a simulated meter of the pile sign the name of a request: a record without energy.
 * @throws StepError E_METER_UNKNOWN, E_METER_BUSY
 */
export async function signWish(
  market: Market,
  store: MeterStore,
  meter: string,
  wish: MeterWish,
): Promise<string> {
  const before = await installedMeter(store, meter);
  const nowMs = (await pendingSeconds(market)) * 1000;
  const signed = await meterTransaction(before, {
    identification: wishName(await meterRegistryOf(market), wish),
    ...{ beginMs: nowMs, endMs: nowMs, importMilliWh: 0n, exportMilliWh: 0n },
    ...{ clock: "S", end: "E", records: "one" },
  });
  await keepSigned(store, meter, before, signed.meter);
  return signed.records.join("\n");
}

/** What a pile says of its meter; `ratedPowerW` null for what the pile is certified for. */
export interface MeterTerms extends Pick<AskedMeter, "lastPagination" | "record"> {
  readonly ratedPowerW: number | null;
}

/**
 * The pile's signed request. Nothing is sent.
 * @throws StepError E_METER_PILE for an account that is no certified pile, E_METER_TERMS
 */
export async function askForMeter(
  market: Market,
  pile: Signer,
  wish: MeterWish,
  { ratedPowerW, lastPagination, record }: MeterTerms,
): Promise<MeterRequest> {
  const certified = await certifiedPowerW(market, wish.pile);
  const terms = requireMeterTerms({ ratedPowerW: ratedPowerW ?? certified, lastPagination });
  return requestMeter(pile, await meterRegistryOf(market), { ...wish, ...terms, record });
}

/**
 * What a request asks to have certified, if it is good. Run by the authority.
 * @throws MeterRequestError; StepError E_METER_PILE, E_METER_REQUEST_OLD for a request that was
 *   granted, or overtaken by another, E_METER_REQUEST_MOVES for the meter of another pile, unless
 *   it has signed the request
 */
export async function acceptMeterRequest(
  market: Market,
  request: MeterRequest,
): Promise<Omit<MeterToCertify, "validDays">> {
  const { pile, issue, ratedPowerW } = request;
  const lastPagination = await checkMeterRequest(await meterRegistryOf(market), request);
  await certifiedPowerW(market, pile);
  const key = fromChainKey(request.key);
  const holder = await holderOf(market, key);
  if (request.record === null && holder !== null && holder !== pile) throw movesUnseen(holder);
  const next = (await meterWish(market, pile, key)).issue;
  if (issue === next) return { pile, key, ratedPowerW, lastPagination };
  const message = `expected a request for certificate ${next} of this meter, got one for ${issue}`;
  throw new StepError("E_METER_REQUEST_OLD", `${message}: ask for a new request`, { issue, next });
}

/** Whose meter a key is by its last certificate; null before the first. */
async function holderOf(market: Market, key: MeterPublicKey): Promise<Address | null> {
  const { pile, issue } = await registeredKey(market, meterKeyId(settlingKey(key)));
  return issue === 0n ? null : pile;
}

function movesUnseen(holder: Address): StepError {
  const message = `this is the meter of ${holder}, and has not signed that it moves`;
  const remedy = "ask for a request with a record in which it names the request";
  return new StepError("E_METER_REQUEST_MOVES", `${message}: ${remedy}`, { holder });
}

/** @throws StepError E_METER_PILE */
async function certifiedPowerW(market: Market, pile: Address): Promise<number> {
  const { kind, ratedPowerW } = await read(market, market.contracts.identities.participantOf(pile));
  if (PARTICIPANT_KINDS[Number(kind)] === "pile") return Number(ratedPowerW);
  const message = `${pile} is not certified as a pile: enrol it first`;
  throw new StepError("E_METER_PILE", message, { pile });
}
