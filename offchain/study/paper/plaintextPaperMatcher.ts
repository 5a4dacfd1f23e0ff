/**
 * The oracle of the paper's matching: the literal and the lenient rule on records in the clear,
 * without any cryptography and without any code of the encrypted matcher, from which it imports
 * types alone. An encrypted round has to decide exactly as this does, down to the last digit of W.
 */
import type { PaperBuyer, PaperSeller } from "./paperRecords.ts";

type ClearBuyer = PaperBuyer<number>;
type ClearSeller = PaperSeller<number>;

interface Ranked {
  readonly seller: number;
  readonly index: number;
}

/** For every buyer the position of its seller, null for none; the rule as printed. */
export function matchPaperLiterally(
  buyers: readonly ClearBuyer[],
  sellers: readonly ClearSeller[],
): readonly (number | null)[] {
  const fits = (buyer: ClearBuyer, seller: ClearSeller): boolean =>
    buyer.features.every(
      ({ need, pricePerKwh }, t) =>
        need + offerOf(seller, t) === 2 && pricePerKwh > askOf(seller, t),
    );
  return inTurn(buyers, sellers, fits, (buyer) => buyer.features.map(() => 1));
}

/** As `matchPaperLiterally`, for the rule that ignores features which the buyer does not need. */
export function matchPaperLeniently(
  buyers: readonly ClearBuyer[],
  sellers: readonly ClearSeller[],
): readonly (number | null)[] {
  const fits = (buyer: ClearBuyer, seller: ClearSeller): boolean =>
    !buyer.features.some(
      ({ need, pricePerKwh }, t) =>
        need === 1 && (offerOf(seller, t) !== 1 || pricePerKwh <= askOf(seller, t)),
    );
  return inTurn(buyers, sellers, fits, (buyer) => buyer.features.map(({ need }) => need));
}

/**
 * W of a pair by equation (20), features with `use` 0 left out; the terms are added in the order of
 * the equation.
 */
export function paperIndex(
  buyer: ClearBuyer,
  seller: ClearSeller,
  uses: readonly number[],
): number {
  const terms = [
    Math.sqrt(squaredDistance(buyer, seller)) * buyer.distanceWeight,
    (buyer.pricePerKwh - seller.pricePerKwh) * buyer.priceWeight,
    ...buyer.features.map(
      ({ pricePerKwh, weight }, t) => (pricePerKwh - askOf(seller, t)) * weight * (uses[t] ?? 0),
    ),
  ];
  return terms.reduce((sum, term) => sum + term, 0);
}

function inTurn(
  buyers: readonly ClearBuyer[],
  sellers: readonly ClearSeller[],
  fits: (buyer: ClearBuyer, seller: ClearSeller) => boolean,
  usesOf: (buyer: ClearBuyer) => readonly number[],
): readonly (number | null)[] {
  const taken = new Set<number>();
  return buyers.map((buyer) => {
    const ranked = sellers
      .map((seller, position) => ({ seller, position }))
      .filter(
        ({ seller, position }) =>
          !taken.has(position) && near(buyer, seller) && fits(buyer, seller),
      )
      .map(({ seller, position }): Ranked => {
        return { seller: position, index: paperIndex(buyer, seller, usesOf(buyer)) };
      })
      .toSorted((a, b) => a.index - b.index || a.seller - b.seller);
    const winner = ranked[0]?.seller ?? null;
    if (winner !== null) taken.add(winner);
    return winner;
  });
}

/** Whole numbers: the square of the distance against the square of its limit. */
function near(buyer: ClearBuyer, seller: ClearSeller): boolean {
  return squaredDistance(buyer, seller) < buyer.maxDistanceM ** 2;
}

function squaredDistance(buyer: ClearBuyer, seller: ClearSeller): number {
  return (buyer.xM - seller.xM) ** 2 + (buyer.yM - seller.yM) ** 2;
}

function offerOf(seller: ClearSeller, feature: number): number {
  return seller.features[feature]?.offer ?? 0;
}

function askOf(seller: ClearSeller, feature: number): number {
  return seller.features[feature]?.pricePerKwh ?? 0;
}
