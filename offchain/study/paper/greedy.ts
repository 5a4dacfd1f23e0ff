/**
 * Step 6 of the paper's flow: buyers come one by one in the order given, each gets the seller with
 * the smallest W of those left, that seller leaves, and the round ends when no seller is left. The
 * order decides who gets what (M7), and the paper leaves it to the cloud. The earlier seller wins a
 * tie.
 */

/** Positions in the lists of the round, from 0, and the winner's W. */
export interface PaperMatch {
  readonly buyer: number;
  readonly seller: number;
  readonly score: number;
}

export interface PaperRoundResult {
  /** In the order of buyers. */
  readonly matches: readonly PaperMatch[];
  /** How many pairs were scored: sellers that have left are not. */
  readonly comparedPairs: number;
}

/** W of one buyer with the seller at a position, null if the seller does not stay. */
export type SellerScorer = (seller: number) => number | null;

/**
 * Everything that is opened or computed for a buyer may be dropped after its turn: memory does not
 * grow with I·J.
 */
export function matchGreedily(
  buyers: number,
  sellers: number,
  scorerOf: (buyer: number) => SellerScorer,
): PaperRoundResult {
  const matches: PaperMatch[] = [];
  let left = Array.from({ length: sellers }, (_, seller) => seller);
  let comparedPairs = 0;
  for (let buyer = 0; buyer < buyers && left.length > 0; buyer++) {
    const best = smallest(left, scorerOf(buyer));
    comparedPairs += left.length;
    if (best === null) continue;
    matches.push({ buyer, ...best });
    left = left.filter((seller) => seller !== best.seller);
  }
  return { matches, comparedPairs };
}

function smallest(
  sellers: readonly number[],
  scoreOf: SellerScorer,
): Omit<PaperMatch, "buyer"> | null {
  let best: Omit<PaperMatch, "buyer"> | null = null;
  for (const seller of sellers) {
    const score = scoreOf(seller);
    if (score !== null && (best === null || score < best.score)) best = { seller, score };
  }
  return best;
}
