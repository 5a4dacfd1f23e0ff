/** The market's steps on a staked round: what was sent to the proxy has been opened already. */
import type { AnnouncedAuction } from "../../../offchain/core/messages/announcedAuction.ts";
import { uploadName } from "../../../offchain/core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../../offchain/core/messages/upload.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import type { MatchingServers } from "../../../offchain/market/matching.ts";
import type { Submission } from "../../../offchain/parties/proxy/admission.ts";
import type { MatcherDesk } from "../../../offchain/parties/proxy/matcherDesk.ts";
import { memoryMatcherStore } from "../../../offchain/parties/proxy/store.ts";
import type { PartiesApart } from "../../../offchain/services/apart/partiesApart.ts";
import type { MarketWorld } from "../market/deployed.ts";
import type { StakedRound } from "./stakedRound.ts";

export function announcedOf({ auctionId, terms, input }: StakedRound): AnnouncedAuction {
  return { auctionId, terms, area: input.area, roundKey: input.roundKey, again: null };
}

/** The desk of the matcher; a box is its own name. */
export function deskOf({ matcher }: MarketWorld, { input }: StakedRound): MatcherDesk {
  const sent = { request: input.requests, offer: input.offers };
  const opened = new Map<string, SignedUpload>(
    [...input.requests, ...input.offers].map((sent) => [nameOf(sent), sent.signed]),
  );
  return {
    wallet: matcher.signer,
    store: {
      ...memoryMatcherStore(),
      left: (_, kind) => Promise.resolve(sent[kind].map(nameOf)),
      box: (_auctionId, _kind, name) => Promise.resolve(name),
    },
    openBox: (_, box) => {
      const signed = opened.get(box);
      return signed === undefined
        ? Promise.reject(new RangeError(`expected an upload that was sent, got ${box}`))
        : Promise.resolve(signed);
    },
    rng: systemRng,
  };
}

function nameOf({ signed, commitment }: Submission): string {
  return uploadName({ account: signed.upload.account, commitment });
}

/** The servers, who make one attempt alone. */
export function onceOnly({ attempt }: PartiesApart): MatchingServers {
  return {
    match: (input) => attempt(input, "match"),
    rehearse: (input) => attempt(input, "rehearsal"),
  };
}
