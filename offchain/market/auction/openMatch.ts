/** A matched party opens what is sealed to it, and checks it before it is bound to anything. */
import { decisionProof } from "../../core/messages/decisionTree.ts";
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import type { Address, Bytes32, Opening } from "../../core/messages/market.ts";
import type { Position } from "../../core/messages/records.ts";
import type { OfferDesk } from "../../parties/pile/offerDesk.ts";
import { receiveVehicle } from "../../parties/pile/trading.ts";
import type { RequestDesk } from "../../parties/vehicle/requestDesk.ts";
import { receiveMatch, type CertifiedPile } from "../../parties/vehicle/trading.ts";
import { read, type Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";

/** A match that its party has checked, and all that it takes to open the decision on chain. */
export interface OpenedMatch {
  /** The decision, and the name of the session. */
  readonly session: Bytes32;
  readonly opening: Opening;
  /** That the decision is among the posted ones. */
  readonly proof: readonly Bytes32[];
  /** Where the counterpart is. */
  readonly counterpart: Position;
}

/** An auction that is decided, as everybody may read it. */
export interface DecidedFor {
  readonly auctionId: Bytes32;
  /** In the order in which their decisions are posted. */
  readonly matches: readonly DecidedMatch[];
}

/** The match that an account is in. @throws StepError E_NOT_MATCHED if it is in none */
export function matchOf({ auctionId, matches }: DecidedFor, account: Address): DecidedMatch {
  const match = matches.find(({ vehicle, pile }) => vehicle === account || pile === account);
  if (match !== undefined) return match;
  const message = `${account} is not matched in auction ${auctionId}: its stake comes back`;
  throw new StepError("E_NOT_MATCHED", message, { auctionId, account });
}

/**
 * The vehicle opens its delivery: it fits the chain and what was asked for, or nothing is opened.
 * @throws StepError E_NOT_MATCHED, E_NO_REQUEST for an account whose request stands no more or is
 *   not known here; MatchError, DeliveryError, SealedBoxError as `receiveMatch`
 */
export async function openMatchAsVehicle(
  market: Market,
  { wallet, sealKeys, store }: Pick<RequestDesk, "wallet" | "sealKeys" | "store">,
  decided: DecidedFor,
): Promise<OpenedMatch> {
  const { auctionId } = decided;
  const account = await wallet.getAddress();
  const { toVehicle } = matchOf(decided, account);
  const commitment = await market.contracts.auctions.requestOf(auctionId, account);
  const wish = BigInt(commitment) === 0n ? null : await store.wishBehind(auctionId, commitment);
  if (wish === null) throw nothingStands("E_NO_REQUEST", "request", auctionId, account, commitment);
  const pileOf = (cpId: Bytes32): Promise<CertifiedPile> => certifiedPile(market, cpId);
  const asked = { ...wish, auctionId };
  const received = await receiveMatch(market.venue, asked, sealKeys, toVehicle, pileOf);
  const { opening, decision: session, site: counterpart } = received;
  return { session, opening, proof: proofOf(decided, session), counterpart };
}

/**
 * The pile opens its delivery: it is about its own standing bid, or nothing is opened.
 * @throws StepError E_NOT_MATCHED, E_NO_BID for a pile whose bid stands no more or is not known
 *   here; ReceiveError, DeliveryError, SealedBoxError as `receiveVehicle`
 */
export async function openMatchAsPile(
  market: Market,
  { wallet, sealKeys, store }: Pick<OfferDesk, "wallet" | "sealKeys" | "store">,
  decided: DecidedFor,
): Promise<OpenedMatch> {
  const { auctionId } = decided;
  const account = await wallet.getAddress();
  const { toPile } = matchOf(decided, account);
  const commitment = await market.contracts.auctions.bidOf(auctionId, account);
  const bid = BigInt(commitment) === 0n ? null : await store.bidBehind(auctionId, commitment);
  if (bid === null) throw nothingStands("E_NO_BID", "bid", auctionId, account, commitment);
  const received = await receiveVehicle(sealKeys, bid, toPile);
  const { opening, decision: session, position: counterpart } = received;
  return { session, opening, proof: proofOf(decided, session), counterpart };
}

function proofOf({ matches }: DecidedFor, decision: Bytes32): readonly Bytes32[] {
  return decisionProof(
    matches.map((match) => match.decision),
    decision,
  );
}

async function certifiedPile(market: Market, cpId: Bytes32): Promise<CertifiedPile> {
  const { identities } = market.contracts;
  const account = await read(market, identities.accountOf(cpId));
  const { siteCommitment } = await read(market, identities.participantOf(account));
  return { account, siteCommitment };
}

function nothingStands(
  code: "E_NO_REQUEST" | "E_NO_BID",
  what: "request" | "bid",
  auctionId: Bytes32,
  account: Address,
  commitment: Bytes32,
): StepError {
  const message =
    BigInt(commitment) === 0n
      ? `${account} has no standing ${what} in auction ${auctionId} any more: it was opened or released`
      : `nothing is kept here of ${what} ${commitment}: open the match where it was made`;
  return new StepError(code, message, { auctionId, account });
}
