/**
 * Packed uploads in assigned slots. Records of several users share a plaintext if each stands in
 * its own slots; the user itself puts it there, in the slot that its place in the round assigns, so
 * that the proxy packs a group by multiplication alone. Buyers and sellers stand in groups of their
 * own size. The first of each side is the counterpart of all the other side, and uploads its record
 * in every slot of the other side's groups:
 *
 *   E(B_1 + B_2·2^w + …) / E(S_1 + S_1·2^w + …)   opens   d_11, d_21, …
 *   E(B_1 + B_1·2^w + …) / E(S_2 + S_3·2^w + …)   opens   d_12, d_13, …
 *
 * Source: our own construction.
 */
import {
  type GroupLayout,
  groupLayout,
  recordsThatFit,
  type SlotLayout,
} from "../../core/primitives/packing.ts";
import { encodeSigned, signedBits } from "../../core/primitives/paillier/encoding.ts";
import type { Ciphertext, PublicKey } from "../../core/primitives/paillier/publicKey.ts";
import { encryptFrom, type ZeroSource } from "../../core/primitives/paillier/zeros.ts";
import {
  packPaperBuyer,
  packPaperBuyerShared,
  packPaperSeller,
  paperRecordLayouts,
  type PaperRecordLayouts,
} from "./packedRecord.ts";
import { type PaperBuyer, PaperError, type PaperSeller, partyAt } from "./paperRecords.ts";
import type { PaperRule } from "./rules.ts";

/** How a round is laid out. Everybody knows it. */
export interface PaperSlots extends PaperRecordLayouts {
  readonly buyers: number;
  readonly sellers: number;
  /** All buyers stand in such groups. */
  readonly buyerGroup: GroupLayout;
  /** All sellers but the first stand in such groups. */
  readonly sellerGroup: GroupLayout;
}

export interface PackedPaperUploads {
  readonly slots: PaperSlots;
  /** One each, in the slot of its place. */
  readonly buyers: readonly Ciphertext[];
  /** As the buyers, from the second seller on. */
  readonly otherSellers: readonly Ciphertext[];
  /** In every slot of a sellers' group. */
  readonly firstBuyer: Ciphertext;
  /** In every slot of a buyers' group. */
  readonly firstSeller: Ciphertext;
}

/** What a round is laid out for. */
export interface PaperRoundShape {
  readonly rule: PaperRule;
  readonly features: number;
  readonly buyers: number;
  readonly sellers: number;
  /** At most so many records a plaintext; 1 makes every record a ciphertext of its own. */
  readonly mostRecords: number;
}

/**
 * Groups as large as the key, the round and `mostRecords` allow.
 * @throws PaperError E_PAPER_PARTIES without a buyer or a seller; PackingError E_LAYOUT if the key
 *   has no room for one record or `mostRecords` is below 1.
 */
export function paperSlots(publicKey: PublicKey, shape: PaperRoundShape): PaperSlots {
  const { rule, features, buyers, sellers } = shape;
  if (buyers < 1 || sellers < 1) {
    const counts = `expected a buyer and a seller, got ${buyers} and ${sellers}`;
    throw new PaperError("E_PAPER_PARTIES", `paperSlots: ${counts}`);
  }
  const layouts = paperRecordLayouts(rule, features);
  const groupOf = (record: SlotLayout, parties: number): GroupLayout => {
    const fit = recordsThatFit(record, signedBits(publicKey));
    return groupLayout(record, Math.min(fit, shape.mostRecords, parties));
  };
  return {
    ...layouts,
    buyers,
    sellers,
    buyerGroup: groupOf(layouts.buyer, buyers),
    sellerGroup: groupOf(layouts.pair, Math.max(1, sellers - 1)),
  };
}

/**
 * All uploads of a round, each made by its owner.
 * @throws PaperError E_PAPER_PARTIES unless there are as many records as the slots are for;
 *   E_PAPER_NUMBER for a field that is no whole number; PackingError E_SLOT_COUNT for a record with
 *   another number of features, E_SLOT_RANGE for a field out of range.
 */
export function encryptPackedUploads(
  slots: PaperSlots,
  zeros: ZeroSource,
  buyers: readonly PaperBuyer<number>[],
  sellers: readonly PaperSeller<number>[],
): PackedPaperUploads {
  const { buyerGroup, sellerGroup } = slots;
  assertParties("buyers", slots.buyers, buyers.length);
  assertParties("sellers", slots.sellers, sellers.length);
  const packedSellers = sellers.map((seller) => packPaperSeller(slots, seller));
  const inOneSlot = (group: GroupLayout) => (record: bigint, place: number) =>
    encryptSlots(zeros, group, record * slotFactor(group.record, place % group.count));
  const inEverySlot = (group: GroupLayout, record: bigint) =>
    encryptSlots(zeros, group, record * everySlotFactor(group));
  return {
    slots,
    buyers: buyers.map((buyer) => packPaperBuyer(slots, buyer)).map(inOneSlot(buyerGroup)),
    otherSellers: packedSellers.slice(1).map(inOneSlot(sellerGroup)),
    firstBuyer: inEverySlot(sellerGroup, packPaperBuyerShared(slots, partyAt(buyers, 0))),
    firstSeller: inEverySlot(buyerGroup, partyAt(packedSellers, 0)),
  };
}

function assertParties(side: string, expected: number, got: number): void {
  if (expected === got) return;
  const counts = `expected ${expected} ${side}, got ${got}`;
  throw new PaperError("E_PAPER_PARTIES", `encryptPackedUploads: ${counts}`);
}

/** 2^(w·k) */
function slotFactor(record: SlotLayout, slot: number): bigint {
  return 1n << BigInt(record.bits * slot);
}

/** 1 + 2^w + 2^(2w) + … */
function everySlotFactor({ record, count }: GroupLayout): bigint {
  const factors = Array.from({ length: count }, (_, slot) => slotFactor(record, slot));
  return factors.reduce((sum, factor) => sum + factor, 0n);
}

function encryptSlots(zeros: ZeroSource, group: GroupLayout, packed: bigint): Ciphertext {
  return encryptFrom(zeros, encodeSigned(zeros.publicKey, packed, group.magnitudeBits));
}
