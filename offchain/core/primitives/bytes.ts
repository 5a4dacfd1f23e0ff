/**
 * Whole numbers and byte strings, one into the other. Numbers are unsigned and big-endian at a
 * width the caller states, so equal widths mean equal encodings; text is hexadecimal with a `0x`
 * prefix, the form a chain and a JSON file both understand. Nothing is truncated, padded or reduced
 * in silence.
 */

export type Hex = `0x${string}`;

/** What a chain holds where nothing is; places in which it has a meaning have a name for it. */
export const ZERO_BYTES32: Hex = `0x${"00".repeat(32)}`;

/** What does not fit or is not hexadecimal. Messages name sizes, never contents. */
export class BytesError extends Error {
  override readonly name = "BytesError";
  readonly code: "E_WIDTH" | "E_HEX";

  constructor(code: BytesError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

const LENGTH_PREFIX_BYTES = 4;

/** Bits of `value` without leading zeros: 0 for 0, 8 for 255. Negative values are not measured. */
export function bitLength(value: bigint): number {
  if (value < 0n) {
    throw new BytesError(
      "E_WIDTH",
      "bitLength: expected a value of at least 0, got a negative one",
    );
  }
  const hex = value.toString(16);
  return 4 * (hex.length - 1) + 32 - Math.clz32(Number.parseInt(hex.charAt(0), 16));
}

/** Bytes needed for `value`: 0 for 0, 1 for 255, 2 for 256. */
export function byteLength(value: bigint): number {
  return Math.ceil(bitLength(value) / 8);
}

/**
 * `value` as exactly `width` big-endian bytes.
 * @throws BytesError E_WIDTH for a negative value or one of more than `width` bytes.
 */
export function bigintToBytes(value: bigint, width: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16).padStart(2 * width, "0");
  if (value < 0n || hex.length !== 2 * width) {
    const got = value < 0n ? "a negative value" : `one of ${byteLength(value)} bytes`;
    throw new BytesError(
      "E_WIDTH",
      `bigintToBytes: expected a value of ${width} bytes, got ${got}`,
    );
  }
  return new Uint8Array(Buffer.from(hex, "hex"));
}

/** The unsigned big-endian number in `bytes`; no bytes are 0. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(bytesToHex(bytes));
}

/** Lower-case hexadecimal with the `0x` prefix. */
export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/**
 * The bytes of a `0x`-prefixed hexadecimal string of either case.
 * @throws BytesError E_HEX without the prefix, for an odd number of digits or any other character.
 */
export function hexToBytes(hex: string): Uint8Array<ArrayBuffer> {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    const got = `${hex.length} characters of another form`;
    throw new BytesError(
      "E_HEX",
      `hexToBytes: expected 0x and pairs of hexadecimal digits, got ${got}`,
    );
  }
  return new Uint8Array(Buffer.from(hex.slice(2), "hex"));
}

/** The parts one after the other, in a new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * `u32(length) ‖ part`: several variable parts hashed or signed together keep their boundaries.
 * @throws BytesError E_WIDTH from 2^32 bytes on.
 */
export function lengthPrefixed(part: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(bigintToBytes(BigInt(part.length), LENGTH_PREFIX_BYTES), part);
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Four bytes. @throws BytesError E_WIDTH for a negative value and from 2^32 on */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  return bigintToBytes(BigInt(value), 4);
}
