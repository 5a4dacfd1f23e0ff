/**
 * Meters of the state folder: they sign real OCMF, for people who have no hardware at hand; and
 * what they have signed.
 */
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { parseMeterKey } from "../../offchain/core/meter/meterKey.ts";
import type { SimulatedMeter } from "../../offchain/core/meter/simulatedMeter.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { MeterStore } from "../../offchain/parties/pile/meterStore.ts";
import { fileNameOf } from "../support/naming.ts";
import { confirmationsIn } from "./registerStore.ts";
import { readIfThere, simulatedMeterSchema, type State } from "./state.ts";

/**
 * Throws InputError for a meter's name that is no file name, StateError for a file that is not what
 * it should be.
 */
export function metersIn(state: State): MeterStore {
  return {
    ...confirmationsIn(state),
    keepMeter: (name, meter) => state.writeSecret(secretPath(name), kept(meter)),
    meterNamed: (name) => meterIn(state, name),
    installMeter: async (name, meter) => {
      if (!(await state.createSecret(secretPath(name), kept(meter)))) return false;
      await state.writeText(publicPath(name), `${publicKeyText(meter)}\n`);
      return true;
    },
    recordsOf: async (session) => {
      if (!(await state.has(recordPath(session)))) return undefined;
      const text = await state.readText(recordPath(session));
      return text.split("\n").filter((record) => record !== "");
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
  const known = await readIfThere(state, secretPath(name), simulatedMeterSchema);
  if (known === undefined) return undefined;
  const { secret, publicKey, ...registers } = known;
  return {
    ...registers,
    secret: hexToBytes(secret),
    publicKey: parseMeterKey(publicKey.slice(2)),
    style: "compact",
    registers: "import",
  };
}

function kept(meter: SimulatedMeter): Readonly<Record<string, string | bigint>> {
  const { curve, serial, pagination, importMilliWh, exportMilliWh } = meter;
  const secret = bytesToHex(meter.secret);
  const publicKey = bytesToHex(meter.publicKey.spki);
  return { curve, secret, publicKey, serial, pagination, importMilliWh, exportMilliWh };
}

/** DER as hexadecimal, as meters print it. */
function publicKeyText(meter: SimulatedMeter): string {
  return bytesToHex(meter.publicKey.spki).slice(2).toUpperCase();
}

function secretPath(name: string): string {
  return `meters/${fileNameOf("meter", name)}.json`;
}
