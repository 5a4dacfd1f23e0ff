/**
 * The keys by which services know each other: Ed25519, for connections and for the frames of a
 * line. A connection wants a certificate around a key; nobody reads more of it than the key, so it
 * is signed by itself, names nobody and never expires.
 */
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { bytesToHex, concatBytes, hexToBytes } from "../core/primitives/bytes.ts";
import { withHidden } from "../core/primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../core/primitives/random.ts";

/** The private key is hidden from logs and JSON. */
export interface LineKeys {
  /** 32 bytes, 0x-prefixed hexadecimal: what the others pin. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
}

export class LineKeyError extends Error {
  override readonly name = "LineKeyError";
  readonly code = "E_LINE_KEY";
}

const LINE_KEY_BYTES = 32;

/** DER in front of the bytes of a key (RFC 8410). */
const PKCS8_PREFIX = hexToBytes("0x302e020100300506032b657004220420");
const SPKI_PREFIX = hexToBytes("0x302a300506032b6570032100");
const ED25519 = "1.3.101.112";
const COMMON_NAME = "2.5.4.3";
const SERIAL_BYTES = 16;
/** RFC 5280, 4.1.2.5: a certificate without an end. */
const VALIDITY = { notBefore: new Date(0), notAfter: new Date("9999-12-31T23:59:59Z") };

/**
 * What line keys are made from, for the store of their owner.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function drawLineSeed(rng: Rng): Uint8Array {
  assertProductionRng(rng);
  return randomBytesOf(rng, LINE_KEY_BYTES);
}

/**
 * The keys of a seed; the same seed gives the same keys and certificate.
 * @throws LineKeyError for another length
 */
export function lineKeysOf(seed: Uint8Array): LineKeys {
  if (seed.length !== LINE_KEY_BYTES) {
    throw new LineKeyError(`lineKeysOf: expected ${LINE_KEY_BYTES} bytes, got ${seed.length}`);
  }
  const der = Buffer.from(concatBytes(PKCS8_PREFIX, seed));
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = lineKeyOf(createPublicKey(privateKey));
  return withHidden(
    { publicKey, certificate: certificateOf(publicKey, privateKey) },
    { privateKey },
  );
}

/** A public line key by its bytes. @throws LineKeyError for a key of another kind */
export function lineKeyOf(key: KeyObject): string {
  const der = key.export({ type: "spki", format: "der" });
  const prefix = der.subarray(0, SPKI_PREFIX.length);
  if (der.length !== SPKI_PREFIX.length + LINE_KEY_BYTES || !prefix.equals(SPKI_PREFIX)) {
    throw new LineKeyError("lineKeyOf: expected an Ed25519 key, got another");
  }
  return bytesToHex(der.subarray(SPKI_PREFIX.length));
}

/** The key behind its bytes. @throws LineKeyError for another length */
export function publicLineKey(lineKey: string): KeyObject {
  const bytes = hexToBytes(lineKey);
  if (bytes.length !== LINE_KEY_BYTES) {
    throw new LineKeyError(`publicLineKey: expected ${LINE_KEY_BYTES} bytes, got ${bytes.length}`);
  }
  const der = Buffer.from(concatBytes(SPKI_PREFIX, bytes));
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function certificateOf(publicKey: string, privateKey: KeyObject): string {
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ED25519 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialOf(publicKey),
    signature: signatureAlgorithm,
    issuer: LINE_NAME,
    subject: LINE_NAME,
    validity: new Validity(VALIDITY),
    subjectPublicKeyInfo: AsnConvert.parse(
      concatBytes(SPKI_PREFIX, hexToBytes(publicKey)),
      SubjectPublicKeyInfo,
    ),
  });
  const content = AsnConvert.serialize(tbsCertificate);
  const signatureValue = bufferOf(sign(null, new Uint8Array(content), privateKey));
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue });
  return pemOf(new Uint8Array(AsnConvert.serialize(certificate)));
}

const LINE_NAME = new Name([
  new RelativeDistinguishedName([
    new AttributeTypeAndValue({
      type: COMMON_NAME,
      value: new AttributeValue({ utf8String: "ChargeVeil line" }),
    }),
  ]),
]);

/** Positive, and never the same for two keys. */
function serialOf(publicKey: string): ArrayBuffer {
  const serial = createHash("sha256").update(hexToBytes(publicKey)).digest();
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return bufferOf(serial.subarray(0, SERIAL_BYTES));
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
