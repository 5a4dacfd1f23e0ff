/**
 * The proxy receives the uploads and masks them before the cloud decrypts. It holds no key: its
 * shares are the masks, and what it learns is which opaque records met and who won. It posts the
 * decisions and hands each matched vehicle the masks that the cloud has not got.
 */
import type { RecordSummands } from "../../core/matching/matching.ts";
import { drawMasks, type Layout } from "../../core/messages/packedRecord.ts";
import { addPlain, type Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { shortZeros, type ShortKey } from "../../core/primitives/paillier/shortRandomness.ts";
import { rerandomiseFrom } from "../../core/primitives/paillier/zeros.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";

/** A record with the masks that the cloud has not got. */
export interface MaskedRecord {
  /** To the cloud: another ciphertext, of the record plus masks. */
  readonly masked: Ciphertext;
  readonly masks: readonly bigint[];
}

/**
 * Masks packed records and re-randomises them: what the cloud opens says nothing, and nothing of
 * the ciphertext that the owner made is in it.
 */
export function maskRecords(
  shortKey: ShortKey,
  layout: Layout,
  records: readonly Ciphertext[],
  rng: Rng,
): readonly MaskedRecord[] {
  assertProductionRng(rng);
  const zeros = shortZeros(shortKey, rng);
  return records.map((record) => {
    const { masks, plaintext } = drawMasks(layout, rng);
    return { masked: rerandomiseFrom(zeros, addPlain(record, plaintext)), masks };
  });
}

/** The proxy's summands of every field: what takes the masks away. */
export function summandsFromMasks(
  requests: readonly MaskedRecord[],
  offers: readonly MaskedRecord[],
): RecordSummands {
  const negated = ({ masks }: MaskedRecord): readonly bigint[] => masks.map((mask) => -mask);
  return { requests: requests.map(negated), offers: offers.map(negated) };
}
