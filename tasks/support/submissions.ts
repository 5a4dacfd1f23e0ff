/** The uploads that a matcher finds in the state folder, and what the chain says of their senders. */
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { openUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { isCodedError } from "../../offchain/core/primitives/codedError.ts";
import type { Submission } from "../../offchain/parties/proxy/admission.ts";
import type { KnownAuction } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { boxSchema } from "../stores/state.ts";

export interface Submissions {
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Files that hold no upload for this proxy and round key: nobody else has to suffer from them. */
  readonly refused: readonly UnreadFile[];
}

export interface UnreadFile {
  readonly file: string;
  readonly reason: string;
}

/** The proxy opens everything that was sent for an auction. Files that were replaced later are passed over. */
export async function readSubmissions(
  connected: Connected,
  proxy: Player,
  auction: KnownAuction,
): Promise<Submissions> {
  const { auctions } = connected.market.contracts;
  const { auctionId, path } = auction;
  const refused: UnreadFile[] = [];
  const requests = await readFolder(
    connected,
    proxy,
    auction,
    `${path}/requests`,
    refused,
    (account) => auctions.requestOf(auctionId, account),
  );
  const offers = await readFolder(connected, proxy, auction, `${path}/offers`, refused, (account) =>
    auctions.bidOf(auctionId, account),
  );
  return { requests, offers, refused };
}

async function readFolder(
  { market, state }: Connected,
  { sealKeys }: Player,
  { auctionId, roundKey }: KnownAuction,
  folder: string,
  refused: UnreadFile[],
  commitmentOf: (account: string) => Promise<Bytes32>,
): Promise<readonly Submission[]> {
  const submissions: Submission[] = [];
  for (const file of await state.list(folder)) {
    try {
      const { box } = await state.read(`${folder}/${file}`, boxSchema);
      const signed = await openUpload(sealKeys, auctionId, roundKey, box);
      const { account } = signed.upload;
      const commitment = await commitmentOf(account);
      if (file !== `${commitment}.json`) continue;
      const { participantId } = await market.contracts.identities.participantOf(account);
      submissions.push({ signed, participantId, commitment });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      refused.push({ file, reason: error.message });
    }
  }
  return submissions;
}
