/**
 * A pile's part in a slot's auction: it encrypts an offer at a price, for the round that it names.
 */
import { prepareOffer } from "../../market/auction/bidding.ts";
import type { Ask, OfferDesk } from "../../parties/pile/offerDesk.ts";
import { memoryBids } from "../../parties/pile/bids.ts";
import type { DayContext } from "./context.ts";
import type { PileActor } from "./actors.ts";
import type { Header, SubmittedOffer } from "./slotAuction.ts";

/** A pile's desk for one auction. */
export function offerDesk(day: DayContext, { desk }: Header, actor: PileActor): OfferDesk {
  const { wallet, faucet, sealKeys, siteSalt, pile } = actor;
  const { position, powerW } = pile;
  return {
    wallet,
    sealKeys,
    site: { position, siteSalt, powerW },
    store: memoryBids(),
    encryptProven: day.work.encryptProven,
    sendUpload: desk.store.leave,
    faucet,
    rng: day.rng,
  };
}

/** Encrypts and proves what the pile asks, ready to be committed to. */
export async function offerAt(
  { market }: DayContext,
  auction: Header,
  { actor, desk }: Pick<SubmittedOffer, "actor" | "desk">,
  ask: Ask,
): Promise<SubmittedOffer> {
  const prepared = await prepareOffer(market, desk, auction, ask, actor.whereabouts);
  return { actor, desk, ...prepared };
}
