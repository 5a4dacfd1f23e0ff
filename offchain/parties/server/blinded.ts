/** Boxes of the cloud for the matches of a wave, in their order. */
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { bodyReader, bodyWriter } from "./body.ts";

/** Each box, 0x-prefixed hexadecimal, with its length u32. */
export function encodeBlinded(boxes: readonly string[]): Uint8Array {
  const body = bodyWriter();
  for (const box of boxes) body.prefixed(hexToBytes(box));
  return body.done();
}

/** @throws BodyError for other than `count` boxes */
export function decodeBlinded(bytes: Uint8Array, count: number): readonly string[] {
  const body = bodyReader(bytes);
  const boxes = Array.from({ length: count }, () => bytesToHex(body.prefixed()));
  body.end();
  return boxes;
}
