/**
 * How values look as text in messages from elsewhere. What passes can be hashed, compared and
 * opened without surprise.
 */
import { getAddress, isAddress } from "ethers";
import { z } from "zod";

/** 0x and pairs of hexadecimal digits in lower case, so that equal bytes are equal text. */
export const hexForm = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
/** 32 bytes. */
export const bytes32Form = z.string().regex(/^0x[0-9a-f]{64}$/);
/** 20 bytes with checksum. */
export const addressForm = z.string().refine(isChecksummed, "expected an address with checksum");
/** A whole number of at least 0. */
export const decimalForm = z.string().regex(/^[0-9]+$/);

function isChecksummed(text: string): boolean {
  return isAddress(text) && getAddress(text) === text;
}
