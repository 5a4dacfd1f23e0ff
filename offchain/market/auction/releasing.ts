/**
 * Stakes of those who were not selected are freed. Both servers say that they were not, as soon as
 * the decisions are posted, the matcher by sending it and the cloud by its signature; when the
 * auction is closed anybody frees what is left, and needs no signature.
 */
import type { ContractTransactionResponse, Signer } from "ethers";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import { eventsOf } from "../../chain/events.ts";
import { pendingSeconds, send, type Market } from "../../chain/market.ts";
import type { SecondServer } from "../secondServer.ts";
import { decidedMatches } from "./decideAuction.ts";

/** Accounts that have something locked in an auction. */
export interface Stakes {
  readonly vehicles: readonly Address[];
  readonly piles: readonly Address[];
}

/** Of either side in one transaction: well below what a block takes. */
const RELEASE_BATCH = 100;

/**
 * How long a signature about who was not selected can be used: by the chain's clock, from when it
 * is made.
 */
export const RELEASE_RELAY_SECONDS = 3_600;

/**
 * The matcher frees everybody who has something locked and is in none of its decisions.
 * @throws StepError E_NOT_DECIDED before it has matched; ServingError of a cloud that does not
 *   sign; RefusedError with the contract's reason
 */
export async function releaseLosers(
  market: Market,
  { wallet, store }: MatcherDesk,
  second: Pick<SecondServer, "notSelected">,
  auctionId: Bytes32,
): Promise<number> {
  const matches = await decidedMatches(store, auctionId);
  const matched = new Set(matches.flatMap(({ vehicle, pile }) => [vehicle, pile]));
  const { vehicles, piles } = await standingStakes(market, auctionId);
  const others = (accounts: readonly Address[]): readonly Address[] =>
    accounts.filter((account) => !matched.has(account));
  const losers = { vehicles: others(vehicles), piles: others(piles) };
  return inBatches(market, losers, await signedRelease(market, wallet, second, auctionId));
}

/**
 * Anybody frees all that a closed auction still has locked.
 * @throws RefusedError before it is closed
 */
export async function releaseClosed(
  market: Market,
  caller: Signer,
  auctionId: Bytes32,
): Promise<number> {
  const auctions = market.contracts.auctions.connect(caller);
  const stakes = await standingStakes(market, auctionId);
  return inBatches(market, stakes, (vehicles, piles) =>
    auctions.releaseExpired(auctionId, vehicles, piles),
  );
}

/** Of a server that sends: it need not sign. */
const UNSIGNED = "0x";

type Release = (vehicles: Address[], piles: Address[]) => Promise<ContractTransactionResponse>;

async function signedRelease(
  market: Market,
  matcher: Signer,
  second: Pick<SecondServer, "notSelected">,
  auctionId: Bytes32,
): Promise<Release> {
  const auctions = market.contracts.auctions.connect(matcher);
  const deadline = BigInt((await pendingSeconds(market)) + RELEASE_RELAY_SECONDS);
  return async (vehicles, piles) => {
    const signature = await second.notSelected({ auctionId, vehicles, piles, deadline });
    return auctions.release(auctionId, vehicles, piles, deadline, UNSIGNED, signature);
  };
}

async function inBatches(
  market: Market,
  { vehicles, piles }: Stakes,
  release: Release,
): Promise<number> {
  for (let from = 0; from < Math.max(vehicles.length, piles.length); from += RELEASE_BATCH) {
    const cut = (accounts: readonly Address[]): Address[] =>
      accounts.slice(from, from + RELEASE_BATCH);
    await send(market, release(cut(vehicles), cut(piles)));
  }
  return vehicles.length + piles.length;
}

/** Everybody who still has something locked in the auction, from the chain's events and state. */
async function standingStakes({ contracts }: Market, auctionId: Bytes32): Promise<Stakes> {
  const { auctions } = contracts;
  const requested = await eventsOf(auctions, auctions.filters.RequestCommitted(auctionId));
  const bid = await eventsOf(auctions, auctions.filters.BidCommitted(auctionId));
  const standing = async (
    named: readonly Address[],
    commitmentOf: (account: Address) => Promise<Bytes32>,
  ): Promise<readonly Address[]> => {
    const accounts = [...new Set(named)];
    const commitments = await Promise.all(accounts.map(commitmentOf));
    return accounts.filter((_account, k) => BigInt(commitments[k] ?? 0) !== 0n);
  };
  return {
    vehicles: await standing(
      requested.map(({ args }) => args.vehicle),
      (account) => auctions.requestOf(auctionId, account),
    ),
    piles: await standing(
      bid.map(({ args }) => args.pile),
      (account) => auctions.bidOf(auctionId, account),
    ),
  };
}
