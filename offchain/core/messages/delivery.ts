/**
 * What a matched party receives: the masked fields of its counterpart from the cloud, the masks and
 * the opening of the decision from the proxy, each sealed to the party's key. Either alone is
 * random; the difference is the field. The round's secret key never leaves the cloud.
 */
import { z } from "zod";
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import { bytes32Form, decimalForm, hexForm } from "./forms.ts";
import { decisionOf, type Address, type Bytes32 } from "./market.ts";

/** Everything but the offer's price, power and salt: those travel blinded. */
export interface DecisionNote {
  readonly auctionId: Bytes32;
  readonly evId: Bytes32;
  readonly cpId: Bytes32;
  readonly bidCommitment: Bytes32;
  readonly encryptedOfferHash: Bytes32;
  readonly r: Bytes32;
}

/** The part that the proxy seals. */
export interface Masks {
  readonly note: DecisionNote;
  readonly masks: readonly bigint[];
}

/** Two sealed boxes, 0x-prefixed hexadecimal, and what they are bound to. */
export interface Delivery {
  readonly auctionId: Bytes32;
  readonly decision: Bytes32;
  readonly blinded: string;
  readonly masks: string;
}

/** A decision as the matcher publishes it, with what is sealed to its two parties. */
export interface DecidedMatch {
  readonly decision: Bytes32;
  readonly vehicle: Address;
  readonly pile: Address;
  readonly toVehicle: Delivery;
  readonly toPile: Delivery;
}

type DeliveryErrorCode = "E_DELIVERY_FORM" | "E_DECISION_MISMATCH";

export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly code: DeliveryErrorCode;

  constructor(code: DeliveryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

type Part = "blinded" | "masks";
type Binding = Pick<Delivery, "auctionId" | "decision">;

const deliveryForm = z.strictObject({
  auctionId: bytes32Form,
  decision: bytes32Form,
  blinded: hexForm,
  masks: hexForm,
});
const valuesForm = z.array(decimalForm).max(64);
const masksForm = z.strictObject({
  note: z.strictObject({
    auctionId: bytes32Form,
    evId: bytes32Form,
    cpId: bytes32Form,
    bidCommitment: bytes32Form,
    encryptedOfferHash: bytes32Form,
    r: bytes32Form,
  }),
  masks: valuesForm,
});

/** Seals the blinded fields to the recipient. Run by the cloud. */
export function sealBlinded(
  sealKey: string,
  binding: Binding,
  values: readonly bigint[],
  rng: Rng,
): Promise<string> {
  return sealPart(sealKey, "blinded", binding, values.map(String), rng);
}

/** Seals masks and decision note to the recipient. Run by the proxy. */
export function sealMasks(
  sealKey: string,
  binding: Binding,
  masks: Masks,
  rng: Rng,
): Promise<string> {
  return sealPart(sealKey, "masks", binding, { ...masks, masks: masks.masks.map(String) }, rng);
}

/**
 * Opens a delivery: the note and the fields. Run by the matched party, who checks their ranges.
 * @throws SealedBoxError if a box is not for this key, auction and decision; DeliveryError if
 *   delivery or content are malformed, or the note does not open the decision.
 */
export async function openDelivery(
  keys: SealKeyPair,
  delivery: Delivery,
): Promise<{ readonly note: DecisionNote; readonly values: readonly bigint[] }> {
  parse(deliveryForm, delivery);
  const blinded = parse(valuesForm, await openPart(keys, "blinded", delivery));
  const { note, masks } = parse(masksForm, await openPart(keys, "masks", delivery));
  if (blinded.length !== masks.length) {
    const counts = `expected ${blinded.length} masks, got ${masks.length}`;
    throw new DeliveryError("E_DELIVERY_FORM", `openDelivery: ${counts}`);
  }
  assertOpens(note, delivery);
  const values = blinded.map((value, k) => BigInt(value) - BigInt(masks[k] ?? 0));
  return { note, values };
}

function assertOpens(note: DecisionNote, delivery: Delivery): void {
  const opened = decisionOf(note.auctionId, note.evId, note.cpId, note.bidCommitment, note.r);
  if (opened === delivery.decision && note.auctionId === delivery.auctionId) return;
  const message = `openDelivery: expected an opening of ${delivery.decision}, got one of ${opened}`;
  throw new DeliveryError("E_DECISION_MISMATCH", message);
}

async function sealPart(
  sealKey: string,
  part: Part,
  binding: Binding,
  content: unknown,
  rng: Rng,
): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify(content));
  return bytesToHex(await seal(hexToBytes(sealKey), plaintext, contextOf(part, binding), rng));
}

async function openPart(keys: SealKeyPair, part: Part, delivery: Delivery): Promise<unknown> {
  const box = hexToBytes(delivery[part]);
  const plaintext = await open(keys.privateKey, box, contextOf(part, delivery));
  return fromJson(new TextDecoder().decode(plaintext));
}

/** What is no JSON is undefined, which no form accepts. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse<T>(schema: z.ZodType<T>, content: unknown): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new DeliveryError(
    "E_DELIVERY_FORM",
    "openDelivery: expected a delivery, got other content",
  );
}

function contextOf(part: Part, { auctionId, decision }: Binding): SealContext {
  const info = new TextEncoder().encode(`ChargeVeil.Delivery.v1/${part}`);
  return { info, aad: concatBytes(hexToBytes(auctionId), hexToBytes(decision)) };
}
