/**
 * What the cloud signs outside of rounds: that it serves an auction, and who was not selected in
 * one. It signs nothing that it has not looked at.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { areaHash } from "../../core/messages/area.ts";
import { auctionIdOf, type Address, type Bytes32, type Venue } from "../../core/messages/market.ts";
import { signAsServer, type NotSelected } from "../../core/messages/outcome.ts";
import { roundKeyHash } from "../../core/messages/roundKey.ts";
import { privateKeyFor, type CloudDesk } from "./desk.ts";

type ServingErrorCode =
  "E_SERVE_TERMS" | "E_SERVE_UNDECIDED" | "E_SERVE_MATCHED" | "E_SERVE_UNKNOWN";

/** The cloud is asked for a signature that it does not give. */
export class ServingError extends Error {
  override readonly name = "ServingError";
  readonly code: ServingErrorCode;

  constructor(code: ServingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * `ServeAuction`: the terms name this cloud, and a round key whose secret half it holds. It keeps
 * the auction: from now on it knows by itself what the auction is.
 * @throws ServingError E_SERVE_TERMS; CloudKeyError
 */
export async function serveAuction(
  desk: Pick<CloudDesk, "account" | "store">,
  venue: Venue,
  matcher: Address,
  auction: AnnouncedAuction,
): Promise<string> {
  const { auctionId, terms, area, roundKey } = auction;
  const account = await desk.account.getAddress();
  const facts: readonly (readonly [string, string, string])[] = [
    ["second server", terms.secondServer, account],
    ["round key", terms.roundKeyHash, roundKeyHash(roundKey)],
    ["area", terms.areaHash, areaHash(area)],
    ["id", auctionId, auctionIdOf(venue, matcher, terms)],
  ];
  for (const [what, named, known] of facts) {
    if (named === known) continue;
    const message = `serve: expected an auction with ${what} ${known}, got ${named}`;
    throw new ServingError("E_SERVE_TERMS", message);
  }
  await privateKeyFor(desk, roundKey);
  await desk.store.keepServed(auction);
  return signAsServer(desk.account, venue, "serve", { auctionId });
}

/** An auction that this cloud serves. @throws ServingError E_SERVE_UNKNOWN */
export async function servedAuction(
  { store }: Pick<CloudDesk, "store">,
  auctionId: Bytes32,
): Promise<AnnouncedAuction> {
  const auction = await store.served(auctionId);
  if (auction !== null) return auction;
  const message = `serve: expected an auction that this server serves, got ${auctionId}`;
  throw new ServingError("E_SERVE_UNKNOWN", `${message}: its matcher has to ask first`);
}

/**
 * `NotSelected`, of accounts that are in none of the decisions that this cloud has signed.
 * @throws ServingError E_SERVE_UNDECIDED before there are any, E_SERVE_MATCHED for an account in
 *   one
 */
export async function signNotSelected(
  { account, store }: Pick<CloudDesk, "account" | "store">,
  venue: Venue,
  content: NotSelected,
): Promise<string> {
  const { auctionId, vehicles, piles } = content;
  const matched = await store.matchedIn(auctionId);
  if (matched === null) {
    const message = `serve: expected an auction that is decided, got ${auctionId}`;
    throw new ServingError("E_SERVE_UNDECIDED", `${message}: match it first`);
  }
  const selected = [...vehicles, ...piles].find((one) => matched.includes(one));
  if (selected === undefined) return signAsServer(account, venue, "notSelected", content);
  const message = `serve: expected accounts that were not selected, got ${selected}, which was`;
  throw new ServingError("E_SERVE_MATCHED", message);
}
