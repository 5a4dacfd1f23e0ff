/**
 * How long it counts what the authority and the stations say of somebody, where nobody asks for
 * something else.
 */

export const SECONDS_PER_DAY = 86_400;

/** How long a certificate can be valid at most, of a participant or a meter, in days. */
export const LONGEST_CERTIFICATE_DAYS = 3_650;

/** How long a certificate is valid, in days. */
export const CERTIFICATE_DAYS = 365;

/** How long a certificate can be relayed to the chain, in seconds. */
export const CERTIFICATE_RELAY_SECONDS = 3_600;

/** How long an epoch of credentials lasts, in seconds. */
export const EPOCH_SECONDS = 24 * 3_600;

/**
 * How long an authorisation can last, in seconds: `IdentityRegistry.MAX_AUTHORISATION_SECONDS`, the
 * same for ever.
 */
export const LONGEST_AUTHORISATION_SECONDS = 2 * SECONDS_PER_DAY;
