/**
 * The paper's round at its fastest: the spanning tree of `spanning.ts` opened from packed uploads,
 * a group of records with every decryption. The proxy multiplies and divides, ⌈I/S⌉ + ⌈(J − 1)/S⌉
 * groups of S records; the cloud opens as many ciphertexts, which hold the I + J − 1 records of the
 * tree, and matches on numbers in the clear.
 *
 * A slot of a group that nobody stands in would hold the counterpart's record in the clear after
 * the division. So a last group that is short takes the uploads of the first group in the slots it
 * lacks; what they open to is known already.
 *
 * Source: our own construction.
 */
import { type GroupLayout, unpackRecords } from "../../core/primitives/packing.ts";
import { subtractAll } from "../../core/primitives/paillier/batch.ts";
import { decodeSigned } from "../../core/primitives/paillier/encoding.ts";
import { add, type Ciphertext, negate } from "../../core/primitives/paillier/publicKey.ts";
import type { PaperOpen } from "./cloud.ts";
import { readPackedBuyer, readPackedPair } from "./packedRecord.ts";
import type { PackedPaperUploads, PaperSlots } from "./packedUpload.ts";
import { partyAt } from "./paperRecords.ts";
import type { PaperSpan } from "./spanning.ts";

/** One record minus one record. */
const TERMS = 2;

/** The tree, packed and encrypted: what the proxy sends to the cloud. */
export interface PackedPaperTree {
  /** d_i1, groups of buyers. */
  readonly toFirstSeller: readonly Ciphertext[];
  /** d_1j from the second seller on, groups of sellers. */
  readonly fromFirstBuyer: readonly Ciphertext[];
}

/**
 * Groups and divides: I + J multiplications or fewer, two inverses. Run by the proxy.
 * @throws PaillierError E_KEY_MISMATCH for uploads under different keys.
 */
export function pairPackedUploads(uploads: PackedPaperUploads): PackedPaperTree {
  const { slots, buyers, otherSellers, firstBuyer, firstSeller } = uploads;
  const minusFirstSeller = negate(firstSeller);
  const buyerGroups = multiplyGroups(buyers, slots.buyerGroup.count);
  const sellerGroups = multiplyGroups(otherSellers, slots.sellerGroup.count);
  return {
    toFirstSeller: buyerGroups.map((group) => add(group, minusFirstSeller)),
    fromFirstBuyer: subtractAll(sellerGroups.map((group) => [firstBuyer, group] as const)),
  };
}

/**
 * Opens the tree, one decryption a group. Run by the cloud.
 * @throws PaillierError E_PLAINTEXT_RANGE and PackingError E_SLOT_RANGE for a plaintext that is no
 *   packed difference; errors as `open`.
 */
export function openPackedTree(
  slots: PaperSlots,
  tree: PackedPaperTree,
  open: PaperOpen,
): PaperSpan {
  const { features, buyers, sellers, buyerGroup, sellerGroup } = slots;
  const ofBuyers = openGroups(buyerGroup, tree.toFirstSeller, open).slice(0, buyers);
  const ofSellers = openGroups(sellerGroup, tree.fromFirstBuyer, open).slice(0, sellers - 1);
  const pairOf = (record: readonly bigint[]) => readPackedPair(features, record);
  const toFirstSeller = ofBuyers.map(pairOf);
  return {
    toFirstSeller,
    fromFirstBuyer: [partyAt(toFirstSeller, 0), ...ofSellers.map(pairOf)],
    views: ofBuyers.map((record) => readPackedBuyer(features, record)),
  };
}

/** From uploads to the opened tree. Run by the proxy and the cloud. Errors of both. */
export function openPackedSpan(uploads: PackedPaperUploads, open: PaperOpen): PaperSpan {
  return openPackedTree(uploads.slots, pairPackedUploads(uploads), open);
}

/** Products of `count` uploads in consecutive slots; the first group is always complete. */
function multiplyGroups(uploads: readonly Ciphertext[], count: number): readonly Ciphertext[] {
  const groups = Math.ceil(uploads.length / count);
  return Array.from({ length: groups }, (_, group) =>
    Array.from({ length: count }, (_slot, slot) =>
      partyAt(uploads, group * count + slot < uploads.length ? group * count + slot : slot),
    ).reduce(add),
  );
}

function openGroups(
  group: GroupLayout,
  ciphertexts: readonly Ciphertext[],
  open: PaperOpen,
): ReadonlyArray<readonly bigint[]> {
  return ciphertexts.flatMap((c) => {
    const packed = decodeSigned(c.publicKey, open(c), group.magnitudeBits);
    return unpackRecords(group, packed, TERMS);
  });
}
