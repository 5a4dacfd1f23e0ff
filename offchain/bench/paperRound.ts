/** The paper's round, at its fastest and as printed, and the faithful implementation of it on the peer. */
import {
  baselineScorer,
  encryptBaselineBuyer,
  encryptBaselineSeller,
} from "../paper/faithfulBaseline.ts";
import type { PaperRoundResult } from "../paper/greedy.ts";
import { openPackedSpan } from "../paper/packedSpanning.ts";
import { encryptPackedUploads, paperSlots } from "../paper/packedUpload.ts";
import { runPairwiseRound } from "../paper/pairwiseRound.ts";
import { matchPaperLeniently } from "../paper/plaintextPaperMatcher.ts";
import { lenientRule } from "../paper/rules.ts";
import { runSpannedRound } from "../paper/spanning.ts";
import { encryptPaperBuyer, encryptPaperSeller } from "../paper/upload.ts";
import { byteLength } from "../primitives/bytes.ts";
import { toPaillierBigintPrivateKey } from "../primitives/paillier/interop.ts";
import { dealShortKey } from "../primitives/paillier/keyGeneration.ts";
import { decrypt, type PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import { shortTable, tabledShortZeros } from "../primitives/paillier/shortRandomness.ts";
import type { ZeroSource } from "../primitives/paillier/zeros.ts";
import type { Rng } from "../primitives/random.ts";
import { breathe } from "./measure.ts";
import { watchMemory, type Measured, type RoundBench } from "./measuredRound.ts";
import { DisagreementError } from "./operations.ts";
import { asPaperBuyers, asPaperSellers, FEATURE_COUNT, type BenchWorld } from "./roundWorld.ts";

/** Windows of the table that uploads are encrypted with. */
const WINDOW_BITS = 6;

/** From packed uploads, opening I + J − 1 records: as fast as the paper can be, and why it must not be used. */
export function measurePaper(
  privateKey: PrivateKey,
  world: BenchWorld,
  { nowMs, rng }: RoundBench,
): Measured {
  const [buyers, sellers] = [asPaperBuyers(world), asPaperSellers(world)];
  const shape = { rule: lenientRule, features: FEATURE_COUNT, mostRecords: Infinity };
  const counts = { buyers: buyers.length, sellers: sellers.length };
  const slots = paperSlots(privateKey.publicKey, { ...shape, ...counts });
  const uploads = encryptPackedUploads(slots, zerosOf(privateKey, rng), buyers, sellers);
  const memory = watchMemory();
  const from = nowMs();
  const result = runSpannedRound(
    openPackedSpan(uploads, (c) => decrypt(privateKey, c)),
    lenientRule,
  );
  const seconds = (nowMs() - from) / 1_000;
  memory.look();
  assertWinners(result, matchPaperLeniently(buyers, sellers));
  const ciphertexts = uploads.buyers.length + uploads.otherSellers.length;
  return {
    pairs: result.comparedPairs,
    seconds,
    bytes: ciphertexts * privateKey.publicKey.ciphertextBytes,
    peakMiB: memory.peakMiB(),
  };
}

/** As it is printed: every pair, field by field. */
export function measurePairwise(
  privateKey: PrivateKey,
  open: (key: PrivateKey, c: Ciphertext) => bigint,
  world: BenchWorld,
  { nowMs, rng }: RoundBench,
): Measured {
  const zeros = zerosOf(privateKey, rng);
  const buyers = asPaperBuyers(world).map((buyer) => encryptPaperBuyer(zeros, buyer));
  const sellers = asPaperSellers(world).map((seller) => encryptPaperSeller(zeros, seller));
  const memory = watchMemory();
  const from = nowMs();
  const { comparedPairs } = runPairwiseRound({
    buyers,
    sellers,
    rule: lenientRule,
    open: (c) => open(privateKey, c),
  });
  const seconds = (nowMs() - from) / 1_000;
  memory.look();
  const perPair = (3 + 2 * FEATURE_COUNT) * privateKey.publicKey.ciphertextBytes;
  return {
    pairs: comparedPairs,
    seconds,
    bytes: comparedPairs * perPair,
    peakMiB: memory.peakMiB(),
  };
}

/** One buyer with so many sellers, field by field, by the peer. */
export async function measurePeer(
  world: BenchWorld,
  pairs: number,
  { deal, nowMs, progress, signal }: RoundBench,
): Promise<Measured> {
  progress.update("paillier-bigint, faithful", 0, 1);
  await breathe(signal);
  const key = toPaillierBigintPrivateKey((await deal("strict")).privateKey);
  const [buyer] = asPaperBuyers(world);
  const sellers = asPaperSellers(world).slice(0, pairs);
  if (buyer === undefined) throw new RangeError("measurePeer: expected a buyer");
  const score = baselineScorer(key, lenientRule, encryptBaselineBuyer(key.publicKey, buyer));
  const encrypted = sellers.map((seller) => encryptBaselineSeller(key.publicKey, seller));
  const from = nowMs();
  for (const seller of encrypted) {
    score(seller);
    await breathe(signal);
  }
  const seconds = (nowMs() - from) / 1_000;
  const perPair = (3 + 2 * FEATURE_COUNT) * byteLength(key.publicKey._n2);
  const memory = watchMemory();
  return { pairs, seconds, bytes: pairs * perPair, peakMiB: memory.peakMiB() };
}

function zerosOf(privateKey: PrivateKey, rng: Rng): ZeroSource {
  return tabledShortZeros(shortTable(dealShortKey(privateKey, rng), WINDOW_BITS), rng);
}

function assertWinners({ matches }: PaperRoundResult, expected: readonly (number | null)[]): void {
  const winners = new Map(matches.map(({ buyer, seller }) => [buyer, seller]));
  if (expected.every((seller, buyer) => (winners.get(buyer) ?? null) === seller)) return;
  throw new DisagreementError("measurePaper: expected the oracle's matches, got others");
}
