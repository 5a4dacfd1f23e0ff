/**
 * A pile bids: it encrypts an offer at a price and commits to it in the round that runs; its first
 * bid locks the bond.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { atNoExtraCost, offersOf } from "../../core/messages/features.ts";
import { sealUpload } from "../../core/messages/sealedUpload.ts";
import { signUpload, type Whereabouts } from "../../core/messages/upload.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { Ask, OfferDesk } from "../../parties/pile/offerDesk.ts";
import { prepareBid, type PreparedBid } from "../../parties/pile/trading.ts";
import { send, type Market } from "../../chain/market.ts";
import { ownerHeader } from "./ownerHeader.ts";
import { ensureFree } from "../money.ts";

/** An offer that is ready to be committed to. */
export interface PreparedOffer {
  readonly bid: PreparedBid;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

/**
 * Encrypts, proves and signs an offer of everything that the site has. The chain is told nothing
 * yet.
 */
export async function prepareOffer(
  { venue }: Market,
  desk: OfferDesk,
  { auctionId, roundKey }: AnnouncedAuction,
  { round, pricePerKwh }: Ask,
  whereabouts: Whereabouts,
): Promise<PreparedOffer> {
  const { wallet, site, encryptProven, rng } = desk;
  const header = await ownerHeader(desk, auctionId, whereabouts);
  const { position, siteSalt, powerW } = site;
  const clear = {
    position,
    siteSalt,
    pricePerKwh,
    powerW,
    featureAsks: atNoExtraCost(offersOf(powerW)),
    salt: bytesToHex(rng.bytes(32)),
  };
  const bid = await prepareBid(venue, header, roundKey, clear, encryptProven, round);
  const signed = await signUpload(venue, bid.upload, wallet);
  return { bid, box: await sealUpload(roundKey, signed, rng) };
}

/**
 * Commits to an offer. The salt is kept before the chain is told: a commitment that nobody can open
 * is a bond lost. A later bid takes the place of the one before, under the same bond.
 * @throws RefusedError with the contract's reason
 */
export async function commitOffer(
  market: Market,
  desk: OfferDesk,
  { auctionId, terms }: AnnouncedAuction,
  { bid, box }: PreparedOffer,
): Promise<void> {
  const { wallet, store, sendUpload } = desk;
  const { auctions } = market.contracts;
  const { offer, round, commitment } = bid;
  const account = await wallet.getAddress();
  const standing = await auctions.bidOf(auctionId, account);
  if (BigInt(standing) === 0n) await ensureFree(market, desk, terms.bidBond);
  await store.keepBid(auctionId, { offer, round, commitment });
  await sendUpload({ auctionId, kind: "offer", account, commitment, box });
  await send(market, auctions.connect(wallet).bid(auctionId, commitment));
}
