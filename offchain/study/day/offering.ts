/** A pile's part in an auction: it encrypts an offer at a price, and commits to it in the round that runs. */
import type { AuctionTerms, Bytes32 } from "../../core/messages/market.ts";
import type { ClearOffer } from "../../core/messages/records.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { sealUpload } from "../../core/messages/sealedUpload.ts";
import { signUpload, type UploadHeader } from "../../core/messages/upload.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { send } from "../../chain/market.ts";
import { prepareBid, type PreparedBid } from "../../parties/pile/trading.ts";
import type { DayContext } from "./context.ts";
import type { Whereabouts } from "../../core/messages/upload.ts";
import type { Actor, PileActor } from "./actors.ts";

/** What everybody knows of an auction. */
export interface PublicAuction {
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly roundKey: RoundKey;
}

export interface SubmittedOffer {
  readonly actor: PileActor;
  readonly bid: PreparedBid;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

/** What a pile asks in a round. */
export interface Ask {
  readonly round: bigint;
  /** Token units per kWh. */
  readonly pricePerKwh: bigint;
}

/** Encrypts and proves the pile's offer, ready to be committed to. */
export async function prepareOffer(
  day: DayContext,
  auction: PublicAuction,
  actor: PileActor,
  { round, pricePerKwh }: Ask,
): Promise<SubmittedOffer> {
  const { venue } = day.market;
  const { roundKey } = auction;
  const header = uploadHeader(auction, actor, actor.whereabouts);
  const clear = clearOffer(day, actor, pricePerKwh);
  const bid = await prepareBid(venue, header, roundKey, clear, day.work.encryptProven, round);
  const signed = await signUpload(venue, bid.upload, actor.wallet);
  return { actor, bid, box: await sealUpload(roundKey, signed, day.rng) };
}

/** The first bid of a pile in an auction locks its bond, which has to be there. */
export async function commitOffer(
  day: DayContext,
  { auctionId }: PublicAuction,
  { actor, bid }: SubmittedOffer,
): Promise<void> {
  const { auctions } = day.market.contracts;
  await send(day.market, auctions.connect(actor.wallet).bid(auctionId, bid.commitment));
}

/** What an owner says of itself before its fields are encrypted. */
export function uploadHeader(
  { auctionId }: PublicAuction,
  { wallet, sealKeys }: Actor,
  { setId, cells }: Whereabouts,
): UploadHeader {
  const sealKey = bytesToHex(sealKeys.publicKey);
  return { auctionId, account: wallet.address, sealKey, setId, cells };
}

/** Features cost nothing extra here: the price per kWh of the committed bid is all that a vehicle pays. */
function clearOffer(
  day: DayContext,
  { pile, siteSalt }: PileActor,
  pricePerKwh: bigint,
): ClearOffer {
  return {
    position: pile.position,
    siteSalt,
    pricePerKwh,
    powerW: pile.powerW,
    featureAsks: pile.offers.map((offered) => (offered ? 0n : null)),
    salt: bytesToHex(day.rng.bytes(32)),
  };
}
