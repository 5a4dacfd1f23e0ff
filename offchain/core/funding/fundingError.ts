/**
 * Why coins are not made, not believed or not paid for. No message contains a serial, a secret or
 * an amount of somebody's purse.
 */

type FundingErrorCode =
  /** Bytes of another length than the format fixes. */
  | "E_LENGTH"
  /** A number outside what its field means: a count, a denomination, an epoch. */
  | "E_FIELD"
  /** Not the one encoding of a group element, or the identity. */
  | "E_POINT"
  /** Denominations of a request that are not in order. */
  | "E_ORDER"
  /** Not a whole number of coins, too many of them, or not what was paid. */
  | "E_AMOUNT"
  /** A proof that the published key did not make for this denomination and epoch. */
  | "E_PROOF"
  /** A coin that the mint did not issue, or issued as another. */
  | "E_COIN"
  /** The same coin twice in one set. */
  | "E_DUPLICATE"
  /** A coin that was redeemed before. */
  | "E_SPENT"
  /** An epoch in which nothing is issued, or of which nothing is taken any more. */
  | "E_EPOCH";

export class FundingError extends Error {
  override readonly name = "FundingError";
  readonly code: FundingErrorCode;

  constructor(code: FundingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws FundingError unless `holds` */
export function demand(holds: boolean, code: FundingErrorCode, message: string): void {
  if (!holds) throw new FundingError(code, message);
}
