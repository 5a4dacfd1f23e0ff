/**
 * A whole record of the paper in one number, one slot a field, so that one division of ciphertexts
 * does for a pair what equations (8) and (9) do field by field. Slots subtract; what has to be
 * added, the offers, goes in negated, and what is the buyer's alone stands above the seller's
 * highest slot, over nothing:
 *
 *   buyer    x  y  r  (α^t  r^t)…  d_max  w_d  w_r  w^t…  (α^t)…
 *   seller   x  y  r  (−α^t r^t)…
 *   minus    dx dy dr (a^t  d^t)…  d_max  w_d  w_r  w^t…  (α^t)…
 *
 * The needs stand there a second time only if the rule opens them. Unlike field-by-field uploads,
 * packed ones are bounded where they are packed; a forged one could still damage its neighbours,
 * for which the paper has no answer.
 *
 * Source: our own construction, from the packing of `core/primitives/packing.ts`; to show how fast
 * the paper's round can be.
 */
import { COORDINATE_BITS, DISTANCE_BITS, PRICE_BITS } from "../../core/messages/domain.ts";
import { packPlain, recordLayout, type SlotLayout } from "../../core/primitives/packing.ts";
import {
  type PaperBuyer,
  PaperError,
  type PaperPair,
  type PaperPairFeature,
  type PaperSeller,
} from "./paperRecords.ts";
import type { PaperBuyerView, PaperRule } from "./rules.ts";
import { wholeField } from "./upload.ts";

/** The slots of both sides, and the same with the buyer's own above them. */
export interface PaperRecordLayouts {
  readonly rule: PaperRule;
  readonly features: number;
  /** 3 + 2K slots. */
  readonly pair: SlotLayout;
  /** 6 + 3K slots, K more if the rule opens needs. */
  readonly buyer: SlotLayout;
}

/** A weight is a whole number below 2^16. */
const WEIGHT_BITS = 16;
const NEED_BITS = 1;
/** A difference is a sum of two. */
const GUARD_BITS = 1;
const COMMON_SLOTS = 3;
const SLOTS_PER_FEATURE = 2;

/** The layouts for records with `features` features. */
export function paperRecordLayouts(rule: PaperRule, features: number): PaperRecordLayouts {
  const perFeature = Array.from({ length: features }, (_, feature) => feature);
  const pairBits = [
    ...[COORDINATE_BITS, COORDINATE_BITS, PRICE_BITS],
    ...perFeature.flatMap(() => [NEED_BITS, PRICE_BITS]),
  ];
  const ownBits = [
    ...[DISTANCE_BITS, WEIGHT_BITS, WEIGHT_BITS],
    ...perFeature.map(() => WEIGHT_BITS),
    ...rule.needsOpened(perFeature).map(() => NEED_BITS),
  ];
  return {
    rule,
    features,
    pair: recordLayout(pairBits, GUARD_BITS),
    buyer: recordLayout([...pairBits, ...ownBits], GUARD_BITS),
  };
}

/**
 * The buyer's record with its own fields. Run by a buyer.
 * @throws PaperError E_PAPER_NUMBER for a field that is no whole number; PackingError E_SLOT_COUNT
 *   for another number of features, E_SLOT_RANGE for a field out of range.
 */
export function packPaperBuyer(layouts: PaperRecordLayouts, buyer: PaperBuyer<number>): bigint {
  const { features, maxDistanceM, distanceWeight, priceWeight } = buyer;
  const own = [
    ...[maxDistanceM, distanceWeight, priceWeight],
    ...features.map(({ weight }) => weight),
    ...layouts.rule.needsOpened(features.map(({ need }) => need)),
  ];
  return packFields(layouts.buyer, [...sharedFields(buyer), ...own]);
}

/**
 * The buyer's record without its own fields, as a seller's stands beside it. Errors as
 * `packPaperBuyer`.
 */
export function packPaperBuyerShared(
  layouts: PaperRecordLayouts,
  buyer: PaperBuyer<number>,
): bigint {
  return packFields(layouts.pair, sharedFields(buyer));
}

/** The seller's record, offers negated. Run by a seller. Errors as `packPaperBuyer`. */
export function packPaperSeller(layouts: PaperRecordLayouts, seller: PaperSeller<number>): bigint {
  const { xM, yM, pricePerKwh, features } = seller;
  return packFields(layouts.pair, [
    ...[xM, yM, pricePerKwh],
    ...features.flatMap((feature) => [-feature.offer, feature.pricePerKwh]),
  ]);
}

/**
 * What an opened record says of its pair. Run by the cloud.
 * @throws PaperError E_PAPER_FEATURES if it is too short.
 */
export function readPackedPair(features: number, slots: readonly bigint[]): PaperPair<number> {
  const [dxM, dyM, dPricePerKwh, ...rest] = slots.map(Number);
  if (dxM === undefined || dyM === undefined || dPricePerKwh === undefined) throw short(slots);
  const perFeature = Array.from({ length: features }, (_, t) =>
    readFeature(rest.slice(SLOTS_PER_FEATURE * t), slots),
  );
  return { dxM, dyM, dPricePerKwh, features: perFeature };
}

/** What an opened record says of its buyer alone. Run by the cloud. Errors as `readPackedPair`. */
export function readPackedBuyer(features: number, slots: readonly bigint[]): PaperBuyerView {
  const own = slots.slice(COMMON_SLOTS + SLOTS_PER_FEATURE * features).map(Number);
  const [maxDistanceM, distanceWeight, priceWeight, ...rest] = own;
  if (maxDistanceM === undefined || distanceWeight === undefined || priceWeight === undefined) {
    throw short(slots);
  }
  const featureWeights = rest.slice(0, features);
  return { maxDistanceM, distanceWeight, priceWeight, featureWeights, needs: rest.slice(features) };
}

function sharedFields(buyer: PaperBuyer<number>): readonly number[] {
  const { xM, yM, pricePerKwh, features } = buyer;
  return [
    ...[xM, yM, pricePerKwh],
    ...features.flatMap((feature) => [feature.need, feature.pricePerKwh]),
  ];
}

function packFields(layout: SlotLayout, fields: readonly number[]): bigint {
  return packPlain(layout, fields.map(wholeField));
}

function readFeature(rest: readonly number[], slots: readonly bigint[]): PaperPairFeature<number> {
  const [sum, dPricePerKwh] = rest;
  if (sum === undefined || dPricePerKwh === undefined) throw short(slots);
  return { sum, dPricePerKwh };
}

function short(slots: readonly bigint[]): PaperError {
  const message = `readPacked: expected the slots of a record, got ${slots.length}`;
  return new PaperError("E_PAPER_FEATURES", message);
}
