/**
 * Public keys of meters, in the forms in which they travel: DER of a SubjectPublicKeyInfo as
 * hexadecimal (with `0x`, blanks or colons), base64 or base64url, with or without the prefixes
 * `oca:base16:asn1:` and `oca:base64:asn1:`; PEM, in one line too; base64 of one of these as text;
 * or the bare point. A key that comes with a record proves nothing about it: which key is a pile's
 * is what the authority certifies.
 */
import { AbiCoder, id, keccak256 } from "ethers";
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, hexToBytes } from "../primitives/bytes.ts";

/** The curves of OCMF (table 22), and one more that meters are built with. */
export const CURVES = [
  "secp192k1",
  "secp192r1",
  "secp256k1",
  "secp256r1",
  "secp384r1",
  "secp521r1",
  "brainpool256r1",
  "brainpool384r1",
] as const;
export type Curve = (typeof CURVES)[number];

/** Curves whose signatures the contract can check, in the order of its enum `MeterCurve`. */
export const CHAIN_CURVES = ["none", "secp256r1", "secp256k1"] as const;

export interface MeterPublicKey {
  readonly curve: Curve;
  /** DER of its SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** The same for OpenSSL. */
  readonly object: KeyObject;
}

/** Twin of `MeterKey` in `contracts/ocmf/OcmfTypes.sol`. */
export interface MeterKey {
  readonly curve: bigint;
  readonly x: Bytes32;
  readonly y: Bytes32;
}

export class MeterKeyError extends Error {
  override readonly name = "MeterKeyError";
  readonly code: "E_KEY_FORMAT" | "E_KEY_CURVE";

  constructor(code: MeterKeyError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** OpenSSL's name, content of the object identifier, bytes of a coordinate. */
const CURVE_TABLE: Readonly<Record<Curve, readonly [string, string, number]>> = {
  secp192k1: ["secp192k1", "2b8104001f", 24],
  secp192r1: ["prime192v1", "2a8648ce3d030101", 24],
  secp256k1: ["secp256k1", "2b8104000a", 32],
  secp256r1: ["prime256v1", "2a8648ce3d030107", 32],
  secp384r1: ["secp384r1", "2b81040022", 48],
  secp521r1: ["secp521r1", "2b81040023", 66],
  brainpool256r1: ["brainpoolP256r1", "2b2403030208010107", 32],
  brainpool384r1: ["brainpoolP384r1", "2b240303020801010b", 48],
};
/** Every name under which a curve is known, in small letters. */
export const CURVE_NAMES: ReadonlyMap<string, Curve> = new Map([
  ...CURVES.flatMap((curve) => [
    [curve, curve] as const,
    [CURVE_TABLE[curve][0].toLowerCase(), curve] as const,
  ]),
  ["secp192v1", "secp192r1"],
  ["nistp192", "secp192r1"],
  ["nistp256", "secp256r1"],
  ["nistp384", "secp384r1"],
  ["nistp521", "secp521r1"],
]);

const EC_PUBLIC_KEY = "06072a8648ce3d0201";
const PREFIX = /^oca:base(?:16|64):asn1:/i;
/** Keys are text within text at most so many times. */
const LAYERS = 2;
/** Label and body of a PEM, whose line breaks may have become blanks, `\n`, or nothing. */
const PEM = /-----BEGIN ([A-Z ]+)-----(.+?)-----END \1-----/s;

/**
 * Reads a key.
 * @param bareCurve curve of a bare point (x ‖ y, 04 ‖ x ‖ y, or compressed), which does not say
 * @throws MeterKeyError E_KEY_FORMAT, E_KEY_CURVE
 */
export function parseMeterKey(text: string, bareCurve: Curve = "secp256r1"): MeterPublicKey {
  return keyIn(text, bareCurve, LAYERS);
}

/** The key of a point, e.g. of a simulated meter. */
export function meterKeyOfPoint(curve: Curve, point: Uint8Array): MeterPublicKey {
  return keyOf(opensslKey(spkiOf(curve, point)));
}

/**
 * What the contract knows of a key.
 * @throws MeterKeyError E_KEY_CURVE for a curve that it cannot check.
 */
export function chainKey(key: MeterPublicKey): MeterKey {
  const curve = CHAIN_CURVES.findIndex((name) => name === key.curve);
  if (curve < 1) {
    const expected = "expected secp256r1 or secp256k1";
    throw new MeterKeyError("E_KEY_CURVE", `chainKey: ${expected}, got ${key.curve}`);
  }
  const { x = "", y = "" } = key.object.export({ format: "jwk" });
  return { curve: BigInt(curve), x: coordinate(x), y: coordinate(y) };
}

/** The key of what the contract knows of it. @throws MeterKeyError E_KEY_FORMAT for no point */
export function fromChainKey({ curve, x, y }: MeterKey): MeterPublicKey {
  return meterKeyOfPoint(chainCurve(curve), hexToBytes(`${x}${y.slice(2)}`));
}

/** The curve of a number on chain, of a key that is certified or can be. */
export function chainCurve(number: bigint): "secp256r1" | "secp256k1" {
  return number === 2n ? "secp256k1" : "secp256r1";
}

/** Twin of `MeterKeys.idOf`. */
export function meterKeyId(key: MeterKey): Bytes32 {
  const values = [id("ChargeVeil.MeterKey.v1"), key.curve, key.x, key.y];
  const types = ["bytes32", "uint8", "bytes32", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}

/** Bytes of one coordinate of the curve. */
export function coordinateBytes(curve: Curve): number {
  return CURVE_TABLE[curve][2];
}

/** OpenSSL's name of the curve. */
export function opensslName(curve: Curve): string {
  return CURVE_TABLE[curve][0];
}

/** Object identifier of the curve, DER with tag and length, as hexadecimal. */
export function curveIdentifier(curve: Curve): string {
  const [, content] = CURVE_TABLE[curve];
  return `06${byte(content.length / 2)}${content}`;
}

/** @param layers how many times the decoded bytes may be text again */
function keyIn(text: string, bareCurve: Curve, layers: number): MeterPublicKey {
  if (text.includes("-----BEGIN")) return keyOf(opensslKey(pemLines(text)));
  const bytes = decoded(text);
  const inner = bytes.toString("latin1").trim();
  const isText = /^[\x20-\x7e\s]{33,}$/.test(inner);
  if (isText && layers > 0) return keyIn(inner, bareCurve, layers - 1);
  const spki = bytes[0] === 0x30 ? bytes : spkiOf(bareCurve, bytes);
  return keyOf(opensslKey(spki));
}

/** A PEM with its line breaks where OpenSSL wants them. */
function pemLines(text: string): string {
  const [, label = "", body = ""] = PEM.exec(text) ?? [];
  const base64 = body
    .replaceAll(String.raw`\r`, "")
    .replaceAll(String.raw`\n`, "")
    .replace(/\s/g, "");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** The bytes that hexadecimal or base64 stands for. */
function decoded(text: string): Buffer {
  const bare = text.replace(/\s/g, "").replace(PREFIX, "");
  const hex = bare.replace(/^0x/i, "").replaceAll(":", "");
  if (/^(?:[0-9a-f]{2})+$/i.test(hex)) return Buffer.from(hex, "hex");
  // Node reads both alphabets of base64.
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) return Buffer.from(bare, "base64");
  const expected = "expected hexadecimal, base64 or PEM";
  throw new MeterKeyError("E_KEY_FORMAT", `parseMeterKey: ${expected}, got another form`);
}

function spkiOf(curve: Curve, point: Uint8Array): Uint8Array {
  const size = coordinateBytes(curve);
  const uncompressed = point.length === 2 * size + 1 && point[0] === 4;
  const compressed = point.length === size + 1 && (point[0] === 2 || point[0] === 3);
  const bare = point.length === 2 * size;
  if (!uncompressed && !compressed && !bare) {
    const got = `got ${point.length} bytes`;
    throw new MeterKeyError("E_KEY_FORMAT", `parseMeterKey: expected a point of ${curve}, ${got}`);
  }
  const hex = `${bare ? "04" : ""}${Buffer.from(point).toString("hex")}`;
  const algorithm = der("30", EC_PUBLIC_KEY + curveIdentifier(curve));
  return new Uint8Array(Buffer.from(der("30", algorithm + der("03", `00${hex}`)), "hex"));
}

/** DER of a value with a tag, as hexadecimal. */
export function der(tag: string, content: string): string {
  const length = content.length / 2;
  if (length < 0x80) return tag + byte(length) + content;
  return `${tag}${length < 0x100 ? `81${byte(length)}` : `82${byte(length >> 8)}${byte(length & 255)}`}${content}`;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function opensslKey(key: string | Uint8Array): KeyObject {
  try {
    return typeof key === "string"
      ? createPublicKey(key)
      : createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
  } catch {
    const got = "got something that OpenSSL refuses";
    throw new MeterKeyError("E_KEY_FORMAT", `parseMeterKey: expected a public key, ${got}`);
  }
}

function keyOf(object: KeyObject): MeterPublicKey {
  const name = object.asymmetricKeyDetails?.namedCurve;
  const curve = CURVES.find((known) => opensslName(known) === name);
  if (curve === undefined) {
    const got = `got ${name ?? `a key for ${object.asymmetricKeyType ?? "nothing known"}`}`;
    throw new MeterKeyError("E_KEY_CURVE", `parseMeterKey: expected a curve of OCMF, ${got}`);
  }
  const spki = object.export({ type: "spki", format: "der" });
  return { curve, spki: new Uint8Array(spki), object };
}

function coordinate(base64url: string): Bytes32 {
  return bytesToHex(new Uint8Array(Buffer.from(base64url, "base64url")));
}
