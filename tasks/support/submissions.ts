/** The uploads that a matcher finds in the state folder, and what the chain says of their senders. */
import type { Bytes32 } from "../../offchain/messages/market.ts";
import { uploadFromJson } from "../../offchain/messages/upload.ts";
import type { Submission } from "../../offchain/roles/proxy.ts";
import type { KnownAuction } from "./auctions.ts";
import type { Connected } from "./connection.ts";
import { StateError } from "./state.ts";

export interface Submissions {
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Files that hold no upload for this round key: nobody else has to suffer from them. */
  readonly refused: readonly UnreadFile[];
}

export interface UnreadFile {
  readonly file: string;
  readonly reason: string;
}

/** Reads everything that was sent for an auction. Files that were replaced later are passed over. */
export async function readSubmissions(
  connected: Connected,
  auction: KnownAuction,
): Promise<Submissions> {
  const { auctions } = connected.market.contracts;
  const { auctionId, path } = auction;
  const refused: UnreadFile[] = [];
  const requests = await readFolder(connected, auction, `${path}/requests`, refused, (account) =>
    auctions.requestOf(auctionId, account),
  );
  const offers = await readFolder(connected, auction, `${path}/offers`, refused, (account) =>
    auctions.bidOf(auctionId, account),
  );
  return { requests, offers, refused };
}

async function readFolder(
  { market, state }: Connected,
  auction: KnownAuction,
  folder: string,
  refused: UnreadFile[],
  commitmentOf: (account: string) => Promise<Bytes32>,
): Promise<readonly Submission[]> {
  const submissions: Submission[] = [];
  for (const file of await state.list(folder)) {
    try {
      const json = parseJson(file, await state.readText(`${folder}/${file}`));
      const signed = uploadFromJson(auction.publicKey, json);
      const { account } = signed.upload;
      const commitment = await commitmentOf(account);
      if (file !== `${commitment}.json`) continue;
      const { participantId } = await market.contracts.identities.participantOf(account);
      submissions.push({ signed, participantId, commitment });
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, "code") === undefined) throw error;
      refused.push({ file, reason: error.message });
    }
  }
  return submissions;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StateError(`${file} is not JSON`);
  }
}
