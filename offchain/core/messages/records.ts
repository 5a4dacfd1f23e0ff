/**
 * The clear records of the two sides and their numbers: what a vehicle wants and what a pile
 * offers, before anything is encrypted. Owners alone hold them. Ranges are checked here once; every
 * bound that the encrypted arithmetic relies on follows from them.
 */
import {
  COORDINATE_BITS,
  DISTANCE_BITS,
  OPENING_BITS,
  POWER_BITS,
  PRICE_BITS,
  SALT_BITS,
} from "./domain.ts";
import type { Bytes32 } from "./market.ts";

/** Metres in the frame of the city. */
export interface Position {
  readonly xM: number;
  readonly yM: number;
}

/**
 * What a vehicle asks for. `featureBids[t]` is the most it pays for feature t, null where it does
 * not need it.
 */
export interface ClearRequest {
  readonly position: Position;
  readonly maxPricePerKwh: bigint;
  readonly maxDistanceM: number;
  readonly featureBids: readonly (bigint | null)[];
}

/**
 * What a pile offers. `featureAsks[t]` is what it asks for feature t, null where it does not offer
 * it.
 */
export interface ClearOffer {
  readonly position: Position;
  readonly siteSalt: Bytes32;
  readonly pricePerKwh: bigint;
  readonly powerW: number;
  readonly featureAsks: readonly (bigint | null)[];
  /** Hides price and power in the bid commitment. */
  readonly salt: Bytes32;
}

/** What a matched vehicle gets to know of an offer. */
export type RevealedOffer = Pick<ClearOffer, "position" | "siteSalt" | "pricePerKwh" | "salt"> & {
  readonly powerW: bigint;
};

/** A feature that the vehicle does not need: above every ask. */
export const NOT_NEEDED = 2n ** BigInt(PRICE_BITS) - 1n;
/** A feature that the pile does not offer: above every bid, below `NOT_NEEDED`. */
export const NOT_OFFERED = NOT_NEEDED - 1n;

export class RecordError extends Error {
  override readonly name = "RecordError";
  readonly code = "E_RECORD_RANGE";
}

/** Numbers of a request in the order of `requestLayout`. @throws RecordError */
export function requestFields(request: ClearRequest): readonly bigint[] {
  const maxDistanceM = within("maxDistanceM", request.maxDistanceM, DISTANCE_BITS);
  return [
    within("xM", request.position.xM, COORDINATE_BITS),
    within("yM", request.position.yM, COORDINATE_BITS),
    within("maxPricePerKwh", request.maxPricePerKwh, PRICE_BITS),
    maxDistanceM * maxDistanceM,
    ...request.featureBids.map((bid) => featureValue("featureBids", bid, NOT_NEEDED)),
  ];
}

/** Numbers of an offer in the order of `offerLayout`. @throws RecordError */
export function offerFields(offer: ClearOffer): readonly bigint[] {
  return [
    within("xM", offer.position.xM, COORDINATE_BITS),
    within("yM", offer.position.yM, COORDINATE_BITS),
    within("pricePerKwh", offer.pricePerKwh, PRICE_BITS),
    ...offer.featureAsks.map((ask) => featureValue("featureAsks", ask, NOT_OFFERED)),
    packOpening(offer),
  ];
}

/** siteSalt ‖ salt ‖ powerW as one number: 256 + 256 + 32 bits. @throws RecordError */
export function packOpening(offer: Pick<ClearOffer, "siteSalt" | "salt" | "powerW">): bigint {
  const siteSalt = within("siteSalt", BigInt(offer.siteSalt), SALT_BITS);
  const salt = within("salt", BigInt(offer.salt), SALT_BITS);
  const powerW = within("powerW", offer.powerW, POWER_BITS);
  return (((siteSalt << BigInt(SALT_BITS)) | salt) << BigInt(POWER_BITS)) | powerW;
}

/** Takes `packOpening` apart. @throws RecordError if the number is wider than an opening. */
export function unpackOpening(packed: bigint): Pick<RevealedOffer, "siteSalt" | "salt" | "powerW"> {
  within("opening", packed, OPENING_BITS);
  const salts = packed >> BigInt(POWER_BITS);
  return {
    siteSalt: bytes32(salts >> BigInt(SALT_BITS)),
    salt: bytes32(BigInt.asUintN(SALT_BITS, salts)),
    powerW: BigInt.asUintN(POWER_BITS, packed),
  };
}

/**
 * Reads x, y, price, opening of an offer.
 * @throws RecordError if there are others or one is out of range.
 */
export function readOffer(fields: readonly bigint[]): RevealedOffer {
  const [x, y, pricePerKwh, packed, more] = fields;
  if (
    x === undefined ||
    y === undefined ||
    pricePerKwh === undefined ||
    packed === undefined ||
    more !== undefined
  ) {
    throw new RecordError(`readOffer: expected 4 fields, got ${fields.length}`);
  }
  return {
    position: {
      xM: Number(within("xM", x, COORDINATE_BITS)),
      yM: Number(within("yM", y, COORDINATE_BITS)),
    },
    pricePerKwh: within("pricePerKwh", pricePerKwh, PRICE_BITS),
    ...unpackOpening(packed),
  };
}

function featureValue(name: string, value: bigint | null, marker: bigint): bigint {
  if (value === null) return marker;
  if (value < 0n || value >= NOT_OFFERED) {
    throw new RecordError(`${name}: expected 0 to ${NOT_OFFERED - 1n}, got a value outside`);
  }
  return value;
}

function within(name: string, value: number | bigint, bits: number): bigint {
  const whole = typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : -1n;
  if (whole < 0n || whole >> BigInt(bits) !== 0n) {
    throw new RecordError(`${name}: expected 0 to 2^${bits} - 1, got a value outside`);
  }
  return whole;
}

function bytes32(value: bigint): Bytes32 {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
