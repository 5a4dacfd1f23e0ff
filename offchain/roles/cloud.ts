/**
 * The cloud holds the round's secret key. It decrypts the differences that the proxy sends, picks the seller by the
 * published rule, and opens blinded fields to matched parties. It never sees a user's ciphertext, account or record.
 *
 * Here it still sees clear differences (dx, dy, margins), which is what the paper's cloud sees.
 */
import type { Candidate, Comparison, Pick } from "../messages/comparison.ts";
import { sealBlinded } from "../messages/delivery.ts";
import { COORDINATE_BITS, differenceBits, DISTANCE_BITS, PRICE_BITS } from "../messages/domain.ts";
import type { Bytes32 } from "../messages/market.ts";
import { scoreOf } from "../messages/score.ts";
import { decodeSigned } from "../primitives/paillier/encoding.ts";
import { decrypt, type PrivateKey } from "../primitives/paillier/privateKey.ts";
import { PaillierError, type Ciphertext } from "../primitives/paillier/publicKey.ts";
import type { Rng } from "../primitives/random.ts";

export interface Cloud {
  /** FixedMatcher: of the feasible candidates the one with the smallest score. */
  readonly pick: (comparison: Comparison) => Pick;
  /** Decrypts blinded fields and seals them to the recipient; what it decrypts is uniform modulo n. */
  readonly reveal: (
    sealKey: string,
    binding: { readonly auctionId: Bytes32; readonly decision: Bytes32 },
    blinded: readonly Ciphertext[],
  ) => Promise<string>;
}

/** The cloud of one round. The key stays inside. */
export function cloudOf(key: PrivateKey, rng: Rng): Cloud {
  return {
    pick: (comparison) => pick(key, comparison),
    reveal: (sealKey, binding, blinded) =>
      sealBlinded(
        sealKey,
        binding,
        blinded.map((field) => decrypt(key, field)),
        rng,
      ),
  };
}

const REACH_BITS = 2 * DISTANCE_BITS;
const COORDINATE_DIFFERENCE_BITS = differenceBits(COORDINATE_BITS);
const PRICE_DIFFERENCE_BITS = differenceBits(PRICE_BITS);

interface Scored {
  readonly index: number;
  readonly distanceSquared: bigint;
  readonly priceMargin: bigint;
  readonly score: bigint;
}

function pick(key: PrivateKey, { maxDistanceSquared, candidates }: Comparison): Pick {
  const reach = signed(key, maxDistanceSquared, REACH_BITS);
  if (reach === null) return null;

  let best: Scored | null = null;
  for (const [index, candidate] of candidates.entries()) {
    const scored = scoreCandidate(key, reach, candidate, index);
    if (scored !== null && (best === null || isBetter(scored, best))) best = scored;
  }
  return best?.index ?? null;
}

/** Null if infeasible. Stops at the first margin that is: what need not be decrypted is not. */
function scoreCandidate(
  key: PrivateKey,
  reach: bigint,
  candidate: Candidate,
  index: number,
): Scored | null {
  const dx = signed(key, candidate.dx, COORDINATE_DIFFERENCE_BITS);
  const dy = signed(key, candidate.dy, COORDINATE_DIFFERENCE_BITS);
  if (dx === null || dy === null) return null;
  const distanceSquared = dx * dx + dy * dy;
  if (distanceSquared > reach) return null;

  const priceMargin = signed(key, candidate.priceMargin, PRICE_DIFFERENCE_BITS);
  if (priceMargin === null || priceMargin < 0n) return null;

  for (const featureMargin of candidate.featureMargins) {
    const margin = signed(key, featureMargin, PRICE_DIFFERENCE_BITS);
    if (margin === null || margin < 0n) return null;
  }

  return { index, distanceSquared, priceMargin, score: scoreOf(distanceSquared, priceMargin) };
}

/** Ties: the nearer, then the cheaper, then the one that comes first in the proxy's order. */
function isBetter(a: Scored, b: Scored): boolean {
  if (a.score !== b.score) return a.score < b.score;
  if (a.distanceSquared !== b.distanceSquared) return a.distanceSquared < b.distanceSquared;
  return a.priceMargin > b.priceMargin;
}

/** Null if out of range: whoever uploads nonsense is not matched, and stops nobody else. */
function signed(key: PrivateKey, ciphertext: Ciphertext, bits: number): bigint | null {
  const plaintext = decrypt(key, ciphertext);
  try {
    return decodeSigned(key.publicKey, plaintext, bits);
  } catch (error) {
    if (error instanceof PaillierError && error.code === "E_PLAINTEXT_RANGE") return null;
    throw error;
  }
}
