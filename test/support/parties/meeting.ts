/** One vehicle and one pile that meet, with the parts of both servers in the hands of the test. */
import type {
  DecisionBinding,
  DecisionNote,
} from "../../../offchain/core/messages/decisionNote.ts";
import type { VehicleDelivery } from "../../../offchain/core/messages/delivery.ts";
import type { PileNotice } from "../../../offchain/core/messages/pileNotice.ts";
import {
  bidCommitment,
  decisionOf,
  offerHash,
  type Bytes32,
} from "../../../offchain/core/messages/market.ts";
import {
  REVEALED_FIELD_BYTES,
  revealedOfOffer,
} from "../../../offchain/core/messages/packedRecord.ts";
import { offerFields, type ClearOffer } from "../../../offchain/core/messages/records.ts";
import type { Upload } from "../../../offchain/core/messages/upload.ts";
import { bigintToBytes, bytesToHex, concatBytes } from "../../../offchain/core/primitives/bytes.ts";
import { randomBits } from "../../../offchain/core/primitives/random.ts";
import type { PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { CertifiedPile } from "../../../offchain/parties/vehicle/trading.ts";
import {
  AUCTION_ID,
  bidOf,
  certifiedAt,
  CLEAR_OFFER,
  person,
  requestOf,
  sealKeyOf,
  VENUE,
  type Person,
  type Sending,
} from "../matching/crowdRound.ts";
import { deliveryBox, noticeBox } from "../messages/boxes.ts";
import { counterRng } from "../primitives/draws.ts";

/** Longer than any revealed field, and as long as a mask can be. */
const MASK_BITS = 624;

export interface Meeting {
  readonly vehicle: Person;
  readonly pile: Person;
  readonly bid: PreparedBid;
  readonly request: Upload;
  /** What the chain says of the pile. */
  readonly certified: CertifiedPile;
  /** What an honest proxy notes. */
  readonly note: DecisionNote;
}

/**
 * Everybody honest; `CLEAR_REQUEST` meets `CLEAR_OFFER`. `label` tells the people of one meeting
 * from another's.
 */
export async function meeting(label = "", sending: Sending = {}): Promise<Meeting> {
  const [vehicle, pile] = [await person(`vehicle${label}`), await person(`pile${label}`)];
  const bid = await bidOf(pile, sending);
  return {
    vehicle,
    pile,
    bid,
    request: await requestOf(vehicle, sending),
    certified: certifiedAt(pile, CLEAR_OFFER),
    note: {
      auctionId: bid.upload.auctionId,
      evId: vehicle.participantId,
      cpId: pile.participantId,
      bidCommitment: bid.commitment,
      uploadHash: bid.uploadHash,
      r: bytesToHex(counterRng(bid.commitment).bytes(32)),
    },
  };
}

/** The commitment of the pile to something else than it uploaded. */
export function commitmentTo(
  { pile, bid }: Meeting,
  committed: Partial<PreparedBid["offer"]>,
): Bytes32 {
  const parts = {
    offerHash: offerHash({ ...bid.offer, ...committed }),
    uploadHash: bid.uploadHash,
  };
  return bidCommitment(VENUE, AUCTION_ID, pile.wallet.address, parts);
}

/** What proxy and cloud hand to the vehicle if this is the offer. */
export function toVehicle(
  { vehicle }: Meeting,
  note: DecisionNote,
  offer: ClearOffer = CLEAR_OFFER,
): Promise<VehicleDelivery> {
  return deliver(vehicle, revealedOfOffer(offerFields(offer)), note);
}

/** What the proxy hands to the pile. */
export function toPile({ pile }: Meeting, note: DecisionNote): Promise<PileNotice> {
  return sealNote(pile, bindingOf(note), note);
}

/** Any values to anybody, bound to the decision that the note opens. */
export function deliver(
  recipient: Person,
  values: readonly bigint[],
  note: DecisionNote,
): Promise<VehicleDelivery> {
  return sealParts(recipient, bindingOf(note), partsOf(values, note));
}

/**
 * What is in the two boxes of a delivery, fields as 0x-prefixed hexadecimal, one after the other.
 */
export interface Parts {
  readonly note: NoteFields;
  readonly masks: string;
  readonly blinded: string;
}

/** The words of a note in their order, whatever they are. */
export type NoteFields = Readonly<Record<keyof DecisionNote, string>>;

export function partsOf(values: readonly bigint[], note: DecisionNote): Parts {
  const rng = counterRng(`masks/${note.r}`);
  const masks = values.map(() => randomBits(rng, MASK_BITS) | (1n << BigInt(MASK_BITS)));
  const blinded = values.map((value, k) => value + (masks[k] ?? 0n));
  return { note, masks: fieldsText(masks), blinded: fieldsText(blinded) };
}

/** Fields as they are sealed. */
function fieldsText(values: readonly bigint[]): string {
  return bytesToHex(
    concatBytes(...values.map((value) => bigintToBytes(value, REVEALED_FIELD_BYTES))),
  );
}

/** Seals the parts, whatever they are. */
export async function sealParts(
  recipient: Person,
  binding: DecisionBinding,
  { note, masks, blinded }: Parts,
): Promise<VehicleDelivery> {
  const sealed = (part: "blinded" | "masks", content: string): Promise<string> =>
    deliveryBox(sealKeyOf(recipient), part, binding, content);
  return {
    ...binding,
    blinded: await sealed("blinded", blinded),
    masks: await sealed("masks", `${noteText(note)}${masks.slice(2)}`),
  };
}

/** Seals a note as the proxy does to a pile, whatever it is. */
export async function sealNote(
  recipient: Person,
  binding: DecisionBinding,
  note: NoteFields,
): Promise<PileNotice> {
  return { ...binding, box: await noticeBox(sealKeyOf(recipient), binding, noteText(note)) };
}

function noteText(note: NoteFields): string {
  const { auctionId, evId, cpId, bidCommitment: bid, uploadHash, r } = note;
  const words = [auctionId, evId, cpId, bid, uploadHash, r];
  return `0x${words.map((word) => word.slice(2)).join("")}`;
}

export function bindingOf(note: DecisionNote): DecisionBinding {
  return { auctionId: note.auctionId, decision: decisionFor(note) };
}

export function decisionFor({
  auctionId,
  evId,
  cpId,
  bidCommitment: bid,
  r,
}: DecisionNote): Bytes32 {
  return decisionOf(auctionId, evId, cpId, bid, r);
}
