/**
 * Step 4 of the paper's flow: the cloud opens what the proxy computed. It holds the round's secret
 * key, so that nothing stops it from opening an upload as well, should it get hold of one (P2); and
 * what it is meant to open, coordinate differences with their signs, is already everybody's place
 * up to one translation (P3, `spanning.ts`).
 *
 * How a ciphertext is opened is injected: `decrypt` is the paper's CRT decryption, equations
 * (10)–(16), `decryptTextbook` the definition (2), `decryptByExponent` equation (5), each with the
 * key filled in.
 */
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { mapPaperPair, type PaperBuyer, type PaperPair } from "./paperRecords.ts";
import type { PaperBuyerView, PaperRule } from "./rules.ts";

/** The plaintext in [0, n). */
export type PaperOpen = (c: Ciphertext) => bigint;

/** Equations (17) and (18): 3 + 2K decryptions. Run by the cloud. Errors as `open`. */
export function openPaperPair(open: PaperOpen, pair: PaperPair<Ciphertext>): PaperPair<number> {
  return mapPaperPair(pair, (c) => openNumber(open, c));
}

/**
 * Maximum distance and weights, and the needs if the rule asks for them. Run by the cloud. Errors
 * as `open`.
 */
export function openPaperBuyer(
  open: PaperOpen,
  rule: PaperRule,
  buyer: PaperBuyer<Ciphertext>,
): PaperBuyerView {
  const { features } = buyer;
  return {
    maxDistanceM: openNumber(open, buyer.maxDistanceM),
    distanceWeight: openNumber(open, buyer.distanceWeight),
    priceWeight: openNumber(open, buyer.priceWeight),
    featureWeights: features.map(({ weight }) => openNumber(open, weight)),
    needs: rule.needsOpened(features.map(({ need }) => need)).map((c) => openNumber(open, c)),
  };
}

/**
 * The upper half of the residues stands for negative numbers. No bound is checked, as in the paper
 * (P6): what is too large for a number of this language becomes infinite.
 */
function openNumber(open: PaperOpen, c: Ciphertext): number {
  const { n } = c.publicKey;
  const plaintext = open(c);
  return Number(plaintext > n / 2n ? plaintext - n : plaintext);
}
