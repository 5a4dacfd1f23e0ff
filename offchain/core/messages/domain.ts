/**
 * How large the numbers of a request or an offer can be, in bits. Every bound that the encrypted
 * arithmetic relies on follows from these, and a decrypted value outside its bound is an overflow
 * or a forgery.
 */

/** A coordinate in metres. */
export const COORDINATE_BITS = 16;
/** A price, or what is bid or asked for a feature, in token units per kWh. */
export const PRICE_BITS = 24;
/** A maximum distance in metres; uploaded as its square. */
export const DISTANCE_BITS = 17;
/** A power in W. */
export const POWER_BITS = 32;
/** A salt. */
export const SALT_BITS = 256;

/** siteSalt ‖ salt ‖ powerW. */
export const OPENING_BITS = 2 * SALT_BITS + POWER_BITS;
