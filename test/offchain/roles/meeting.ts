/** One vehicle and one pile that meet, with the parts of every role in the hands of the test. */
import type { DecisionNote, Delivery } from "../../../offchain/messages/delivery.ts";
import {
  bidCommitment,
  decisionOf,
  siteCommitment,
  type Bytes32,
} from "../../../offchain/messages/market.ts";
import { asOffer, asRequest } from "../../../offchain/messages/requestAndOffer.ts";
import type { ClearOffer } from "../../../offchain/messages/records.ts";
import { encryptUpload, uploadHash, type Upload } from "../../../offchain/messages/upload.ts";
import { bytesToHex } from "../../../offchain/primitives/bytes.ts";
import { negate, type Ciphertext } from "../../../offchain/primitives/paillier/publicKey.ts";
import { cloudOf } from "../../../offchain/roles/cloud.ts";
import { prepareBid, type PreparedBid } from "../../../offchain/roles/pile.ts";
import { blind, handMasks } from "../../../offchain/roles/proxy.ts";
import { encryptRequest, type CertifiedPile } from "../../../offchain/roles/vehicle.ts";
import {
  AUCTION_ID,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  headerOf,
  person,
  roundKey,
  VENUE,
} from "../market.ts";
import type { Person } from "../market.ts";
import { counterRng } from "../primitives/support.ts";

export const KEY = roundKey();
const FEATURES = 2;

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

/** Everybody honest; `CLEAR_REQUEST` meets `CLEAR_OFFER`. */
export async function meeting(): Promise<Meeting> {
  const rng = counterRng("meeting");
  const [vehicle, pile] = [await person("vehicle"), await person("pile")];
  const bid = prepareBid(VENUE, headerOf(pile), KEY.publicKey, CLEAR_OFFER, rng);
  return {
    vehicle,
    pile,
    bid,
    request: encryptRequest(headerOf(vehicle), KEY.publicKey, CLEAR_REQUEST, rng),
    certified: certifiedAt(pile, CLEAR_OFFER),
    note: {
      auctionId: AUCTION_ID,
      evId: vehicle.participantId,
      cpId: pile.participantId,
      bidCommitment: bid.commitment,
      encryptedOfferHash: bid.offer.encryptedOfferHash,
      r: bytesToHex(rng.bytes(32)),
    },
  };
}

/** The certificate of a pile at the site of an offer. */
export function certifiedAt(pile: Person, { position, siteSalt }: ClearOffer): CertifiedPile {
  const [xM, yM] = [BigInt(position.xM), BigInt(position.yM)];
  return {
    account: pile.wallet.address,
    siteCommitment: siteCommitment(pile.participantId, xM, yM, siteSalt),
  };
}

/** A bid of `committed`, with an upload of other numbers. */
export function bidWithUpload(
  { pile, bid }: Meeting,
  values: readonly bigint[],
  committed: Partial<PreparedBid["offer"]> = {},
): Pick<Meeting, "bid"> {
  const upload = encryptUpload(headerOf(pile), KEY.publicKey, values, counterRng("false upload"));
  const offer = { ...bid.offer, encryptedOfferHash: uploadHash(upload), ...committed };
  const commitment = bidCommitment(VENUE, AUCTION_ID, pile.wallet.address, offer);
  return { bid: { upload, offer, commitment } };
}

/** The note that an honest proxy makes of a bid. */
export function noteOf({ note }: Meeting, { commitment, upload }: PreparedBid): DecisionNote {
  return { ...note, bidCommitment: commitment, encryptedOfferHash: uploadHash(upload) };
}

/** What proxy and cloud hand to the vehicle, bound to the decision that the note opens. */
export function toVehicle(
  { vehicle }: Meeting,
  bid: PreparedBid,
  note: DecisionNote,
): Promise<Delivery> {
  const { negX, negY, negPrice, opening } = asOffer(bid.upload, FEATURES);
  return deliver(vehicle, [...[negX, negY, negPrice].map(negate), opening], note);
}

/** What proxy and cloud hand to the pile. */
export function toPile({ pile }: Meeting, request: Upload, note: DecisionNote): Promise<Delivery> {
  const { x, y } = asRequest(request, FEATURES);
  return deliver(pile, [x, y], note);
}

/** Any fields to anybody. */
export async function deliver(
  recipient: Person,
  fields: readonly Ciphertext[],
  note: DecisionNote,
): Promise<Delivery> {
  const rng = counterRng("delivery");
  const sealKey = bytesToHex(recipient.sealKeys.publicKey);
  const binding = { auctionId: note.auctionId, decision: decisionFor(note) };
  const { blinded, masks } = blind(fields, rng);
  return {
    ...binding,
    blinded: await cloudOf(KEY, rng).reveal(sealKey, binding, blinded),
    masks: await handMasks(sealKey, binding.decision, note, masks, rng),
  };
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
