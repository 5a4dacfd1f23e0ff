/** The end of a rehearsal: the cloud says its summand of the sum of the prices that lead. */
import { bigintToBytes, bytesToBigint } from "../../core/primitives/bytes.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";

/** Room for a million masked prices. */
const PRICE_SUM_BYTES = 32;

/** Run by the cloud. */
export async function sayPriceSum(line: Line, sum: bigint): Promise<void> {
  const body = bigintToBytes(sum, PRICE_SUM_BYTES);
  await line.exchange(FRAME_TYPES.priceSum, STREAMS.control, body);
}

/** Run by the proxy. @throws LineError FRAME for a sum of another length */
export function hearPriceSum(line: Line): Promise<bigint> {
  return hear(line, FRAME_TYPES.priceSum, STREAMS.control, (body) => {
    demand(body.length === PRICE_SUM_BYTES, `a sum of ${PRICE_SUM_BYTES} bytes`, body.length);
    return bytesToBigint(body);
  });
}
