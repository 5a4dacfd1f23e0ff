/** The uploads that a matcher finds in the state folder, checked against the chain. */
import type { Bytes32 } from "../../offchain/messages/market.ts";
import { uploadFromJson } from "../../offchain/messages/upload.ts";
import {
  admitOffer,
  admitRequest,
  type AdmittedOffer,
  type AdmittedRequest,
  type Submission,
} from "../../offchain/roles/proxy.ts";
import { FEATURES } from "../../offchain/simulation/world.ts";
import type { KnownAuction } from "./auctions.ts";
import type { Connected } from "./connection.ts";
import { StateError } from "./state.ts";

export interface Submissions {
  readonly requests: readonly AdmittedRequest[];
  readonly offers: readonly AdmittedOffer[];
  /** Uploads that were refused, and why: nobody else has to suffer from them. */
  readonly refused: readonly string[];
}

/** Reads and admits everything that was sent for an auction. Files that were replaced later are passed over. */
export async function readSubmissions(
  connected: Connected,
  auction: KnownAuction,
): Promise<Submissions> {
  const { venue, contracts } = connected.market;
  const { auctionId } = auction;
  const refused: string[] = [];
  const requests = await admitAll(
    connected,
    `${auction.path}/requests`,
    auction,
    (account) => contracts.auctions.requestOf(auctionId, account),
    (submission) => admitRequest(venue, auctionId, FEATURES.length, submission),
    refused,
  );
  const offers = await admitAll(
    connected,
    `${auction.path}/offers`,
    auction,
    (account) => contracts.auctions.bidOf(auctionId, account),
    (submission) => admitOffer(venue, auctionId, FEATURES.length, submission),
    refused,
  );
  return { requests, offers, refused };
}

async function admitAll<T>(
  connected: Connected,
  folder: string,
  auction: KnownAuction,
  commitmentOf: (account: string) => Promise<Bytes32>,
  admit: (submission: Submission) => T,
  refused: string[],
): Promise<readonly T[]> {
  const admitted: T[] = [];
  for (const file of await connected.state.list(folder)) {
    try {
      const json = parseJson(file, await connected.state.readText(`${folder}/${file}`));
      const signed = uploadFromJson(auction.publicKey, json);
      const { account } = signed.upload;
      const commitment = await commitmentOf(account);
      if (file !== `${commitment}.json`) continue;
      const { participantId } = await connected.market.contracts.identities.participantOf(account);
      admitted.push(admit({ signed, participantId, commitment }));
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, "code") === undefined) throw error;
      refused.push(`${file}: ${error.message}`);
    }
  }
  return admitted;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StateError(`${file} is not JSON`);
  }
}
