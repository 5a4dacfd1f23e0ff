/**
 * The meter of a pile on a simulated day: certified when its pile is enrolled, it counts what flows and signs a record of
 * every session in OCMF. The pile settles on that record.
 */
import { certifyMeter } from "../../core/meter/meterCertificate.ts";
import { chainKey } from "../../core/meter/meterKey.ts";
import { parseRecord } from "../../core/meter/ocmfRecord.ts";
import { prepareSettlement, type PreparedSettlement } from "../../core/meter/prepareSettlement.ts";
import { sessionName } from "../../core/meter/sessionName.ts";
import {
  meterTransaction,
  newMeter,
  type SimulatedMeter,
} from "../../core/meter/simulatedMeter.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { send } from "../../chain/market.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { DayContext } from "./context.ts";
import type { PileActor } from "./actors.ts";

/** The meters as they are now, by the name of their pile; before its first session a pile has the one it was enrolled with. */
export type Meters = Map<string, SimulatedMeter>;

/** Energy that was delivered, and when; unix seconds. */
export interface Delivered {
  readonly energyWh: number;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** What a meter has signed about a session, and the key that verifies it: DER of a SubjectPublicKeyInfo, hexadecimal. */
export interface SignedRecord {
  readonly record: string;
  readonly publicKey: string;
}

export interface MeteredSession {
  readonly settlement: PreparedSettlement;
  readonly signed: SignedRecord;
}

const MOST_FIRST_WH = 50_000_000;
const FIRST_ISSUE = 1;

/**
 * A meter as it comes to a pile: a key and a serial number of its own, and a register that is not at zero. The serial
 * number stands in every record, which the chain shows to everybody: it must not name the pile.
 */
export function installedMeter(day: DayContext, pileName: string): SimulatedMeter {
  const firstWh = seededStream(day.world.seed, `register/${pileName}`).uniformInt(0, MOST_FIRST_WH);
  return {
    ...newMeter("secp256r1", serialNumber(day.rng), day.rng),
    importMilliWh: BigInt(firstWh) * 1000n,
  };
}

function serialNumber(rng: Rng): string {
  return `sim-${bytesToHex(rng.bytes(6)).slice(2)}`;
}

/** The authority certifies the meter for the pile; the pile relays the certificate. */
export async function registerMeter(
  day: DayContext,
  { wallet, participantId, pile, meter }: PileActor,
  times: { readonly validUntil: number; readonly relayBy: number },
): Promise<void> {
  const { chainId, contracts } = day.market;
  const { certificate, signature } = await certifyMeter(
    day.authority,
    { chainId, meters: await contracts.meters.getAddress() },
    {
      participantId,
      key: chainKey(meter.publicKey),
      ratedPowerW: pile.powerW,
      lastPagination: meter.pagination,
    },
    { ...times, validFrom: 0 },
    FIRST_ISSUE,
  );
  await send(day.market, contracts.meters.connect(wallet).certify(certificate, signature));
}

/** Lets the meter measure and sign; what it gives is checked as the contract will check it. */
export async function meterSession(
  meters: Meters,
  { name, pile, meter: installed }: PileActor,
  sessionId: Bytes32,
  { energyWh, beganAt, endedAt }: Delivered,
): Promise<MeteredSession> {
  const before = meters.get(name) ?? installed;
  const { meter, records } = await meterTransaction(before, {
    identification: sessionName(sessionId),
    beginMs: beganAt * 1000,
    endMs: endedAt * 1000,
    importMilliWh: BigInt(energyWh) * 1000n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
  });
  meters.set(name, meter);
  const [record = ""] = records;
  const settlement = await prepareSettlement([parseRecord(record)], meter.publicKey, {
    sessionId,
    direction: "import",
    ratedPowerW: BigInt(pile.powerW),
    windowSeconds: endedAt - beganAt,
    lastPagination: before.pagination,
  });
  const publicKey = bytesToHex(meter.publicKey.spki).slice(2);
  return { settlement, signed: { record, publicKey } };
}
