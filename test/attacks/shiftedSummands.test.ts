/**
 * What one server that lies about its own summands learns alone, until numbers on the line are
 * authenticated: it moves every pile, in its own halves of the records, to where it likes, and the
 * winner says in which strip the buyer is. A stated limit (SECURITY.md), measured.
 */
import { expect } from "chai";
import type { Candidates } from "../../offchain/core/matching/matching.ts";
import { amountsFor, matchInShares } from "../../offchain/core/matching/strictMatching.ts";
import {
  correctionsFor,
  firstDealt,
  secondDealt,
} from "../../offchain/core/primitives/sharing/dealer.ts";
import { bytesToBigint } from "../../offchain/core/primitives/bytes.ts";
import { at } from "../../offchain/core/primitives/proofs/proofBytes.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { pairedExchanges } from "../support/primitives/pairedExchanges.ts";

/** Piles that the liar may compare a buyer with. */
const PILES = 16;
const EDGE_M = 65_536;
/** What the liar places its piles apart, and how far a strip may be at the end. */
const APART_M = 2_048;
const STRIP_M = 32;
const BUYERS = 10;

const rng = counterRng("shifted summands");
type Fields = readonly bigint[];
interface Place {
  readonly xM: number;
  readonly yM: number;
}

describe("a server that shifts its own summands, alone", () => {
  const below = (bound: number): number => Number(bytesToBigint(rng.bytes(6)) % BigInt(bound));
  const somewhere = (): Place => ({ xM: below(EDGE_M), yM: below(EDGE_M) });
  const piles = Array.from({ length: PILES }, () => ({
    ...somewhere(),
    askPerKwh: 300_000 + below(200_000),
  }));
  const candidates: Candidates = [piles.map((_, k) => k)];

  /** Halves of a record: the liar's masked, the honest one's the masks. */
  const halves = (fields: Fields): { readonly mine: Fields; readonly theirs: Fields } => {
    const masks = fields.map(() => bytesToBigint(rng.bytes(14)));
    return {
      mine: fields.map((field, k) => field + at(masks, k)),
      theirs: masks.map((mask) => -mask),
    };
  };
  /** Who wins when the liar has added to its halves of request and offers. */
  const winnerOf = async (
    buyer: Place,
    toRequest: Fields,
    toOffer: (pile: number) => Fields,
  ): Promise<number> => {
    const request = halves([BigInt(buyer.xM), BigInt(buyer.yM), 500_000n, 2_000n ** 2n]);
    const offers = piles.map(({ xM, yM, askPerKwh }) =>
      halves([BigInt(xM), BigInt(yM), BigInt(askPerKwh), 0n]),
    );
    const [toLiar, toHonest] = pairedExchanges();
    const [first, second] = [rng.bytes(32), rng.bytes(32)];
    const amounts = amountsFor(candidates, 0);
    const corrections = correctionsFor(first, second, amounts);
    const honest = matchInShares({
      isFirst: true,
      dealt: firstDealt(first, amounts),
      exchange: toLiar,
    });
    const liar = matchInShares({
      isFirst: false,
      dealt: secondDealt(second, corrections, amounts),
      exchange: toHonest,
    });
    const added = (fields: Fields, more: Fields): Fields =>
      fields.map((field, k) => field + at(more, k));
    const quietly = (): Promise<void> => Promise.resolve();
    const theirs = { requests: [request.theirs], offers: offers.map((one) => one.theirs) };
    const shifted = {
      requests: [added(request.mine, toRequest)],
      offers: offers.map(({ mine }, k) => added(mine, toOffer(k))),
    };
    const [{ winners }] = await Promise.all([
      honest(theirs, candidates, quietly),
      liar(shifted, candidates, quietly),
    ]);
    return winners[0] ?? -1;
  };

  /** The buyer's coordinate, and how many matchings it took: each tells one of so many strips. */
  const located = async (buyer: Place, axis: "xM" | "yM"): Promise<readonly [number, number]> => {
    const other = axis === "xM" ? "yM" : "xM";
    let [from, widthM, matchings] = [0, EDGE_M, 0];
    while (widthM > STRIP_M) {
      const step = widthM / PILES;
      const margins = [0];
      for (let k = 1; k < PILES; k += 1) {
        const edge = from + (PILES - k) * step;
        const squares = (APART_M * k) ** 2 - (APART_M * (k - 1)) ** 2;
        margins.push(at(margins, k - 1) + squares + Math.round(2 * edge * APART_M));
      }
      const won = await winnerOf(buyer, [0n, 0n, 1n << 20n, 1n << 38n], (k) => {
        const pile = at(piles, k);
        const along = BigInt(-APART_M * k - pile[axis]);
        const across = BigInt(-EDGE_M - pile[other]);
        const places = axis === "xM" ? [along, across] : [across, along];
        return [...places, BigInt(-at(margins, k)), 0n];
      });
      from += (PILES - 1 - won) * step;
      widthM = step;
      matchings += 1;
    }
    return [from + widthM / 2, matchings];
  };

  it("finds each of ten buyers to 60 m in six matchings, with sixteen piles to compare", async () => {
    for (let k = 0; k < BUYERS; k += 1) {
      const buyer = somewhere();
      const [x, first] = await located(buyer, "xM");
      const [y, second] = await located(buyer, "yM");
      expect(first + second).to.equal(6);
      expect(Math.hypot(x - buyer.xM, y - buyer.yM)).to.be.at.most(60);
    }
  });

  it("finds nobody while it follows the protocol: the winner is the same wherever it looks", async () => {
    const nothing = [0n, 0n, 0n, 0n];
    const buyer = somewhere();
    const winners = new Set<number>();
    for (let k = 0; k < BUYERS; k += 1) winners.add(await winnerOf(buyer, nothing, () => nothing));
    expect(winners.size).to.equal(1);
  });
});
