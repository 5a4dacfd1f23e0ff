/**
 * What a matcher sends about auctions that nobody plays, with the signatures that a second server
 * would give: the chain sees hashes and signatures either way.
 */
import { id, type ContractTransactionResponse, type Signer } from "ethers";
import type { Market } from "../../chain/market.ts";
import {
  auctionIdOf,
  type Address,
  type AuctionTerms,
  type Bytes32,
} from "../../core/messages/market.ts";
import { finalOutcome, signAsServer, type RoundOutcome } from "../../core/messages/outcome.ts";

type Account = Signer & { readonly address: Address };

/** The two servers of the auctions. */
export interface ServerWallets {
  readonly matcher: Account;
  readonly second: Account;
}

type Sent = Promise<ContractTransactionResponse>;

const PARTICIPANTS_ROOT = id("ChargeVeil gas/participants");
/** Of the server that sends. */
const UNSIGNED = "0x";

export async function openSigned(
  { venue, contracts }: Market,
  { matcher, second }: ServerWallets,
  terms: AuctionTerms,
): Sent {
  const auctionId = auctionIdOf(venue, matcher.address, terms);
  const serves = await signAsServer(second, venue, "serve", { auctionId });
  return contracts.auctions.connect(matcher).open(terms, serves);
}

export async function closeSigned(
  { venue, contracts }: Market,
  { matcher, second }: ServerWallets,
  outcome: Omit<RoundOutcome, "participantsRoot">,
): Sent {
  const { auctionId, round, referencePricePerKwh, transcriptRoot } = outcome;
  const content = { ...outcome, participantsRoot: PARTICIPANTS_ROOT };
  const signature = await signAsServer(second, venue, "round", content);
  const close = contracts.auctions.connect(matcher).closeRound;
  return close(
    auctionId,
    round,
    referencePricePerKwh,
    transcriptRoot,
    PARTICIPANTS_ROOT,
    signature,
  );
}

export async function postSigned(
  { venue, contracts }: Market,
  { matcher, second }: ServerWallets,
  auctionId: Bytes32,
  round: bigint,
  decisions: readonly Bytes32[],
): Sent {
  const content = finalOutcome({ auctionId, round }, decisions, PARTICIPANTS_ROOT);
  const signature = await signAsServer(second, venue, "final", content);
  const post = contracts.auctions.connect(matcher).postDecisions;
  return post(auctionId, round, [...decisions], PARTICIPANTS_ROOT, signature);
}

/** @param deadline unix seconds */
export async function releaseSigned(
  { venue, contracts }: Market,
  { matcher, second }: ServerWallets,
  auctionId: Bytes32,
  { vehicles, piles }: { readonly vehicles: Address[]; readonly piles: Address[] },
  deadline: bigint,
): Sent {
  const content = { auctionId, vehicles, piles, deadline };
  const signature = await signAsServer(second, venue, "notSelected", content);
  const release = contracts.auctions.connect(matcher).release;
  return release(auctionId, vehicles, piles, deadline, UNSIGNED, signature);
}
