/** What the matcher puts into a matching: everything that was sent for the auction, and what the chain says of the senders. */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { MatchingInput } from "../../market/matching.ts";
import { orderSeed } from "../../chain/orderSeed.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import type { DayContext } from "./context.ts";
import type { OpenAuction } from "./slotAuction.ts";
import type { Actor } from "./actors.ts";

/** The offers as they stand now. The chain's clock must be at or past `terms.biddingEnds`. */
export async function roundInput(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<MatchingInput> {
  const { auctionId, round, roundKey, requests, offers } = auction;
  const { venue, contracts } = day.market;
  const { auctions } = contracts;
  return {
    venue,
    auctionId,
    round,
    seed: await orderSeed(day.market, auction.terms),
    roundKey,
    area: auction.area,
    requests: await submissions(matcher, auction, requests, (account) =>
      auctions.requestOf(auctionId, account),
    ),
    offers: await submissions(matcher, auction, offers, (account) =>
      auctions.bidOf(auctionId, account),
    ),
    onProgress: (done, total) => {
      day.progress.update(
        `slot ${auction.slot.index} round ${auction.round} matching`,
        done,
        total,
      );
    },
    signal: day.signal,
  };
}

/** What was sent to the proxy, opened by it, and what the chain says of its sender. */
function submissions(
  proxy: Actor,
  auction: OpenAuction,
  sent: readonly { readonly actor: Actor; readonly box: string }[],
  commitmentOf: (account: Address) => Promise<Bytes32>,
): Promise<readonly Submission[]> {
  return Promise.all(
    sent.map(async ({ actor, box }) => ({
      signed: await opened(proxy, auction, box),
      participantId: actor.participantId,
      commitment: await commitmentOf(actor.wallet.address),
    })),
  );
}

async function opened(
  { sealKeys }: Actor,
  { auctionId, roundKey, opened: before }: OpenAuction,
  box: string,
): Promise<SignedUpload> {
  const known = before.get(box);
  if (known !== undefined) return known;
  const signed = await openUpload(sealKeys, auctionId, roundKey, box);
  before.set(box, signed);
  return signed;
}
