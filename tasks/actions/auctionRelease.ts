/**
 * `auction release`: frees the stakes of those who were not selected. The matcher signs that they were not; when the
 * auction is closed anybody does it without the matcher.
 */
import type { ContractTransactionResponse } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { auctionDomain, NOT_SELECTED_TYPES } from "../../offchain/core/messages/typedData.ts";
import { send } from "../../offchain/chain/market.ts";
import { knownAuction, phaseOf, type KnownAuction } from "../support/auctions.ts";
import { connect, playerNamed, playerOfKind, type Connected } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { resultSchema } from "../stores/state.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

export interface AuctionReleaseArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

interface Stakes {
  readonly vehicles: string[];
  readonly piles: string[];
}

const BATCH = 100;
const RELAY_SECONDS = 3_600;

export default function action(
  args: AuctionReleaseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const auction = await knownAuction(connected, args.auction);
    const phase = await phaseOf(connected, auction.auctionId);
    const standing = await standingStakes(connected, auction);
    const released =
      phase === "closed"
        ? await releaseAll(connected, standing, await expiredCall(connected, auction, args.as))
        : await releaseAll(
            connected,
            await withoutMatched(connected, auction, standing),
            await signedCall(connected, auction, args.as),
          );
    printFacts({ auction: auction.auctionId, phase, released }, args.json);
  });
}

type ReleaseCall = (stakes: Stakes) => Promise<ContractTransactionResponse>;

async function releaseAll(
  { market }: Connected,
  { vehicles, piles }: Stakes,
  call: ReleaseCall,
): Promise<number> {
  for (let from = 0; from < Math.max(vehicles.length, piles.length); from += BATCH) {
    const cut = (accounts: string[]): string[] => accounts.slice(from, from + BATCH);
    await send(market, call({ vehicles: cut(vehicles), piles: cut(piles) }));
  }
  return vehicles.length + piles.length;
}

async function expiredCall(
  connected: Connected,
  { auctionId }: KnownAuction,
  name: string,
): Promise<ReleaseCall> {
  const { wallet } = await playerNamed(connected, name);
  const { auctions } = connected.market.contracts;
  return ({ vehicles, piles }) =>
    auctions.connect(wallet).releaseExpired(auctionId, vehicles, piles);
}

async function signedCall(
  connected: Connected,
  { auctionId }: KnownAuction,
  name: string,
): Promise<ReleaseCall> {
  const { wallet } = await playerOfKind(connected, name, "matcher");
  const { auctions } = connected.market.contracts;
  const deadline = BigInt((await connected.now()) + RELAY_SECONDS);
  return async ({ vehicles, piles }) => {
    const content = { auctionId, vehicles, piles, deadline };
    const domain = auctionDomain(connected.market.venue);
    const signature = await wallet.signTypedData(domain, NOT_SELECTED_TYPES, content);
    return auctions.connect(wallet).release(auctionId, vehicles, piles, deadline, signature);
  };
}

/** Everybody who still has something locked in the auction, from the chain's events and state. */
async function standingStakes({ market }: Connected, { auctionId }: KnownAuction): Promise<Stakes> {
  const { auctions } = market.contracts;
  const requested = await eventsOf(auctions, auctions.filters.RequestCommitted(auctionId));
  const bid = await eventsOf(auctions, auctions.filters.BidCommitted(auctionId));
  const vehicles = [...new Set(requested.map(({ args }) => args.vehicle))];
  const piles = [...new Set(bid.map(({ args }) => args.pile))];
  const standing = async (
    accounts: string[],
    commitmentOf: (account: string) => Promise<string>,
  ): Promise<string[]> => {
    const commitments = await Promise.all(accounts.map(commitmentOf));
    return accounts.filter((_account, k) => BigInt(commitments[k] ?? 0) !== 0n);
  };
  return {
    vehicles: await standing(vehicles, (account) => auctions.requestOf(auctionId, account)),
    piles: await standing(piles, (account) => auctions.bidOf(auctionId, account)),
  };
}

async function withoutMatched(
  { state }: Connected,
  { path }: KnownAuction,
  { vehicles, piles }: Stakes,
): Promise<Stakes> {
  if (!(await state.has(`${path}/result.json`))) {
    throw new InputError("the round is not matched yet: nobody can be called not selected");
  }
  const { matches } = await state.read(`${path}/result.json`, resultSchema);
  const matched = new Set(matches.flatMap(({ vehicle, pile }) => [vehicle, pile]));
  const others = (accounts: string[]): string[] => accounts.filter((one) => !matched.has(one));
  return { vehicles: others(vehicles), piles: others(piles) };
}
