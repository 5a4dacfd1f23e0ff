/**
 * The name under which a session is known to stations and meters: the first 36 characters of its id
 * in base32 (RFC 4648, small letters, no padding), that is 180 of its 256 bits. 36 is the longest
 * `idToken` of OCPP 2.0.1 and the longest id of OCPI, both of which may change the case; OCMF has
 * room for 40 bytes. OCPP 1.6 carries the first 20. A station passes the name on as identification
 * (type CENTRAL), so that the meter signs for which session it measured. It says nothing about who
 * meets there.
 */
import type { Bytes32 } from "../messages/market.ts";

const SESSION_NAME_LENGTH = 36;
/** The longest `idTag` of OCPP 1.6. */
const SHORT_NAME_LENGTH = 20;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Twin of `SessionName.nameOf` of the contracts. */
export function sessionName(sessionId: Bytes32): string {
  const bits = BigInt(sessionId);
  const character = (_: unknown, k: number): string =>
    ALPHABET.charAt(Number((bits >> BigInt(251 - 5 * k)) & 31n));
  return Array.from({ length: SESSION_NAME_LENGTH }, character).join("");
}

/** How identification data names a session. */
export type Naming = "whole" | "short" | "none";

/** Letters of ASCII in either case: what else has them for its small form is another name. */
const NAME = /^[a-z2-7]+$/i;

/** Whether the contract takes identification data for the name of this session. */
export function namesSession(identification: unknown, sessionId: Bytes32): boolean {
  return namingOf(identification, sessionId) !== "none";
}

/**
 * How identification data names this session, in letters of either case: whole, or by its first 20
 * characters (100 bits), which are what OCPP 1.6 carries.
 */
export function namingOf(identification: unknown, sessionId: Bytes32): Naming {
  if (typeof identification !== "string" || !NAME.test(identification)) return "none";
  const [given, name] = [identification.toLowerCase(), sessionName(sessionId)];
  if (given === name) return "whole";
  return given === name.slice(0, SHORT_NAME_LENGTH) ? "short" : "none";
}
