/**
 * A round as the paper describes it: the proxy computes every pair on its own, the cloud opens
 * every number of every pair on its own. That is (3 + 2K) decryptions for each of up to I·J pairs,
 * the cost that the paper's Table 2 counts. Plain, DJN and CRT variants differ in the uploads
 * handed in and in the way of opening, not in this function.
 */
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { openPaperBuyer, openPaperPair, type PaperOpen } from "./cloud.ts";
import { matchGreedily, type PaperRoundResult } from "./greedy.ts";
import { pairUp } from "./proxy.ts";
import { partyAt, type PaperBuyer, type PaperPair, type PaperSeller } from "./paperRecords.ts";
import type { PaperRule } from "./rules.ts";

/** Uploads in the order of the round. */
export interface PaperUploads {
  readonly buyers: readonly PaperBuyer<Ciphertext>[];
  readonly sellers: readonly PaperSeller<Ciphertext>[];
}

/** One pair as the cloud sees it. */
export interface PaperSighting {
  readonly buyer: number;
  readonly seller: number;
  readonly pair: PaperPair<number>;
}

export interface PairwiseRound extends PaperUploads {
  readonly rule: PaperRule;
  /** The cloud's, with the round's key. */
  readonly open: PaperOpen;
  /** Told all that the cloud sees of a pair. */
  readonly onSighting?: (sighting: PaperSighting) => void;
}

/**
 * Matches and their W. Run by the proxy and the cloud.
 * @throws PaperError E_PAPER_FEATURES for records of different numbers of features; errors as
 *   `open`.
 */
export function runPairwiseRound(round: PairwiseRound): PaperRoundResult {
  const { buyers, sellers, rule, open, onSighting } = round;
  return matchGreedily(buyers.length, sellers.length, (buyer) => {
    const upload = partyAt(buyers, buyer);
    const view = openPaperBuyer(open, rule, upload);
    return (seller) => {
      const pair = openPaperPair(open, pairUp(upload, partyAt(sellers, seller)));
      onSighting?.({ buyer, seller, pair });
      return rule.score(view, pair);
    };
  });
}
