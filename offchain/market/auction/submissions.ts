/**
 * What the proxy finds of an auction: the uploads that were sent to it, and what the chain says of
 * their senders.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { isBadUpload, uploadName, type SentKind } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { Market } from "../../chain/market.ts";

export interface Submissions {
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** What holds no upload for this proxy and round key: nobody else has to suffer from it. */
  readonly unread: readonly UnreadUpload[];
}

export interface UnreadUpload {
  readonly kind: SentKind;
  /** That it was left under. */
  readonly name: string;
  /** Begins with `E_`. */
  readonly code: string;
  readonly reason: string;
}

/**
 * The proxy opens everything that was sent for an auction. Who takes part as whom, and with which
 * commitment, is for the chain to say. What does not open is left out and named; what was replaced
 * later is passed over.
 * @throws whatever is no fault of a sender, as a proxy that has ended: nobody is left out for it
 */
export async function gatherSubmissions(
  market: Market,
  desk: MatcherDesk,
  auction: AnnouncedAuction,
): Promise<Submissions> {
  const { auctions } = market.contracts;
  const { auctionId } = auction;
  const requests = await gather(market, desk, auction, "request", (account) =>
    auctions.requestOf(auctionId, account),
  );
  const offers = await gather(market, desk, auction, "offer", (account) =>
    auctions.bidOf(auctionId, account),
  );
  return {
    requests: requests.submissions,
    offers: offers.submissions,
    unread: [...requests.unread, ...offers.unread],
  };
}

type Found = Submission | UnreadUpload | null;

async function gather(
  market: Market,
  desk: MatcherDesk,
  auction: AnnouncedAuction,
  kind: SentKind,
  commitmentOf: (account: string) => Promise<Bytes32>,
): Promise<{
  readonly submissions: readonly Submission[];
  readonly unread: readonly UnreadUpload[];
}> {
  const names = await desk.store.left(auction.auctionId, kind);
  const found = await Promise.all(
    names.map((name) => readOne(market, desk, auction, { kind, name }, commitmentOf)),
  );
  return {
    submissions: found.flatMap((one) => (one !== null && "signed" in one ? [one] : [])),
    unread: found.flatMap((one) => (one !== null && "reason" in one ? [one] : [])),
  };
}

type UploadName = Pick<UnreadUpload, "kind" | "name">;

/** Null for an upload that another one has taken the place of. */
async function readOne(
  { contracts }: Market,
  desk: MatcherDesk,
  auction: AnnouncedAuction,
  named: UploadName,
  commitmentOf: (account: string) => Promise<Bytes32>,
): Promise<Found> {
  const signed = await opened(desk, auction, named);
  if ("reason" in signed) return signed;
  const { account } = signed.upload;
  const commitment = await commitmentOf(account);
  if (named.name !== uploadName({ account, commitment })) return null;
  const { participantId } = await contracts.identities.participantOf(account);
  return { signed, participantId, commitment };
}

async function opened(
  { store, openBox }: MatcherDesk,
  auction: AnnouncedAuction,
  named: UploadName,
): Promise<SignedUpload | UnreadUpload> {
  try {
    const box = await store.box(auction.auctionId, named.kind, named.name);
    return await openBox(auction, box);
  } catch (error) {
    if (!isBadUpload(error)) throw error;
    return { ...named, code: error.code, reason: error.message };
  }
}
