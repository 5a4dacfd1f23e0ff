/** Meters of the state folder: they sign real OCMF, for people who have no hardware at hand. */
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { parseMeterKey } from "../../offchain/core/meter/meterKey.ts";
import {
  newMeter,
  type MeterCurve,
  type SimulatedMeter,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { InputError } from "../support/outcome.ts";
import { simulatedMeterSchema, type State } from "./state.ts";

const SERIAL_BYTES = 4;

/** Makes a meter and keeps it. @throws InputError if there is one of this name, or for another curve */
export async function createMeter(
  state: State,
  name: string,
  curve: string,
): Promise<SimulatedMeter> {
  if (await state.has(secretPath(name))) {
    throw new InputError(`--meter: ${state.folder} has a meter ${name} already`);
  }
  const serial = bytesToHex(systemRng.bytes(SERIAL_BYTES)).slice(2).toUpperCase();
  const meter = newMeter(simulatedCurve(curve), serial, systemRng);
  await keepMeter(state, name, meter);
  await state.writeText(publicPath(name), `${publicKeyText(meter)}\n`);
  return meter;
}

/** @throws StateError if there is none of this name */
export async function readMeter(state: State, name: string): Promise<SimulatedMeter> {
  const { secret, publicKey, ...kept } = await state.read(secretPath(name), simulatedMeterSchema);
  return {
    ...kept,
    secret: hexToBytes(secret),
    publicKey: parseMeterKey(publicKey.slice(2)),
    style: "compact",
    registers: "import",
  };
}

/** Writes a meter as it is now. */
export async function keepMeter(state: State, name: string, meter: SimulatedMeter): Promise<void> {
  const { curve, serial, pagination, importMilliWh, exportMilliWh } = meter;
  const secret = bytesToHex(meter.secret);
  const publicKey = bytesToHex(meter.publicKey.spki);
  const registers = { importMilliWh, exportMilliWh };
  await state.writeSecret(secretPath(name), {
    ...{ curve, secret, publicKey, serial, pagination },
    ...registers,
  });
}

/** DER as hexadecimal, as meters print it. */
function publicKeyText(meter: SimulatedMeter): string {
  return bytesToHex(meter.publicKey.spki).slice(2).toUpperCase();
}

function simulatedCurve(curve: string): MeterCurve {
  if (curve === "secp256r1" || curve === "secp256k1") return curve;
  throw new InputError(`--curve: expected secp256r1 or secp256k1, got ${curve}`);
}

function secretPath(name: string): string {
  return `meters/${checkedName(name)}.json`;
}

/** Where the public key of a meter is, within the state folder. @throws InputError for a name that is no file name */
export function publicPath(name: string): string {
  return `meters/${checkedName(name)}.pub`;
}

function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,31}$/i.test(name)) return name;
  throw new InputError("--meter: expected a name of 1 to 32 letters, digits, - or _");
}
