/** One vehicle and one pile that meet, with the parts of both servers in the hands of the test. */
import type { DecisionNote, Delivery } from "../../../offchain/core/messages/delivery.ts";
import { bidCommitment, decisionOf, type Bytes32 } from "../../../offchain/core/messages/market.ts";
import {
  revealedOfOffer,
  revealedOfRequest,
} from "../../../offchain/core/messages/packedRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearOffer,
  type ClearRequest,
} from "../../../offchain/core/messages/records.ts";
import type { Upload } from "../../../offchain/core/messages/upload.ts";
import { bytesToHex } from "../../../offchain/core/primitives/bytes.ts";
import { randomBits } from "../../../offchain/core/primitives/random.ts";
import type { PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { CertifiedPile } from "../../../offchain/parties/vehicle/trading.ts";
import {
  AUCTION_ID,
  bidOf,
  certifiedAt,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  person,
  requestOf,
  sealKeyOf,
  VENUE,
  type Person,
  type Sending,
} from "../matching/crowdRound.ts";
import { deliveryBox } from "../messages/boxes.ts";
import { counterRng } from "../primitives/draws.ts";

/** Longer than any revealed field, by far. */
const MASK_BITS = 640;

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
      encryptedOfferHash: bid.offer.encryptedOfferHash,
      r: bytesToHex(counterRng(bid.commitment).bytes(32)),
    },
  };
}

/** The commitment of the pile to something else than it uploaded. */
export function commitmentTo(
  { pile, bid }: Meeting,
  committed: Partial<PreparedBid["offer"]>,
): Bytes32 {
  return bidCommitment(VENUE, AUCTION_ID, pile.wallet.address, { ...bid.offer, ...committed });
}

/** What proxy and cloud hand to the vehicle if this is the offer. */
export function toVehicle(
  { vehicle }: Meeting,
  note: DecisionNote,
  offer: ClearOffer = CLEAR_OFFER,
): Promise<Delivery> {
  return deliver(vehicle, revealedOfOffer(offerFields(offer)), note);
}

/** What proxy and cloud hand to the pile if this is the request. */
export function toPile(
  { pile }: Meeting,
  note: DecisionNote,
  request: ClearRequest = CLEAR_REQUEST,
): Promise<Delivery> {
  return deliver(pile, revealedOfRequest(requestFields(request)), note);
}

/** Any values to anybody, bound to the decision that the note opens. */
export function deliver(
  recipient: Person,
  values: readonly bigint[],
  note: DecisionNote,
): Promise<Delivery> {
  return sealParts(recipient, bindingOf(note), partsOf(values, note));
}

/** What is in the two boxes of a delivery, numbers as text. */
export interface Parts {
  readonly note: DecisionNote;
  readonly masks: readonly string[];
  readonly blinded: readonly string[];
}

export function partsOf(values: readonly bigint[], note: DecisionNote): Parts {
  const rng = counterRng(`masks/${note.r}`);
  const masks = values.map(() => randomBits(rng, MASK_BITS) | (1n << BigInt(MASK_BITS)));
  const blinded = values.map((value, k) => value + (masks[k] ?? 0n));
  return { note, masks: masks.map(String), blinded: blinded.map(String) };
}

/** Seals the parts, whatever they are. */
export async function sealParts(
  recipient: Person,
  binding: Pick<Delivery, "auctionId" | "decision">,
  { note, masks, blinded }: Parts,
): Promise<Delivery> {
  const sealed = (part: "blinded" | "masks", content: unknown): Promise<string> =>
    deliveryBox(sealKeyOf(recipient), part, binding, JSON.stringify(content));
  return {
    ...binding,
    blinded: await sealed("blinded", blinded),
    masks: await sealed("masks", { note, masks }),
  };
}

export function bindingOf(note: DecisionNote): Pick<Delivery, "auctionId" | "decision"> {
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
