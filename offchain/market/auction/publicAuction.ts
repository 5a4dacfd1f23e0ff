/**
 * The public auction of one request: the vehicle opens it and invites piles, who go below each
 * other in public; who leads when nobody has gone lower for long enough has the session.
 */
import type { Signer } from "ethers";
import { PHASES, type Address, type Bytes32, type Phase } from "../../core/messages/market.ts";
import {
  openAuctionIdOf,
  type OpenTerms,
  type OpenVenue,
} from "../../core/messages/openAuction.ts";
import { INVITATION_TYPES, openAuctionDomain } from "../../core/messages/typedData.ts";
import type { Invitation, PublicBoard } from "../../parties/vehicle/publicBoard.ts";
import { send, type Market } from "../../chain/market.ts";
import { refusedBefore } from "../../chain/refusal.ts";
import { StepError } from "../stepError.ts";
import type { StakeDesk } from "../../chain/funds.ts";
import { ensureFree } from "../money.ts";

export interface KnownPublicAuction {
  readonly auctionId: Bytes32;
  readonly terms: OpenTerms;
}

/** What an account acts with in public auctions. */
export interface PublicDesk extends StakeDesk {
  readonly board: PublicBoard;
}

/** A bid in public: token units per kWh, and W. */
export interface PublicBid {
  readonly pricePerKwh: bigint;
  readonly powerW: number;
}

/** What the chain says of a public auction. */
export interface PublicState {
  readonly phase: Phase;
  readonly vehicle: Address;
  /** Unix seconds. */
  readonly biddingEnds: bigint;
  readonly openingEnds: bigint;
  /** Null before the first bid. */
  readonly leading: {
    readonly pile: Address;
    readonly pricePerKwh: bigint;
    readonly powerW: bigint;
    /** Rounded up, in token units per kWh. */
    readonly effectivePriceUp: bigint;
  } | null;
  readonly bids: bigint;
  readonly ended: boolean;
}

/** The contract that public auctions are bound to. */
async function openVenueOf({ chainId, contracts }: Market): Promise<OpenVenue> {
  return { chainId, openAuctions: await contracts.openAuctions.getAddress() };
}

/** Unix seconds. */
export type OpenSlot = Pick<OpenTerms, "slotStart" | "slotEnd">;

/** The slot that an authorised account is for; null for a certified vehicle, which may choose. */
export async function slotOfAccount(
  { contracts }: Market,
  account: Address,
): Promise<OpenSlot | null> {
  const { slotStart, slotEnd } = await contracts.identities.authorisationOf(account);
  return slotEnd === 0n ? null : { slotStart, slotEnd };
}

/**
 * The vehicle opens the auction of its own request and locks the deposit.
 * @throws RefusedError with the contract's reason; IdentityWrongSlot before anything is deposited
 */
export async function openPublic(
  market: Market,
  desk: PublicDesk,
  terms: OpenTerms,
): Promise<KnownPublicAuction> {
  const { wallet, board } = desk;
  const account = await wallet.getAddress();
  assertOwnSlot(account, await slotOfAccount(market, account), terms);
  const auctionId = openAuctionIdOf(await openVenueOf(market), account, terms);
  await ensureFree(market, desk, terms.vehicleDeposit);
  await board.publish(auctionId, terms);
  await send(market, market.contracts.openAuctions.connect(wallet).open(terms));
  return { auctionId, terms };
}

function assertOwnSlot(account: Address, own: OpenSlot | null, terms: OpenTerms): void {
  if (own === null) return;
  const { slotStart, slotEnd } = terms;
  if (own.slotStart === slotStart && own.slotEnd === slotEnd) return;
  const values = { account, slotStart, slotEnd };
  const slot = `the slot from ${own.slotStart} to ${own.slotEnd}`;
  const got = `got one from ${slotStart} to ${slotEnd}`;
  const why = `${account} is authorised for ${slot} and opens auctions for no other, ${got}`;
  throw refusedBefore("IdentityWrongSlot", values, why);
}

/**
 * A public auction whose published terms are the chain's.
 * @throws StepError E_AUCTION_UNKNOWN for one that was not published, E_AUCTION_TERMS for other
 *   terms
 */
export async function knowPublic(
  market: Market,
  { published }: Pick<PublicBoard, "published">,
  auctionId: Bytes32,
): Promise<KnownPublicAuction> {
  const terms = await published(auctionId);
  if (terms === null) {
    const message = `public auction ${auctionId} was not published here: ask its vehicle for the terms`;
    throw new StepError("E_AUCTION_UNKNOWN", message, { auctionId });
  }
  const { vehicle } = await market.contracts.openAuctions.auctionOf(auctionId);
  if (openAuctionIdOf(await openVenueOf(market), vehicle, terms) === auctionId) {
    return { auctionId, terms };
  }
  const message = `the published terms are not those of auction ${auctionId} on this chain`;
  throw new StepError("E_AUCTION_TERMS", `${message}: ask its vehicle again`, { auctionId });
}

/**
 * The vehicle signs for a pile how far away it is, in m; only that pile can bid with the signature.
 * @throws StepError E_NOT_HOST for an account whose auction it is not, E_INVITATION_DISTANCE for a
 *   pile that is too far
 */
export async function invite(
  market: Market,
  { wallet, board }: Pick<PublicDesk, "wallet" | "board">,
  { auctionId, terms }: KnownPublicAuction,
  pile: Address,
  distanceM: number,
): Promise<Invitation> {
  const account = await wallet.getAddress();
  const { vehicle } = await market.contracts.openAuctions.auctionOf(auctionId);
  if (vehicle !== account) {
    const message = `auction ${auctionId} is not ${account}'s: only its vehicle ${vehicle} invites`;
    throw new StepError("E_NOT_HOST", message, { auctionId, account, vehicle });
  }
  const { maxDistanceM } = terms.rule;
  if (!Number.isSafeInteger(distanceM) || distanceM < 0 || BigInt(distanceM) > maxDistanceM) {
    const message = `distance: expected 0 to ${maxDistanceM} m, got ${distanceM}`;
    throw new StepError("E_INVITATION_DISTANCE", message, { maxDistanceM, distanceM });
  }
  const content = { auctionId, pile, distanceM: BigInt(distanceM) };
  const domain = openAuctionDomain(await openVenueOf(market));
  const signature = await wallet.signTypedData(domain, INVITATION_TYPES, content);
  const invitation = { ...content, signature };
  await board.invite(invitation);
  return invitation;
}

/**
 * An invited pile takes the lead; whoever does not lead yet locks the bond.
 * @throws StepError E_NOT_INVITED; RefusedError with the contract's reason, also for a bid that is
 *   not low enough
 */
export async function bidInPublic(
  market: Market,
  desk: PublicDesk,
  { auctionId, terms }: KnownPublicAuction,
  { pricePerKwh, powerW }: PublicBid,
): Promise<void> {
  const { wallet, board } = desk;
  const pile = await wallet.getAddress();
  const invitation = await board.invitation(auctionId, pile);
  if (invitation === null) {
    const message = `${pile} is not invited to auction ${auctionId}: its vehicle has to invite it`;
    throw new StepError("E_NOT_INVITED", message, { auctionId, pile });
  }
  const { openAuctions } = market.contracts;
  const { leader } = await openAuctions.auctionOf(auctionId);
  if (leader !== pile) await ensureFree(market, desk, terms.bidBond);
  const { distanceM, signature } = invitation;
  const bid = openAuctions.connect(wallet).bid;
  await send(market, bid(auctionId, pricePerKwh, powerW, distanceM, signature));
}

/**
 * The vehicle opens the session with the leader; returns its name.
 * @throws RefusedError while somebody may still go lower
 */
export async function startPublic(
  market: Market,
  wallet: Signer,
  auctionId: Bytes32,
): Promise<Bytes32> {
  const { openAuctions, sessions } = market.contracts;
  const session = await openAuctions.decisionOf(auctionId);
  await send(market, sessions.connect(wallet).startOpen(auctionId));
  return session;
}

/**
 * The decision for who leads, which names the session, to one of its two parties.
 * @throws StepError E_NOT_MATCHED for anybody else
 */
export async function publicDecision(
  { contracts }: Market,
  auctionId: Bytes32,
  account: Address,
): Promise<Bytes32> {
  const { openAuctions } = contracts;
  const { vehicle, leader } = await openAuctions.auctionOf(auctionId, { blockTag: "pending" });
  if (account === vehicle || account === leader) return openAuctions.decisionOf(auctionId);
  const message = `${account} is neither the vehicle nor the leader of public auction ${auctionId}`;
  throw new StepError("E_NOT_MATCHED", message, { auctionId, account });
}

/**
 * Anybody frees what is still locked in an auction that ended without a session.
 * @throws RefusedError
 */
export async function releasePublic(
  market: Market,
  wallet: Signer,
  auctionId: Bytes32,
): Promise<void> {
  await send(market, market.contracts.openAuctions.connect(wallet).release(auctionId));
}

/** As the next transaction is going to meet it. */
export async function publicState({ contracts }: Market, auctionId: Bytes32): Promise<PublicState> {
  const { openAuctions } = contracts;
  const pending = { blockTag: "pending" };
  const known = await openAuctions.auctionOf(auctionId, pending);
  const phase = PHASES[Number(await openAuctions.phaseOf(auctionId, pending))] ?? "none";
  const { vehicle, biddingEnds, openingEnds, bidCount, ended } = known;
  const { leader, pricePerKwh, powerW, effectivePriceUp } = known;
  const leading = { pile: leader, pricePerKwh, powerW, effectivePriceUp };
  return {
    phase,
    vehicle,
    biddingEnds,
    openingEnds,
    leading: bidCount === 0n ? null : leading,
    bids: bidCount,
    ended,
  };
}
