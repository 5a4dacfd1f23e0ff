/** Which session a command means: one that is named, or one of an auction of either kind. */
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { eventsOf } from "../../offchain/chain/events.ts";
import { matchOf } from "../../offchain/market/auction/openMatch.ts";
import { publicDecision } from "../../offchain/market/auction/publicAuction.ts";
import { StepError } from "../../offchain/market/stepError.ts";
import { latestAuctionIn } from "../stores/auctions.ts";
import { folderPublicBoard, latestPublicIn } from "../stores/publicBoard.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { pasteable } from "./hints.ts";
import { idNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";

/** What a command was told, in its options. */
export interface NamedSession {
  readonly session: string | undefined;
  readonly auction: string | undefined;
}

/**
 * The session named, or the one that `player` has from the auction named; without either from the
 * one opened last, sealed or public, of those that it has a session from.
 * @throws InputError; StepError E_NOT_DECIDED, E_NOT_MATCHED
 */
export function sessionOf(
  connected: Connected,
  { wallet }: Player,
  named: NamedSession,
): Promise<Bytes32> {
  return sessionIn(connected, named, ({ ofAccount }) => ofAccount(wallet.address));
}

/**
 * The session named, or the only one of the auction named, or of the one opened last.
 * @throws InputError; StepError E_NOT_DECIDED
 */
export function onlySession(connected: Connected, named: NamedSession): Promise<Bytes32> {
  return sessionIn(connected, named, async ({ all }) => {
    const [only, ...others] = await all();
    if (only !== undefined && others.length === 0) return only;
    throw new InputError("name the session with --session");
  });
}

/** An auction, and the sessions that come of it. */
interface AuctionSessions {
  readonly openedInBlock: number;
  readonly ofAccount: (account: Address) => Promise<Bytes32>;
  readonly all: () => Promise<readonly Bytes32[]>;
}

async function sessionIn(
  connected: Connected,
  { session, auction }: NamedSession,
  find: (auction: AuctionSessions) => Promise<Bytes32>,
): Promise<Bytes32> {
  if (session !== undefined) return idNamed("session", session);
  const auctions =
    auction === undefined
      ? await latestAuctions(connected)
      : [await auctionNamed(connected, idNamed("auction", auction))];
  let first: StepError | null = null;
  for (const one of auctions) {
    try {
      return await find(one);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      first ??= error;
    }
  }
  const { state } = connected;
  const open = pasteable(state, "auction open --as MATCHER");
  const ways = `name the session with --session, run \`${open}\` first, or unpack the matcher's parcel`;
  const none = `no auction in ${state.folder}: ${ways}`;
  throw first ?? new InputError(none);
}

/** Of either kind the one opened last; the later one first. */
async function latestAuctions(connected: Connected): Promise<readonly AuctionSessions[]> {
  const { state } = connected;
  const [sealed, open] = [await latestAuctionIn(state), await latestPublicIn(state)];
  const auctions = [
    ...(sealed === null ? [] : [await sealedAuction(connected, sealed)]),
    ...(open === null ? [] : [await openAuction(connected, open)]),
  ];
  return auctions.toSorted((a, b) => b.openedInBlock - a.openedInBlock);
}

async function auctionNamed(connected: Connected, auctionId: Bytes32): Promise<AuctionSessions> {
  const terms = await folderPublicBoard(connected.state).published(auctionId);
  return terms === null ? sealedAuction(connected, auctionId) : openAuction(connected, auctionId);
}

async function sealedAuction(connected: Connected, auctionId: Bytes32): Promise<AuctionSessions> {
  const { auctions } = connected.market.contracts;
  const opened = await eventsOf(auctions, auctions.filters.AuctionOpened(auctionId));
  return {
    openedInBlock: opened[0]?.blockNumber ?? 0,
    ofAccount: async (account) => matchOf(await decidedIn(connected, auctionId), account).decision,
    all: async () => (await decidedIn(connected, auctionId)).matches.map((one) => one.decision),
  };
}

async function openAuction({ market }: Connected, auctionId: Bytes32): Promise<AuctionSessions> {
  const { openAuctions } = market.contracts;
  const opened = await eventsOf(openAuctions, openAuctions.filters.AuctionOpened(auctionId));
  return {
    openedInBlock: opened[0]?.blockNumber ?? 0,
    ofAccount: (account) => publicDecision(market, auctionId, account),
    all: async () => [await openAuctions.decisionOf(auctionId)],
  };
}
