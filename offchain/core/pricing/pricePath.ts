/**
 * How prices fall when piles answer each other with best responses, in both kinds of auctions. In
 * the open one they bid one after the other; in the sealed one all who do not lead answer the
 * reference price of the last round at once. Both come to rest where nobody could gain more than
 * the decrement by going elsewhere (`equilibrium.ts`): the pile with the lowest effective cost
 * wins, up to the decrement, at an effective price within one decrement of the second-lowest
 * effective cost. Where exactly depends on who moves first. Our own construction on He et al.,
 * Algorithm 2.
 */
import { bestResponse, effectivePrice, type Bidder } from "./bidder.ts";

/** A bid on its way down. */
export interface PricePoint {
  /**
   * Number of the bid in the open auction, of the round in the sealed one; 0 and 1 are where
   * everybody starts.
   */
  readonly step: number;
  /** Index of the bidder. */
  readonly bidder: number;
  readonly pricePerKwh: bigint;
  readonly effectivePrice: bigint;
}

export interface PricePath {
  /** In the order in which they were made; the first ones are where everybody starts. */
  readonly points: readonly PricePoint[];
  /** The leading effective price after each step, from the start on. */
  readonly leading: readonly bigint[];
  /** The last price of each bidder. */
  readonly prices: readonly bigint[];
  /** Index of who wins. */
  readonly leader: number;
  /** Whether it came to rest by itself. */
  readonly converged: boolean;
}

export class PricePathError extends Error {
  override readonly name = "PricePathError";
  readonly code: "E_PATH_BIDDERS" | "E_PATH_DECREMENT" | "E_PATH_ROUNDS";

  constructor(code: PricePathError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The open auction: bidders in turn, in the order given, from their start prices on, until a whole
 * turn brings nothing.
 * @throws PricePathError without bidders, or for a decrement below 1
 */
export function openPath(bidders: readonly Bidder[], decrement: bigint): PricePath {
  const path = startingPath(bidders, decrement, 0);
  for (let idle = 0, turn = 0; idle < bidders.length; turn += 1) {
    const index = turn % bidders.length;
    const price = responseOf(bidders, path, index, decrement);
    idle = price === null ? idle + 1 : 0;
    if (price === null) continue;
    addBid(bidders, path, { step: path.leading.length, bidder: index, price });
    path.leader = index;
    path.leading.push(leadingOf(bidders, path));
  }
  return { ...path, converged: true };
}

/**
 * The sealed auction: rounds in which all who do not lead answer at once. Of equal bids the one
 * whose bidder comes first in the order given leads; everybody is told whether it does.
 * @param maxRounds at least 1; round 1 is the start
 * @throws PricePathError without bidders or rounds, or for a decrement below 1
 */
export function sealedPath(
  bidders: readonly Bidder[],
  decrement: bigint,
  maxRounds: number,
): PricePath {
  if (!Number.isSafeInteger(maxRounds) || maxRounds < 1) {
    const message = `sealedPath: expected at least 1 round, got ${maxRounds}`;
    throw new PricePathError("E_PATH_ROUNDS", message);
  }
  const path = startingPath(bidders, decrement, 1);
  for (let round = 2; round <= maxRounds; round += 1) {
    const responses = bidders.map((_, index) => responseOf(bidders, path, index, decrement));
    if (responses.every((price) => price === null)) return { ...path, converged: true };
    for (const [index, price] of responses.entries()) {
      if (price !== null) addBid(bidders, path, { step: round, bidder: index, price });
    }
    path.leader = lowest(bidders, path.prices);
    path.leading.push(leadingOf(bidders, path));
  }
  const restless = bidders.some((_, index) => responseOf(bidders, path, index, decrement) !== null);
  return { ...path, converged: !restless };
}

/** A path under construction. */
interface Growing {
  readonly points: PricePoint[];
  readonly leading: bigint[];
  readonly prices: bigint[];
  leader: number;
}

interface NewBid {
  readonly step: number;
  readonly bidder: number;
  readonly price: bigint;
}

function startingPath(bidders: readonly Bidder[], decrement: bigint, step: number): Growing {
  if (bidders.length === 0) {
    throw new PricePathError("E_PATH_BIDDERS", "expected at least 1 bidder, got none");
  }
  if (decrement < 1n) {
    const message = `expected a decrement of at least 1, got ${decrement}`;
    throw new PricePathError("E_PATH_DECREMENT", message);
  }
  const path: Growing = { points: [], leading: [], prices: [], leader: 0 };
  for (const [bidder, { startPricePerKwh }] of bidders.entries()) {
    addBid(bidders, path, { step, bidder, price: startPricePerKwh });
  }
  path.leader = lowest(bidders, path.prices);
  path.leading.push(leadingOf(bidders, path));
  return path;
}

function addBid(bidders: readonly Bidder[], path: Growing, { step, bidder, price }: NewBid): void {
  path.prices[bidder] = price;
  path.points.push({
    step,
    bidder,
    pricePerKwh: price,
    effectivePrice: effectivePrice(at(bidders, bidder), price),
  });
}

/** Null if the bidder leads or stays. */
function responseOf(
  bidders: readonly Bidder[],
  path: Growing,
  index: number,
  decrement: bigint,
): bigint | null {
  if (index === path.leader) return null;
  return bestResponse(at(bidders, index), leadingOf(bidders, path), decrement);
}

function leadingOf(bidders: readonly Bidder[], { prices, leader }: Growing): bigint {
  return effectivePrice(at(bidders, leader), at(prices, leader));
}

/** The first of those with the lowest effective price. */
function lowest(bidders: readonly Bidder[], prices: readonly bigint[]): number {
  const effective = bidders.map((bidder, index) => effectivePrice(bidder, at(prices, index)));
  return effective.reduce((best, one, index) => (one < at(effective, best) ? index : best), 0);
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`at: expected an index below ${list.length}`);
  return found;
}
