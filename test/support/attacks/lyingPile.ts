/** A pile whose record differs from what it commits to, or from where it is. */
import { id } from "ethers";
import type { AnnouncedAuction } from "../../../offchain/core/messages/announcedAuction.ts";
import {
  bidCommitment,
  FIRST_ROUND,
  offerHash,
  type Offer,
} from "../../../offchain/core/messages/market.ts";
import { offerLayout } from "../../../offchain/core/messages/packedRecord.ts";
import { offerFields, type ClearOffer } from "../../../offchain/core/messages/records.ts";
import { sealUpload } from "../../../offchain/core/messages/sealedUpload.ts";
import { ANYWHERE, signUpload, uploadHash } from "../../../offchain/core/messages/upload.ts";
import { commitOffer } from "../../../offchain/market/auction/bidding.ts";
import { ownerHeader } from "../../../offchain/market/auction/ownerHeader.ts";
import type { KeptBid } from "../../../offchain/parties/pile/bids.ts";
import type { OfferDesk } from "../../../offchain/parties/pile/offerDesk.ts";
import type { Town } from "../market/auctionTown.ts";

/** In what its record differs from an honest one, and its commitment from its record. */
export interface Lie {
  readonly record: Partial<ClearOffer>;
  readonly committed: Partial<Offer>;
}

/** Uploads and commits to an offer at 0.40 tokens a kWh at its own site, but for the lie. */
export async function lies(
  { world: { market } }: Town,
  desk: OfferDesk,
  auction: AnnouncedAuction,
  lie: Lie,
): Promise<KeptBid> {
  const { auctionId, roundKey } = auction;
  const { venue } = market;
  const place = { round: FIRST_ROUND, kind: "offer" } as const;
  const header = { ...(await ownerHeader(desk, auctionId, ANYWHERE)), ...place };
  const record: ClearOffer = {
    ...desk.site,
    pricePerKwh: 400_000n,
    featureAsks: [0n, 0n],
    salt: id("the liar's salt"),
    ...lie.record,
  };
  const upload = await desk.encryptProven(header, roundKey, offerLayout(2), offerFields(record));
  const offer: Offer = {
    pricePerKwh: record.pricePerKwh,
    powerW: BigInt(record.powerW),
    salt: record.salt,
    ...lie.committed,
  };
  const parts = { offerHash: offerHash(offer), uploadHash: uploadHash(upload) };
  const commitment = bidCommitment(venue, auctionId, header.account, parts);
  const kept = { offer, uploadHash: parts.uploadHash, round: FIRST_ROUND, commitment };
  const signed = await signUpload(venue, upload, desk.wallet);
  const bid = { upload, ...kept };
  await commitOffer(market, desk, auction, {
    bid,
    box: await sealUpload(roundKey, signed, desk.rng),
  });
  return kept;
}
