/**
 * Masked records on their way from the proxy to the cloud: ciphertexts of the key's width, so many
 * in a frame at most.
 */
import {
  ciphertextFromBytes,
  ciphertextToBytes,
  type Ciphertext,
  type PublicKey,
} from "../../core/primitives/paillier/publicKey.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import type { Line } from "./line.ts";

/** In one frame. */
const RECORDS_PER_FRAME = 256;

/** Records in the pieces in which they are masked, sent and opened. */
export function piecesOf<T>(records: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(records.length / RECORDS_PER_FRAME) }, (_, k) =>
    records.slice(k * RECORDS_PER_FRAME, (k + 1) * RECORDS_PER_FRAME),
  );
}

/** One piece. Run by the proxy. */
export async function sayRecords(
  line: Line,
  stream: number,
  records: readonly Ciphertext[],
): Promise<void> {
  const body = Buffer.concat(records.map(ciphertextToBytes));
  await line.exchange(FRAME_TYPES.records, stream, body);
}

/**
 * All pieces of `count` records; each is opened while the next one is on its way. Run by the cloud.
 * @throws LineError for other bytes than those of so many ciphertexts; PaillierError for a number
 *   that is none
 */
export async function hearRecords<T>(
  line: Line,
  stream: number,
  publicKey: PublicKey,
  count: number,
  open: (records: readonly Ciphertext[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const width = publicKey.ciphertextBytes;
  const opened: Promise<readonly T[]>[] = [];
  for (let from = 0; from < count; from += RECORDS_PER_FRAME) {
    const expected = Math.min(RECORDS_PER_FRAME, count - from);
    const body = await line.exchange(FRAME_TYPES.records, stream, new Uint8Array());
    demand(body.length === expected * width, `${expected} records of ${width} bytes`, body.length);
    const records = Array.from({ length: expected }, (_, k) =>
      ciphertextFromBytes(publicKey, body.subarray(k * width, (k + 1) * width)),
    );
    const coming = open(records);
    coming.catch(() => undefined);
    opened.push(coming);
  }
  return (await Promise.all(opened)).flat();
}
