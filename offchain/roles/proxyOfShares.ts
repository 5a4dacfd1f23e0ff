/**
 * The proxy of the strict round. It masks the packed records before the cloud decrypts them, keeps the masks as its
 * shares, and computes on shares with the cloud. It learns who wins, and which records were out of range.
 */
import { offerShareOf, requestShareOf } from "../matching/shares.ts";
import type { OfferShare, RequestShare } from "../matching/sharedMatching.ts";
import { drawMasks, type Layout } from "../messages/packedRecord.ts";
import { addPlain, rerandomise, type Ciphertext } from "../primitives/paillier/publicKey.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";

/** A record with the mask that the cloud has not got. */
export interface MaskedRecord {
  /** To the cloud: another ciphertext, of the record plus masks. */
  readonly masked: Ciphertext;
  readonly masks: readonly bigint[];
}

/** Masks a packed record and re-randomises it, so that the cloud cannot tell whose it is either. */
export function maskRecord(layout: Layout, record: Ciphertext, rng: Rng): MaskedRecord {
  assertProductionRng(rng);
  const { masks, plaintext } = drawMasks(layout, rng);
  return { masked: rerandomise(addPlain(record, plaintext), rng), masks };
}

/** The proxy's shares of a request: what takes the masks away. */
export function requestShareFromMasks({ masks }: MaskedRecord): RequestShare {
  return requestShareOf(masks.map((mask) => -mask));
}

/** The proxy's shares of an offer. */
export function offerShareFromMasks({ masks }: MaskedRecord): OfferShare {
  return offerShareOf(masks.map((mask) => -mask));
}
