/**
 * What a matched vehicle receives: the masked fields of the offer from the cloud, the masks and the
 * opening of the decision from the proxy, each sealed to the vehicle's key. Either alone is random;
 * the difference is the field. The round's secret key never leaves the cloud. Boxes have one length
 * each, whatever is in them.
 */
import { z } from "zod";
import {
  bigintToBytes,
  bytesToBigint,
  bytesToHex,
  concatBytes,
  hexToBytes,
} from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import {
  bindingBytes,
  DeliveryError,
  encodeNote,
  NOTE_BYTES,
  openingNote,
  type DecisionBinding,
  type DecisionNote,
} from "./decisionNote.ts";
import { bytes32Form, hexForm } from "./forms.ts";
import type { Address, Bytes32 } from "./market.ts";
import { REVEALED_FIELD_BYTES, REVEALED_FIELDS } from "./packedRecord.ts";
import type { PileNotice } from "./pileNotice.ts";

/** The part that the proxy seals. */
export interface Masks {
  readonly note: DecisionNote;
  /** One for each revealed field. */
  readonly masks: readonly bigint[];
}

/** Two sealed boxes, 0x-prefixed hexadecimal, and what they are bound to. */
export interface VehicleDelivery extends DecisionBinding {
  readonly blinded: string;
  readonly masks: string;
}

/** A decision as the matcher publishes it, with what is sealed to its two parties. */
export interface DecidedMatch {
  readonly decision: Bytes32;
  readonly vehicle: Address;
  readonly pile: Address;
  readonly toVehicle: VehicleDelivery;
  readonly toPile: PileNotice;
}

type Part = "blinded" | "masks";

export const vehicleDeliveryForm = z.strictObject({
  auctionId: bytes32Form,
  decision: bytes32Form,
  blinded: hexForm,
  masks: hexForm,
});

/** The fields with their masks, or the masks: unsigned, each as wide as the widest can be. */
const FIELDS_BYTES = REVEALED_FIELDS * REVEALED_FIELD_BYTES;

/**
 * Seals the blinded fields to the vehicle. Run by the cloud.
 * @throws BytesError E_WIDTH for a value that no record has; RangeError for other than
 *   `REVEALED_FIELDS` of them
 */
export function sealBlinded(
  sealKey: string,
  binding: DecisionBinding,
  values: readonly bigint[],
  rng: Rng,
): Promise<string> {
  return sealPart(sealKey, "blinded", binding, encodeFields(values), rng);
}

/** Seals masks and decision note to the vehicle. Run by the proxy. @throws as `sealBlinded` */
export function sealMasks(
  sealKey: string,
  binding: DecisionBinding,
  { note, masks }: Masks,
  rng: Rng,
): Promise<string> {
  const content = concatBytes(encodeNote(note), encodeFields(masks));
  return sealPart(sealKey, "masks", binding, content, rng);
}

/**
 * Opens a delivery: the note and the fields. Run by the matched vehicle, which checks their ranges.
 * @throws SealedBoxError if a box is not for this key, auction and decision; DeliveryError if
 *   delivery or content are malformed, or the note does not open the decision.
 */
export async function openDelivery(
  keys: SealKeyPair,
  delivery: VehicleDelivery,
): Promise<{ readonly note: DecisionNote; readonly values: readonly bigint[] }> {
  if (!vehicleDeliveryForm.safeParse(delivery).success) {
    const message = "openDelivery: expected a delivery, got other content";
    throw new DeliveryError("E_DELIVERY_FORM", message);
  }
  const blinded = decodeFields(await openPart(keys, "blinded", delivery));
  const noted = await openPart(keys, "masks", delivery);
  const masks = decodeFields(noted.subarray(NOTE_BYTES));
  const note = openingNote(noted.subarray(0, NOTE_BYTES), delivery);
  return { note, values: blinded.map((value, k) => value - (masks[k] ?? 0n)) };
}

function encodeFields(values: readonly bigint[]): Uint8Array {
  if (values.length !== REVEALED_FIELDS) {
    throw new RangeError(`delivery: expected ${REVEALED_FIELDS} fields, got ${values.length}`);
  }
  return concatBytes(...values.map((value) => bigintToBytes(value, REVEALED_FIELD_BYTES)));
}

function decodeFields(bytes: Uint8Array): readonly bigint[] {
  if (bytes.length !== FIELDS_BYTES) {
    const message = `openDelivery: expected fields of ${FIELDS_BYTES} bytes, got ${bytes.length}`;
    throw new DeliveryError("E_DELIVERY_FORM", message);
  }
  return Array.from({ length: REVEALED_FIELDS }, (_, k) =>
    bytesToBigint(bytes.subarray(k * REVEALED_FIELD_BYTES, (k + 1) * REVEALED_FIELD_BYTES)),
  );
}

async function sealPart(
  sealKey: string,
  part: Part,
  binding: DecisionBinding,
  content: Uint8Array,
  rng: Rng,
): Promise<string> {
  return bytesToHex(await seal(hexToBytes(sealKey), content, contextOf(part, binding), rng));
}

function openPart(keys: SealKeyPair, part: Part, delivery: VehicleDelivery): Promise<Uint8Array> {
  return open(keys.privateKey, hexToBytes(delivery[part]), contextOf(part, delivery));
}

function contextOf(part: Part, binding: DecisionBinding): SealContext {
  const info = new TextEncoder().encode(`ChargeVeil.Delivery.v2/${part}`);
  return { info, aad: bindingBytes(binding) };
}
