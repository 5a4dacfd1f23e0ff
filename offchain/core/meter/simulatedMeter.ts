/**
 * A meter that signs real OCMF, for markets and back offices without hardware. It has a key,
 * registers for import and export, and a pagination that counts what it has signed; a transaction
 * gives the records and the meter as it is afterwards. Signatures are RFC 6979, so that the same
 * meter signs the same twice, and half of them have the higher s, as with real meters.
 */
import { Crypto, EcPrivateKey } from "@road-labs/ocmf-crypto-noble";
import { createECDH } from "node:crypto";
import { bytesToBigint, bytesToHex } from "../primitives/bytes.ts";
import { randomBytesOf, type Rng } from "../primitives/random.ts";
import {
  curveIdentifier,
  der,
  meterKeyOfPoint,
  opensslName,
  type MeterPublicKey,
} from "./meterKey.ts";

/** Curves that the chain can check, both of which meters have. */
export type MeterCurve = "secp256r1" | "secp256k1";

/** How a maker writes: without blanks and with bare numbers, or with blanks and padded strings. */
export type MeterStyle = "compact" | "spaced";

export interface SimulatedMeter {
  readonly curve: MeterCurve;
  readonly publicKey: MeterPublicKey;
  /** 32 bytes. Stays in the meter. */
  readonly secret: Uint8Array;
  readonly serial: string;
  readonly style: MeterStyle;
  /** Registers that a record holds. */
  readonly registers: "import" | "importAndExport";
  /** Of the record that was signed last; 0 before the first. */
  readonly pagination: bigint;
  readonly importMilliWh: bigint;
  readonly exportMilliWh: bigint;
}

/** What happens between plugging in and unplugging. Energy in 1/1000 Wh, times in ms since 1970. */
export interface MeteredTransaction {
  /** At most 40 bytes, e.g. a `sessionName`. */
  readonly identification: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly importMilliWh: bigint;
  readonly exportMilliWh: bigint;
  /** Synchronised, relative, informative or unknown. */
  readonly clock: "S" | "R" | "I" | "U";
  /** Ended somehow, locally, remotely, by an error, by a power failure. */
  readonly end: "E" | "L" | "R" | "A" | "P";
  /** Begin and end in one record, or each in its own. */
  readonly records: "one" | "two";
}

/** A meter after a transaction, and what it has signed. */
export interface MeteredResult {
  readonly meter: SimulatedMeter;
  readonly records: readonly string[];
}

export class SimulatedMeterError extends Error {
  override readonly name = "SimulatedMeterError";
  readonly code: "E_IDENTIFICATION" | "E_TRANSACTION";

  constructor(code: SimulatedMeterError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** One line of RD. */
interface Line {
  readonly ms: number;
  readonly mark: string;
  readonly milliWh: bigint;
  readonly code: string;
}

const MAX_IDENTIFICATION_BYTES = 40;
const SECRET_BYTES = 32;
const SERIAL_BYTES = 6;
/** Below the order of either curve. */
const LARGEST_SECRET = (1n << 256n) - (1n << 225n);
const IMPORT_CODE = "1-b:1.8.0";
const EXPORT_CODE = "1-b:2.8.0";
const DECIMALS = 4;
const PADDED_WIDTH = 12;
const SPACED_SEPARATOR = " : ";

/**
 * A serial number. It stands in every record, which the chain shows to everybody: it must not say
 * whose the meter is.
 */
export function serialNumber(rng: Rng): string {
  return `sim-${bytesToHex(rng.bytes(SERIAL_BYTES)).slice(2)}`;
}

/** A new meter, its registers and pagination at zero. `rng` gives its key. */
export function newMeter(curve: MeterCurve, serial: string, rng: Rng): SimulatedMeter {
  const secret = secretOf(rng);
  const ecdh = createECDH(opensslName(curve));
  ecdh.setPrivateKey(secret);
  return {
    curve,
    publicKey: meterKeyOfPoint(curve, new Uint8Array(ecdh.getPublicKey())),
    secret,
    serial,
    style: "compact",
    registers: "import",
    pagination: 0n,
    importMilliWh: 0n,
    exportMilliWh: 0n,
  };
}

/**
 * Measures a transaction.
 * @throws SimulatedMeterError E_IDENTIFICATION above 40 bytes, E_TRANSACTION for energy or time
 *   that runs backwards
 */
export async function meterTransaction(
  meter: SimulatedMeter,
  transaction: MeteredTransaction,
): Promise<MeteredResult> {
  checkTransaction(transaction);
  const after: SimulatedMeter = {
    ...meter,
    importMilliWh: meter.importMilliWh + transaction.importMilliWh,
    exportMilliWh: meter.exportMilliWh + transaction.exportMilliWh,
  };
  const begin = linesOf(meter, "B", transaction.beginMs);
  const end = linesOf(after, transaction.end, transaction.endMs);
  const parts = transaction.records === "one" ? [[...begin, ...end]] : [begin, end];
  const records = await Promise.all(
    parts.map((lines, k) =>
      signPayload(meter, payloadText(meter, meter.pagination + BigInt(k + 1), transaction, lines)),
    ),
  );
  return { meter: { ...after, pagination: meter.pagination + BigInt(parts.length) }, records };
}

/** Signs any payload, as a meter whose software says so would. */
export async function signPayload(meter: SimulatedMeter, payload: string): Promise<string> {
  const key = EcPrivateKey.fromEncoded(pkcs8Of(meter), "pkcs8-der");
  const bytes = new TextEncoder().encode(payload);
  const signature = await new Crypto().sign(bytes, key, "SHA-256", "sigvalue-der");
  const section = JSON.stringify({
    SA: `ECDSA-${meter.curve}-SHA256`,
    SD: Buffer.from(signature).toString("hex").toUpperCase(),
  });
  return ["OCMF", payload, section].join("|");
}

function checkTransaction(transaction: MeteredTransaction): void {
  const bytes = Buffer.byteLength(transaction.identification);
  if (bytes > MAX_IDENTIFICATION_BYTES) {
    const message = `meterTransaction: expected identification of 40 bytes, got ${bytes}`;
    throw new SimulatedMeterError("E_IDENTIFICATION", message);
  }
  const { importMilliWh, exportMilliWh, beginMs, endMs } = transaction;
  if (importMilliWh < 0n || exportMilliWh < 0n || endMs < beginMs) {
    const message = "meterTransaction: expected energy and time that grow, got others";
    throw new SimulatedMeterError("E_TRANSACTION", message);
  }
}

function linesOf(meter: SimulatedMeter, mark: string, ms: number): readonly Line[] {
  const imported = { ms, mark, milliWh: meter.importMilliWh, code: IMPORT_CODE };
  const exported = { ms, mark, milliWh: meter.exportMilliWh, code: EXPORT_CODE };
  return meter.registers === "import" ? [imported] : [imported, exported];
}

function payloadText(
  meter: SimulatedMeter,
  pagination: bigint,
  { identification, clock }: MeteredTransaction,
  lines: readonly Line[],
): string {
  const isNamed = identification !== "";
  return object(meter.style, [
    ["FV", text("1.0")],
    ["GI", text("ChargeVeil simulated meter")],
    ["GS", text(meter.serial)],
    ["PG", text(`T${String(pagination)}`)],
    ["MS", text(meter.serial)],
    ["IS", String(isNamed)],
    ["IL", text(isNamed ? "TRUSTED" : "NONE")],
    ["IF", `[${["RFID_NONE", "OCPP_RS", "ISO15118_NONE", "PLMN_NONE"].map(text).join(",")}]`],
    ["IT", text(isNamed ? "CENTRAL" : "NONE")],
    ["ID", text(identification)],
    ["RD", `[${lines.map((line) => reading(meter.style, line, clock)).join(",")}]`],
  ]);
}

function reading(style: MeterStyle, line: Line, clock: string): string {
  return object(style, [
    ["TM", text(`${timeText(line.ms)} ${clock}`)],
    ["TX", text(line.mark)],
    ["EF", text("")],
    ["ST", text("G")],
    ["RV", valueText(style, line.milliWh)],
    ["RI", text(line.code)],
    ["RU", text("kWh")],
  ]);
}

function object(style: MeterStyle, members: readonly (readonly [string, string])[]): string {
  const separator = style === "spaced" ? SPACED_SEPARATOR : ":";
  return `{${members.map(([key, value]) => `${text(key)}${separator}${value}`).join(",")}}`;
}

/** kWh with four decimals: what is less stays in the meter. */
function valueText(style: MeterStyle, milliWh: bigint): string {
  const digits = String(milliWh / 100n).padStart(DECIMALS + 1, "0");
  const value = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
  return style === "spaced" ? text(value.padStart(PADDED_WIDTH)) : value;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(".", ",").replace("Z", "+0000");
}

function text(value: string): string {
  return JSON.stringify(value);
}

/**
 * PKCS#8 with the curve in both places: the library looks for it in the inner one, where OpenSSL
 * leaves it out.
 */
function pkcs8Of({ curve, secret }: SimulatedMeter): Uint8Array {
  const identifier = curveIdentifier(curve);
  const inner = der(
    "30",
    `020101${der("04", Buffer.from(secret).toString("hex"))}${der("a0", identifier)}`,
  );
  const algorithm = der("30", `06072a8648ce3d0201${identifier}`);
  return new Uint8Array(Buffer.from(der("30", `020100${algorithm}${der("04", inner)}`), "hex"));
}

function secretOf(rng: Rng): Uint8Array {
  for (;;) {
    const secret = randomBytesOf(rng, SECRET_BYTES);
    const value = bytesToBigint(secret);
    if (value > 0n && value < LARGEST_SECRET) return secret;
  }
}
