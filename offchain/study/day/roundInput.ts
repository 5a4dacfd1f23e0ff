/** What the matcher puts into a matching: everything that was sent for the auction, and what the chain says of the senders. */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { RoundInput } from "../../market/matching.ts";
import { orderSeed } from "../../chain/orderSeed.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import { rememberingChecks } from "../../market/workers/rememberedChecks.ts";
import type { HeavyWork } from "../../market/workers/heavyWork.ts";
import type { DayContext } from "./context.ts";
import type { OpenAuction, ProxyDesk } from "./slotAuction.ts";
import type { Actor } from "./actors.ts";

/** An empty desk, for one auction. */
export function proxyDesk(work: HeavyWork): ProxyDesk {
  return { opened: new Map(), work: rememberingChecks(work) };
}

/** The offers as they stand now. The chain's clock must be at or past `terms.biddingEnds`. */
export async function roundInput(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<RoundInput> {
  const { auctionId, roundKey, privateKey, requests, offers, desk } = auction;
  const { venue, contracts } = day.market;
  const { auctions } = contracts;
  return {
    venue,
    auctionId,
    seed: await orderSeed(day.market, auction.terms),
    roundKey,
    area: auction.area,
    privateKey,
    requests: await submissions(matcher, auction, requests, (account) =>
      auctions.requestOf(auctionId, account),
    ),
    offers: await submissions(matcher, auction, offers, (account) =>
      auctions.bidOf(auctionId, account),
    ),
    work: desk.work,
    rng: day.rng,
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
  { auctionId, roundKey, desk }: OpenAuction,
  box: string,
): Promise<SignedUpload> {
  const before = desk.opened.get(box);
  if (before !== undefined) return before;
  const signed = await openUpload(sealKeys, auctionId, roundKey, box);
  desk.opened.set(box, signed);
  return signed;
}
