/**
 * The paper's round as a reader of the paper would write it on the npm package `paillier-bigint`,
 * for comparison: every field a ciphertext, for every pair a modular inverse and a multiplication a
 * field, every result decrypted by the package's own `decrypt`, which uses the Chinese remainder
 * theorem; nothing packed, nothing reused between pairs. The rule is the one of `rules.ts`. Speeds
 * elsewhere are given as multiples of this; a pair takes a tenth of a second and more at 2,048
 * bits, so it is timed on a sample.
 */
import { modInv } from "bigint-crypto-utils";
import type { PrivateKey, PublicKey } from "paillier-bigint";
import { matchGreedily, type PaperRoundResult, type SellerScorer } from "./greedy.ts";
import {
  alignFeatures,
  mapPaperBuyer,
  mapPaperPair,
  mapPaperSeller,
  type PaperBuyer,
  type PaperPair,
  type PaperSeller,
  partyAt,
} from "./paperRecords.ts";
import type { PaperBuyerView, PaperRule } from "./rules.ts";
import { residueOfField } from "./upload.ts";

/** Equations (6) and (7). @throws PaperError E_PAPER_NUMBER for a field that is no whole number. */
export function encryptBaselineBuyer(
  publicKey: PublicKey,
  buyer: PaperBuyer<number>,
): PaperBuyer<bigint> {
  return mapPaperBuyer(buyer, (field) => publicKey.encrypt(residueOfField(field, publicKey.n)));
}

/** As `encryptBaselineBuyer`. */
export function encryptBaselineSeller(
  publicKey: PublicKey,
  seller: PaperSeller<number>,
): PaperSeller<bigint> {
  return mapPaperSeller(seller, (field) => publicKey.encrypt(residueOfField(field, publicKey.n)));
}

/**
 * Opens the buyer's own fields, once, and returns what scores a pair: 3 + K inverses, 3 + 2K
 * multiplications, 3 + 2K decryptions a call. What a benchmark times is these calls.
 * @throws PaperError E_PAPER_FEATURES if the two have different numbers of features.
 */
export function baselineScorer(
  privateKey: PrivateKey,
  rule: PaperRule,
  buyer: PaperBuyer<bigint>,
): (seller: PaperSeller<bigint>) => number | null {
  const view = openBaselineBuyer(privateKey, rule, buyer);
  return (seller) => {
    const pair = pairUpBaseline(privateKey.publicKey, buyer, seller);
    return rule.score(
      view,
      mapPaperPair(pair, (c) => openBaselineNumber(privateKey, c)),
    );
  };
}

/** A whole round: the matches of `runPairwiseRound`. Errors as `baselineScorer`. */
export function runBaselineRound(
  privateKey: PrivateKey,
  rule: PaperRule,
  buyers: readonly PaperBuyer<bigint>[],
  sellers: readonly PaperSeller<bigint>[],
): PaperRoundResult {
  return matchGreedily(buyers.length, sellers.length, (buyer): SellerScorer => {
    const score = baselineScorer(privateKey, rule, partyAt(buyers, buyer));
    return (seller) => score(partyAt(sellers, seller));
  });
}

/** Equations (8) and (9). */
function pairUpBaseline(
  publicKey: PublicKey,
  buyer: PaperBuyer<bigint>,
  seller: PaperSeller<bigint>,
): PaperPair<bigint> {
  const nSquared = publicKey._n2;
  const minus = (a: bigint, b: bigint): bigint => publicKey.addition(a, modInv(b, nSquared));
  return {
    dxM: minus(buyer.xM, seller.xM),
    dyM: minus(buyer.yM, seller.yM),
    dPricePerKwh: minus(buyer.pricePerKwh, seller.pricePerKwh),
    features: alignFeatures(buyer.features, seller.features, (ours, theirs) => ({
      sum: publicKey.addition(ours.need, theirs.offer),
      dPricePerKwh: minus(ours.pricePerKwh, theirs.pricePerKwh),
    })),
  };
}

function openBaselineBuyer(
  privateKey: PrivateKey,
  rule: PaperRule,
  { features, maxDistanceM, distanceWeight, priceWeight }: PaperBuyer<bigint>,
): PaperBuyerView {
  const open = (c: bigint): number => openBaselineNumber(privateKey, c);
  return {
    maxDistanceM: open(maxDistanceM),
    distanceWeight: open(distanceWeight),
    priceWeight: open(priceWeight),
    featureWeights: features.map(({ weight }) => open(weight)),
    needs: rule.needsOpened(features.map(({ need }) => need)).map(open),
  };
}

function openBaselineNumber(privateKey: PrivateKey, c: bigint): number {
  const { n } = privateKey;
  const plaintext = privateKey.decrypt(c);
  return Number(plaintext > n / 2n ? plaintext - n : plaintext);
}
