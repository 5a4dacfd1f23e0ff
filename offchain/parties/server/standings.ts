/**
 * The end of a rehearsal: the proxy says the mean price of the leaders and the salts of all
 * standings, so that the cloud computes the root that it signs.
 */
import { NO_REFERENCE_PRICE, type Bytes32 } from "../../core/messages/market.ts";
import {
  bytesToBigint,
  bytesToHex,
  bigintToBytes,
  hexToBytes,
} from "../../core/primitives/bytes.ts";
import { PRICE_BITS } from "../../core/messages/domain.ts";
import { bodyReader, bodyWriter, demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";

export interface SaidStandings {
  /** Token units per kWh, rounded down; `NO_REFERENCE_PRICE` if nobody leads. */
  readonly referencePricePerKwh: bigint;
  /** One for each bid that stands on chain, in the chain's order. */
  readonly salts: readonly Bytes32[];
}

const PRICE_BYTES = 8;
const SALT_BYTES = 32;

/** Run by the proxy: price u64 ‖ salts, 32 bytes each. */
export async function sayStandings(line: Line, said: SaidStandings): Promise<void> {
  const body = bodyWriter();
  body.bytes(bigintToBytes(said.referencePricePerKwh, PRICE_BYTES));
  for (const salt of said.salts) body.bytes(hexToBytes(salt));
  await line.exchange(FRAME_TYPES.standings, STREAMS.control, body.done());
}

/**
 * Run by the cloud, for so many bids.
 * @param someLead whether anybody does: there is a price then, and none otherwise
 * @throws LineError FRAME for another count, and for a price that no offer has
 */
export function hearStandings(line: Line, bids: number, someLead: boolean): Promise<SaidStandings> {
  return hear(line, FRAME_TYPES.standings, STREAMS.control, (bytes) => {
    const body = bodyReader(bytes);
    const referencePricePerKwh = bytesToBigint(body.bytes(PRICE_BYTES));
    const isPrice = referencePricePerKwh < 2n ** BigInt(PRICE_BITS);
    const fits = someLead ? isPrice : referencePricePerKwh === NO_REFERENCE_PRICE;
    demand(fits, someLead ? "a price" : "no price", Number(referencePricePerKwh));
    const salts = Array.from({ length: bids }, () => bytesToHex(body.bytes(SALT_BYTES)));
    body.end();
    return { referencePricePerKwh, salts };
  });
}
