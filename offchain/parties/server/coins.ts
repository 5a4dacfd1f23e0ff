/**
 * Randomness of a decision that neither server chooses: each commits to its coins before it sees
 * the other's, and what hides the decision is a hash of both. One honest server is enough for it.
 */
import { createHash } from "node:crypto";
import { keccak256 } from "ethers";
import type { ServerIndex } from "../../core/messages/attempt.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex, concatBytes } from "../../core/primitives/bytes.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../core/primitives/random.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";
import { LineError } from "./lineError.ts";

const COIN_BYTES = 32;
const DIGEST_BYTES = 32;
const { control } = STREAMS;

/**
 * Draws `count` words r = keccak256(r_0 || r_1) with the other server.
 * @throws LineError COMMIT, which names the frame, for coins that were not committed to;
 *   RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function drawTogether(
  line: Line,
  server: ServerIndex,
  count: number,
  rng: Rng,
): Promise<readonly Bytes32[]> {
  assertProductionRng(rng);
  const mine = randomBytesOf(rng, count * COIN_BYTES);
  const committed = await hear(
    line,
    FRAME_TYPES.coinCommit,
    control,
    (body) => {
      demand(body.length === DIGEST_BYTES, `a hash of ${DIGEST_BYTES} bytes`, body.length);
      return bytesToHex(body);
    },
    coinDigest(server, mine),
  );
  const theirs = await hear(
    line,
    FRAME_TYPES.coins,
    control,
    (body) => {
      demand(body.length === mine.length, `coins of ${mine.length} bytes`, body.length);
      return body;
    },
    mine,
  );
  if (bytesToHex(coinDigest(server === 0 ? 1 : 0, theirs)) !== committed) {
    const message = "line: expected the coins that were committed to, got others";
    throw new LineError("COMMIT", message, line.lastIn(control));
  }
  const [first, second] = server === 0 ? [mine, theirs] : [theirs, mine];
  return Array.from({ length: count }, (_, k) => {
    const coin = (coins: Uint8Array): Uint8Array =>
      coins.subarray(k * COIN_BYTES, (k + 1) * COIN_BYTES);
    return keccak256(concatBytes(coin(first), coin(second)));
  });
}

/** SHA-256("ChargeVeil.Coin.v1" ‖ s u8 ‖ coins) */
function coinDigest(server: ServerIndex, coins: Uint8Array): Uint8Array {
  const tag = new TextEncoder().encode("ChargeVeil.Coin.v1");
  return createHash("sha256").update(tag).update(Uint8Array.of(server)).update(coins).digest();
}
