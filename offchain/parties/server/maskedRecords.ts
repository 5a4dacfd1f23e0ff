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
import { inPieces } from "../../core/primitives/pieces.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import type { Line } from "./line.ts";

/** In one frame. */
const RECORDS_PER_FRAME = 256;

/** Records in the pieces in which they are masked, sent and opened. */
export function piecesOf<T>(records: readonly T[]): readonly (readonly T[])[] {
  return inPieces(records, RECORDS_PER_FRAME);
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
 * All pieces of `count` records; each is opened while the next one is on its way, and no more than
 * two at once. Run by the cloud.
 * @throws LineError FRAME for other bytes than those of so many ciphertexts; what `open` throws
 */
export async function hearRecords<T>(
  line: Line,
  stream: number,
  publicKey: PublicKey,
  count: number,
  open: (records: readonly Ciphertext[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const opened: Promise<readonly T[]>[] = [];
  for (let from = 0; from < count; from += RECORDS_PER_FRAME) {
    const expected = Math.min(RECORDS_PER_FRAME, count - from);
    // Who speaks faster than this server opens is held up, and not kept in memory.
    await opened.at(-2);
    const records = await hear(line, FRAME_TYPES.records, stream, (body) =>
      recordsIn(publicKey, expected, body),
    );
    const coming = open(records);
    coming.catch(() => undefined);
    opened.push(coming);
  }
  return (await Promise.all(opened)).flat();
}

function recordsIn(publicKey: PublicKey, count: number, body: Uint8Array): readonly Ciphertext[] {
  const width = publicKey.ciphertextBytes;
  demand(body.length === count * width, `${count} records of ${width} bytes`, body.length);
  return Array.from({ length: count }, (_, k) =>
    ciphertextFromBytes(publicKey, body.subarray(k * width, (k + 1) * width)),
  );
}
