/** From the summands of a packed record to the shares that the matching computes on. Run by proxy and cloud alike. */
import type { OfferShare, RequestShare } from "./sharedMatching.ts";

/** One party's summands of a request, in the order of its layout. @throws RangeError for too few */
export function requestShareOf(summands: readonly bigint[]): RequestShare {
  const [x, y, price, maxDistanceSquared, ...featureBids] = summands.map(modulo);
  if (
    x === undefined ||
    y === undefined ||
    price === undefined ||
    maxDistanceSquared === undefined
  ) {
    throw new RangeError(`requestShareOf: expected at least 4 summands, got ${summands.length}`);
  }
  return { x, y, price, maxDistanceSquared, featureBids };
}

/** The same of an offer; its last field, the opening, takes no part in the matching. @throws RangeError for too few */
export function offerShareOf(summands: readonly bigint[]): OfferShare {
  const [x, y, price, ...rest] = summands.map(modulo);
  if (x === undefined || y === undefined || price === undefined || rest.length === 0) {
    throw new RangeError(`offerShareOf: expected at least 4 summands, got ${summands.length}`);
  }
  return { x, y, price, featureAsks: rest.slice(0, -1) };
}

function modulo(summand: bigint): bigint {
  return BigInt.asUintN(64, summand);
}
