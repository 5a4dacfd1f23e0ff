/**
 * Why the paper's cloud must not be trusted with differences. Buyer minus seller is a difference of
 * two unknowns, and differences are connected: with those of one seller to all buyers and of one
 * buyer to all sellers, every other follows,
 *
 *   d_ij = d_i1 − d_11 + d_1j        a_ij = a_i1 − a_11 + a_1j
 *
 * so I + J − 1 openings give the cloud all I·J pairs, as exactly as if it had opened each. They are
 * a spanning tree of the graph of buyers and sellers; any other tree would do. The same fact makes
 * the paper's round cheap: it is matched here from the tree alone. Private matching has to prevent
 * exactly this, and therefore cannot be so cheap.
 *
 * Source: our own observation on equations (8), (9), (17) and (18).
 */
import { openPaperBuyer, openPaperPair, type PaperOpen } from "./cloud.ts";
import { matchGreedily, type PaperRoundResult } from "./greedy.ts";
import type { PaperUploads } from "./pairwiseRound.ts";
import { pairUp } from "./proxy.ts";
import { alignFeatures, type PaperPair, partyAt } from "./paperRecords.ts";
import type { PaperBuyerView, PaperRule } from "./rules.ts";

/** I + J − 1 opened pairs, d_11 in both lists. Memory grows with I + J, not with I·J. */
export interface PaperSpan {
  /** d_i1 for every buyer i. */
  readonly toFirstSeller: readonly PaperPair<number>[];
  /** d_1j for every seller j. */
  readonly fromFirstBuyer: readonly PaperPair<number>[];
  /** What the cloud opens of the buyers themselves. */
  readonly views: readonly PaperBuyerView[];
}

/**
 * The tree of uploads field by field: (I + J − 1)·(3 + 2K) decryptions, and those of the buyers'
 * own fields. Run by the proxy and the cloud. Nobody to match with makes an empty tree.
 * @throws PaperError E_PAPER_FEATURES as `pairUp`; errors as `open`.
 */
export function openSpan(
  { buyers, sellers }: PaperUploads,
  rule: PaperRule,
  open: PaperOpen,
): PaperSpan {
  const [firstBuyer, firstSeller] = [buyers[0], sellers[0]];
  if (firstBuyer === undefined || firstSeller === undefined) return emptySpan();
  const toFirstSeller = buyers.map((buyer) => openPaperPair(open, pairUp(buyer, firstSeller)));
  const others = sellers.slice(1).map((seller) => openPaperPair(open, pairUp(firstBuyer, seller)));
  return {
    toFirstSeller,
    fromFirstBuyer: [partyAt(toFirstSeller, 0), ...others],
    views: buyers.map((buyer) => openPaperBuyer(open, rule, buyer)),
  };
}

/** Of a round without buyers or without sellers. */
function emptySpan(): PaperSpan {
  return { toFirstSeller: [], fromFirstBuyer: [], views: [] };
}

/**
 * d_ij of any pair, without another opening. Run by the cloud, whether anybody wants it or not.
 * @throws PaperError E_PAPER_PARTIES for a position that the round does not have.
 */
export function spannedPair(span: PaperSpan, buyer: number, seller: number): PaperPair<number> {
  return differencesOf(span, buyer)(seller);
}

/**
 * A round from the tree: the matches of `runPairwiseRound` on the same uploads. Run by the cloud.
 */
export function runSpannedRound(span: PaperSpan, rule: PaperRule): PaperRoundResult {
  const { toFirstSeller, fromFirstBuyer, views } = span;
  return matchGreedily(toFirstSeller.length, fromFirstBuyer.length, (buyer) => {
    const view = partyAt(views, buyer);
    const differenceTo = differencesOf(span, buyer);
    return (seller) => rule.score(view, differenceTo(seller));
  });
}

/** d_i1 − d_11 is the same for all sellers. */
function differencesOf(span: PaperSpan, buyer: number): (seller: number) => PaperPair<number> {
  const { toFirstSeller, fromFirstBuyer } = span;
  const apart = joinPairs(
    partyAt(toFirstSeller, buyer),
    partyAt(toFirstSeller, 0),
    (a, b) => a - b,
  );
  return (seller) => joinPairs(apart, partyAt(fromFirstBuyer, seller), (a, b) => a + b);
}

function joinPairs(
  one: PaperPair<number>,
  other: PaperPair<number>,
  join: (a: number, b: number) => number,
): PaperPair<number> {
  return {
    dxM: join(one.dxM, other.dxM),
    dyM: join(one.dyM, other.dyM),
    dPricePerKwh: join(one.dPricePerKwh, other.dPricePerKwh),
    features: alignFeatures(one.features, other.features, (a, b) => ({
      sum: join(a.sum, b.sum),
      dPricePerKwh: join(a.dPricePerKwh, b.dPricePerKwh),
    })),
  };
}
