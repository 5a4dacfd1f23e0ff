/**
 * The paper's round, at its fastest and as printed, and the faithful implementation of it on the
 * peer.
 */
import {
  baselineScorer,
  encryptBaselineBuyer,
  encryptBaselineSeller,
} from "../paper/faithfulBaseline.ts";
import { matchGreedily, type PaperRoundResult } from "../paper/greedy.ts";
import { openPackedTree, pairPackedUploads } from "../paper/packedSpanning.ts";
import { encryptPackedUploads, paperSlots } from "../paper/packedUpload.ts";
import { runPairwiseRound } from "../paper/pairwiseRound.ts";
import { matchPaperLeniently } from "../paper/plaintextPaperMatcher.ts";
import { partyAt } from "../paper/paperRecords.ts";
import { lenientRule } from "../paper/rules.ts";
import { runSpannedRound } from "../paper/spanning.ts";
import { encryptPaperBuyer, encryptPaperSeller } from "../paper/upload.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import { toPaillierBigintPrivateKey } from "../../core/primitives/paillier/interop.ts";
import { dealShortKey } from "../../core/primitives/paillier/keyGeneration.ts";
import {
  decrypt,
  decryptTextbook,
  type PrivateKey,
} from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { shortZeros } from "../../core/primitives/paillier/shortRandomness.ts";
import { uniformZeros, type ZeroSource } from "../../core/primitives/paillier/zeros.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { median } from "./measure.ts";
import { watchMemory, type Measured, type RoundBench } from "./measuredRound.ts";
import { DisagreementError } from "./operations.ts";
import { asPaperBuyers, asPaperSellers, FEATURE_COUNT, type BenchWorld } from "./roundWorld.ts";

/** Of a pair, field by field. */
const PAIR_FIELDS = 3 + 2 * FEATURE_COUNT;

/** A way to run the paper's round as it is printed. */
export interface PaperVariant {
  readonly mode: string;
  /** How users encrypt. */
  readonly zeros: (privateKey: PrivateKey, rng: Rng) => ZeroSource;
  /** How the cloud decrypts. */
  readonly open: (privateKey: PrivateKey, c: Ciphertext) => bigint;
}

const plainZeros: PaperVariant["zeros"] = ({ publicKey }, rng) => uniformZeros(publicKey, rng);
const djnZeros: PaperVariant["zeros"] = (privateKey, rng) =>
  shortZeros(dealShortKey(privateKey, rng), rng);

/** The variants that the paper compares. */
export const PAPER_VARIANTS: readonly PaperVariant[] = [
  { mode: "paper, plain", zeros: plainZeros, open: decryptTextbook },
  { mode: "paper, CRT", zeros: plainZeros, open: decrypt },
  { mode: "paper, CRT and DJN", zeros: djnZeros, open: decrypt },
];

/**
 * From packed uploads, opening I + J − 1 records: as fast as the paper can be, and why it must not
 * be used. Bytes are those of the groups that the proxy sends.
 * @throws DisagreementError
 */
export async function measurePaper(
  privateKey: PrivateKey,
  world: BenchWorld,
  { nowMs, rng, signal }: RoundBench,
): Promise<Measured> {
  await breathe(signal);
  const [buyers, sellers] = [asPaperBuyers(world), asPaperSellers(world)];
  const shape = { rule: lenientRule, features: FEATURE_COUNT, mostRecords: Infinity };
  const counts = { buyers: buyers.length, sellers: sellers.length };
  const slots = paperSlots(privateKey.publicKey, { ...shape, ...counts });
  const uploads = encryptPackedUploads(slots, djnZeros(privateKey, rng), buyers, sellers);
  const memory = watchMemory();
  const fromMs = nowMs();
  const tree = pairPackedUploads(uploads);
  const span = openPackedTree(slots, tree, (c) => decrypt(privateKey, c));
  const result = runSpannedRound(span, lenientRule);
  const seconds = (nowMs() - fromMs) / 1_000;
  memory.look();
  assertWinners("paper", result, world);
  const ciphertexts = tree.toFirstSeller.length + tree.fromFirstBuyer.length;
  return {
    pairs: result.comparedPairs,
    seconds,
    bytes: ciphertexts * privateKey.publicKey.ciphertextBytes,
    peakMiB: memory.peakMiB(),
  };
}

/** As it is printed: every pair, field by field. @throws DisagreementError */
export async function measurePairwise(
  privateKey: PrivateKey,
  { mode, zeros, open }: PaperVariant,
  world: BenchWorld,
  { nowMs, rng, signal }: RoundBench,
): Promise<Measured & { readonly uploadMs: number }> {
  await breathe(signal);
  const source = zeros(privateKey, rng);
  const uploadFromMs = nowMs();
  const buyers = asPaperBuyers(world).map((buyer) => encryptPaperBuyer(source, buyer));
  const sellers = asPaperSellers(world).map((seller) => encryptPaperSeller(source, seller));
  const uploadMs = (nowMs() - uploadFromMs) / (buyers.length + sellers.length);
  const memory = watchMemory();
  const fromMs = nowMs();
  const result = runPairwiseRound({
    buyers,
    sellers,
    rule: lenientRule,
    open: (c) => open(privateKey, c),
  });
  const seconds = (nowMs() - fromMs) / 1_000;
  memory.look();
  assertWinners(mode, result, world);
  const pairs = result.comparedPairs;
  const bytes = pairs * PAIR_FIELDS * privateKey.publicKey.ciphertextBytes;
  return { pairs, seconds, bytes, peakMiB: memory.peakMiB(), uploadMs };
}

/**
 * The first buyer with all sellers, field by field, by the peer. All pairs are the same work: the
 * time is that of the median pair, as often as there are pairs.
 * @throws DisagreementError
 */
export async function measurePeer(
  privateKey: PrivateKey,
  world: BenchWorld,
  { nowMs, signal }: RoundBench,
): Promise<Measured> {
  const key = toPaillierBigintPrivateKey(privateKey);
  const one: BenchWorld = { requests: world.requests.slice(0, 1), offers: world.offers };
  const buyer = encryptBaselineBuyer(key.publicKey, partyAt(asPaperBuyers(one), 0));
  const sellers = asPaperSellers(one).map((seller) => encryptBaselineSeller(key.publicKey, seller));
  const scorer = baselineScorer(key, lenientRule, buyer);
  const memory = watchMemory();
  const scores: (number | null)[] = [];
  const milliseconds: number[] = [];
  for (const seller of sellers) {
    await breathe(signal);
    const fromMs = nowMs();
    scores.push(scorer(seller));
    milliseconds.push(nowMs() - fromMs);
  }
  memory.look();
  const result = matchGreedily(1, scores.length, () => (seller) => scores[seller] ?? null);
  assertWinners("paillier-bigint", result, one);
  const pairs = scores.length;
  const seconds = (pairs * median(milliseconds)) / 1_000;
  const bytes = pairs * PAIR_FIELDS * privateKey.publicKey.ciphertextBytes;
  return { pairs, seconds, bytes, peakMiB: memory.peakMiB() };
}

function assertWinners(mode: string, { matches }: PaperRoundResult, world: BenchWorld): void {
  const winners = new Map(matches.map(({ buyer, seller }) => [buyer, seller]));
  const expected = matchPaperLeniently(asPaperBuyers(world), asPaperSellers(world));
  if (expected.every((seller, buyer) => (winners.get(buyer) ?? null) === seller)) return;
  throw new DisagreementError(`${mode}: expected the oracle's matches, got others`);
}
