/**
 * Meters of the state folder: they sign real OCMF, for people who have no hardware at hand; and
 * what they have signed.
 *
 * A meter's file is never written over. What it has counted is a file for every time that it
 * signed, under the pagination that it had before: of two runs that let it sign at once, one
 * creates that file, and no run that ends leaves the meter locked.
 */
import { z } from "zod";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { parseMeterKey } from "../../offchain/core/meter/meterKey.ts";
import type { SimulatedMeter } from "../../offchain/core/meter/simulatedMeter.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { MeterStore } from "../../offchain/parties/pile/meterStore.ts";
import { fileNameOf } from "../support/naming.ts";
import { confirmationsIn } from "./registerStore.ts";
import { bigintText, hex, type State } from "./state.ts";

/** A meter as it is after it has signed. */
const countersSchema = z.strictObject({
  pagination: bigintText,
  importMilliWh: bigintText,
  exportMilliWh: bigintText,
});

type MeterCounters = z.infer<typeof countersSchema>;

const meterSchema = countersSchema.extend({
  curve: z.enum(["secp256r1", "secp256k1"]),
  secret: hex,
  publicKey: hex,
  serial: z.string(),
});

/**
 * Throws InputError for a meter's name that is no file name, StateError for a file that is not what
 * it should be.
 */
export function metersIn(state: State): MeterStore {
  return {
    ...confirmationsIn(state),
    keepMeter: (name, { pagination }, after) =>
      state.createSecret(`${countersFolder(name)}/${pagination}.json`, countersOf(after)),
    meterNamed: (name) => meterIn(state, name),
    installMeter: async (name, meter) => {
      if (!(await state.createSecret(secretPath(name), kept(meter)))) return false;
      await state.writeText(publicPath(name), `${publicKeyText(meter)}\n`);
      return true;
    },
    recordsOf: async (session) => {
      const text = await state.textIfThere(recordPath(session));
      return text?.split("\n").filter((record) => record !== "");
    },
    keepRecords: (session, records) =>
      state.writeText(recordPath(session), `${records.join("\n")}\n`),
  };
}

/**
 * Where the public key of a meter is, within the state folder.
 * @throws InputError for a name that is no file name
 */
export function publicPath(name: string): string {
  return `meters/${fileNameOf("meter", name)}.pub`;
}

/** Where the records are that a simulated meter signed for a session. */
export function recordPath(session: Bytes32): string {
  return `records/${session}.ocmf`;
}

async function meterIn(state: State, name: string): Promise<SimulatedMeter | undefined> {
  const known = await state.readIfThere(secretPath(name), meterSchema);
  if (known === undefined) return undefined;
  const { secret, publicKey, ...registers } = known;
  return {
    ...registers,
    ...(await latestCounters(state, name)),
    secret: hexToBytes(secret),
    publicKey: parseMeterKey(publicKey.slice(2)),
    style: "compact",
    registers: "import",
  };
}

/** Undefined for a meter that has not signed since its file was written. */
async function latestCounters(state: State, name: string): Promise<MeterCounters | undefined> {
  const folder = countersFolder(name);
  const before = (await state.list(folder)).flatMap((file) => {
    const [, digits] = /^([0-9]+)\.json$/.exec(file) ?? [];
    return digits === undefined ? [] : [BigInt(digits)];
  });
  const last = before.reduce((a, b) => (a > b ? a : b), -1n);
  return last < 0n ? undefined : state.read(`${folder}/${last}.json`, countersSchema);
}

function countersOf({ pagination, importMilliWh, exportMilliWh }: SimulatedMeter): MeterCounters {
  return { pagination, importMilliWh, exportMilliWh };
}

function kept(meter: SimulatedMeter): Readonly<Record<string, string | bigint>> {
  const { curve, serial } = meter;
  const secret = bytesToHex(meter.secret);
  const publicKey = bytesToHex(meter.publicKey.spki);
  return { curve, secret, publicKey, serial, ...countersOf(meter) };
}

/** DER as hexadecimal, as meters print it. */
function publicKeyText(meter: SimulatedMeter): string {
  return bytesToHex(meter.publicKey.spki).slice(2).toUpperCase();
}

function countersFolder(name: string): string {
  return `meters/${fileNameOf("meter", name)}`;
}

function secretPath(name: string): string {
  return `meters/${fileNameOf("meter", name)}.json`;
}
