/**
 * The cloud as the matcher of an auction reaches it outside of rounds: it signs that it serves the
 * auction, and who was not selected.
 */
import type { RoundReader } from "../chain/committed.ts";
import type { AnnouncedAuction } from "../core/messages/announcedAuction.ts";
import type { Address, Venue } from "../core/messages/market.ts";
import type { NotSelected } from "../core/messages/outcome.ts";
import type { CloudDesk } from "../parties/cloud/desk.ts";
import { roundOnChain } from "../parties/cloud/look.ts";
import { servedAuction, serveAuction, signNotSelected } from "../parties/cloud/serving.ts";
import type { CloudLook } from "./matching.ts";

export interface SecondServer {
  readonly account: Address;
  /** Its `ServeAuction`. @throws ServingError, CloudKeyError for an auction that is not for it */
  readonly serve: (matcher: Address, auction: AnnouncedAuction) => Promise<string>;
  /** Its `NotSelected`. @throws ServingError for an auction or accounts that are not so */
  readonly notSelected: (content: NotSelected) => Promise<string>;
}

/** A cloud in this process. */
export async function secondServerHere(
  desk: Pick<CloudDesk, "account" | "store">,
  venue: Venue,
): Promise<SecondServer> {
  return {
    account: await desk.account.getAddress(),
    serve: (matcher, auction) => serveAuction(desk, venue, matcher, auction),
    notSelected: (content) => signNotSelected(desk, venue, content),
  };
}

/** Looks at the chain as the cloud does: at auctions that it has agreed to serve. */
export function lookingAt(reader: RoundReader): (store: CloudDesk["store"]) => CloudLook {
  return (store) =>
    async ({ auctionId }) =>
      roundOnChain(reader, await servedAuction({ store }, auctionId));
}
