/**
 * From the summands of a packed record to the shares that the matching computes on. Run by proxy
 * and cloud alike.
 */

/** One side's summands of a request. */
export interface RequestShare {
  readonly x: bigint;
  readonly y: bigint;
  readonly price: bigint;
  readonly maxDistanceSquared: bigint;
  readonly featureBids: readonly bigint[];
}

/** One side's summands of an offer. */
export interface OfferShare {
  readonly x: bigint;
  readonly y: bigint;
  readonly price: bigint;
  readonly featureAsks: readonly bigint[];
}

/** One party's summands of a request, in the order of its layout. @throws RangeError for too few */
function requestSummandsOf(summands: readonly bigint[]): RequestShare {
  const [x, y, price, maxDistanceSquared, ...featureBids] = summands;
  if (
    x === undefined ||
    y === undefined ||
    price === undefined ||
    maxDistanceSquared === undefined
  ) {
    throw new RangeError(`requestSummandsOf: expected at least 4 summands, got ${summands.length}`);
  }
  return { x, y, price, maxDistanceSquared, featureBids };
}

/**
 * The same of an offer; its last field, the opening, takes no part in the matching.
 * @throws RangeError for too few
 */
function offerSummandsOf(summands: readonly bigint[]): OfferShare {
  const [x, y, price, ...rest] = summands;
  if (x === undefined || y === undefined || price === undefined || rest.length === 0) {
    throw new RangeError(`offerSummandsOf: expected at least 4 summands, got ${summands.length}`);
  }
  return { x, y, price, featureAsks: rest.slice(0, -1) };
}

/** As `requestSummandsOf`, modulo 2^64. */
export function requestShareOf(summands: readonly bigint[]): RequestShare {
  return requestSummandsOf(summands.map(modulo));
}

/** As `offerSummandsOf`, modulo 2^64. */
export function offerShareOf(summands: readonly bigint[]): OfferShare {
  return offerSummandsOf(summands.map(modulo));
}

function modulo(summand: bigint): bigint {
  return BigInt.asUintN(64, summand);
}
