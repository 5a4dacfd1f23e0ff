/**
 * A measured round without a chain: what would stand on it is taken from what was sent, for both
 * servers.
 */
import { id, Wallet } from "ethers";
import type { Committed } from "../../chain/committed.ts";
import type { SigningAccount } from "../../core/messages/outcome.ts";
import type { CloudLook, MatchingInput } from "../../market/matching.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import type { Sent } from "./roundWorld.ts";

/** Of the cloud. */
export const BENCH_CLOUD: SigningAccount & { readonly address: string } = new Wallet(
  id("ChargeVeil bench cloud"),
);

/** What a round of those who sent takes beside its place. */
export function sentInput({
  requests,
  offers,
}: Sent): Pick<MatchingInput, "committed" | "requests" | "offers" | "promised" | "secondServer"> {
  const committed = { requests: requests.map(committedTo), offers: offers.map(committedTo) };
  return { committed, requests, offers, promised: [], secondServer: BENCH_CLOUD.address };
}

/** The cloud sees what the proxy was given: there is no chain to look at. */
export const shownLook: CloudLook = (input, kind) => {
  const { venue, auctionId, round, roundKey, area, seed, committed } = input;
  return Promise.resolve({ venue, auctionId, round, kind, roundKey, area, seed, committed });
};

function committedTo({ signed, ...standing }: Submission): Committed {
  return { account: signed.upload.account, ...standing };
}
