/**
 * What takes part in a round of the paper's matching, as it is printed: the record of a buyer i, of
 * a seller j and of a pair (i, j), section 3.2. Each is written once, for any kind of field:
 * `PaperBuyer<number>` is what an owner knows, `PaperBuyer<Ciphertext>` what it uploads. Feature t
 * is the paper's demand α^t with its price r^(α,t).
 *
 * Nothing here is checked for its range, because the paper checks nothing: a need of 2 or a price
 * of −5 is a number like any other. That is problem P6, which `test/attacks` exploits.
 *
 * Everything in this folder is a reproduction, for study and for figures, of a scheme that does not
 * keep what it promises. No real round may use it.
 */

/** α_i^t, r_i^(α,t) and w_i^(α,t). */
export interface PaperBuyerFeature<T> {
  /** 1 if needed, else 0. */
  readonly need: T;
  /** What the buyer pays for it, token units per kWh. */
  readonly pricePerKwh: T;
  readonly weight: T;
}

/** α_j^t and r_j^(α,t). */
export interface PaperSellerFeature<T> {
  /** 1 if offered, else 0. */
  readonly offer: T;
  /** What the seller asks for it, token units per kWh. */
  readonly pricePerKwh: T;
}

/** Location in metres, prices in token units per kWh, weights as whole numbers. */
export interface PaperBuyer<T> {
  readonly xM: T;
  readonly yM: T;
  readonly pricePerKwh: T;
  readonly maxDistanceM: T;
  readonly distanceWeight: T;
  readonly priceWeight: T;
  readonly features: readonly PaperBuyerFeature<T>[];
}

export interface PaperSeller<T> {
  readonly xM: T;
  readonly yM: T;
  readonly pricePerKwh: T;
  readonly features: readonly PaperSellerFeature<T>[];
}

/** a_ij^t = α_i^t + α_j^t and the difference of the feature's prices: equations (17) and (18). */
export interface PaperPairFeature<T> {
  readonly sum: T;
  readonly dPricePerKwh: T;
}

/**
 * What equations (8) and (9) make of a buyer and a seller: buyer minus seller, needs and offers
 * added.
 */
export interface PaperPair<T> {
  readonly dxM: T;
  readonly dyM: T;
  readonly dPricePerKwh: T;
  readonly features: readonly PaperPairFeature<T>[];
}

type PaperErrorCode = "E_PAPER_NUMBER" | "E_PAPER_FEATURES" | "E_PAPER_PARTIES";

export class PaperError extends Error {
  override readonly name = "PaperError";
  readonly code: PaperErrorCode;

  constructor(code: PaperErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The same record with every field replaced, weights and features included. */
export function mapPaperBuyer<T, U>(buyer: PaperBuyer<T>, to: (field: T) => U): PaperBuyer<U> {
  return {
    xM: to(buyer.xM),
    yM: to(buyer.yM),
    pricePerKwh: to(buyer.pricePerKwh),
    maxDistanceM: to(buyer.maxDistanceM),
    distanceWeight: to(buyer.distanceWeight),
    priceWeight: to(buyer.priceWeight),
    features: buyer.features.map(({ need, pricePerKwh, weight }) => ({
      need: to(need),
      pricePerKwh: to(pricePerKwh),
      weight: to(weight),
    })),
  };
}

/** As `mapPaperBuyer`. */
export function mapPaperSeller<T, U>(seller: PaperSeller<T>, to: (field: T) => U): PaperSeller<U> {
  return {
    xM: to(seller.xM),
    yM: to(seller.yM),
    pricePerKwh: to(seller.pricePerKwh),
    features: seller.features.map(({ offer, pricePerKwh }) => ({
      offer: to(offer),
      pricePerKwh: to(pricePerKwh),
    })),
  };
}

/** As `mapPaperBuyer`: 3 + 2K fields for K features. */
export function mapPaperPair<T, U>(pair: PaperPair<T>, to: (field: T) => U): PaperPair<U> {
  return {
    dxM: to(pair.dxM),
    dyM: to(pair.dyM),
    dPricePerKwh: to(pair.dPricePerKwh),
    features: pair.features.map(({ sum, dPricePerKwh }) => ({
      sum: to(sum),
      dPricePerKwh: to(dPricePerKwh),
    })),
  };
}

/**
 * Items of two lists of one length, side by side.
 * @throws PaperError E_PAPER_FEATURES for lists of different lengths: a round has one number of
 *   features.
 */
export function alignFeatures<A, B, C>(
  ours: readonly A[],
  theirs: readonly B[],
  join: (our: A, their: B) => C,
): readonly C[] {
  if (ours.length !== theirs.length) throw unaligned(ours.length, theirs.length);
  return ours.map((our, t) => {
    const their = theirs[t];
    if (their === undefined) throw unaligned(ours.length, t);
    return join(our, their);
  });
}

/**
 * The party at a position of the round.
 * @throws PaperError E_PAPER_PARTIES for one that the round does not have.
 */
export function partyAt<T>(parties: readonly T[], position: number): T {
  const party = parties[position];
  if (party !== undefined) return party;
  const counts = `expected a position below ${parties.length}, got ${position}`;
  throw new PaperError("E_PAPER_PARTIES", `partyAt: ${counts}`);
}

function unaligned(expected: number, got: number): PaperError {
  const counts = `expected ${expected} features, got ${got}`;
  return new PaperError("E_PAPER_FEATURES", `alignFeatures: ${counts}`);
}
