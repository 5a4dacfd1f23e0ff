/** Which headers their accounts have signed. */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import { UploadError } from "../../core/messages/uploadError.ts";
import { assertHeaderSigned, type SignedHeader } from "../../core/messages/uploadHeader.ts";

/** The hash of each upload that its account has signed for this venue, and null for the others. */
export function signedHeaders(
  venue: Venue,
  headers: readonly SignedHeader[],
): readonly (Bytes32 | null)[] {
  return headers.map((header) => {
    try {
      return assertHeaderSigned(venue, header);
    } catch (error) {
      if (error instanceof UploadError) return null;
      throw error;
    }
  });
}
