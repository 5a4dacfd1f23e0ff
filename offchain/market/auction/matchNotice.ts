/** A matched pile reads which vehicle is coming. It waits: the vehicle alone begins the session. */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { OfferDesk } from "../../parties/pile/offerDesk.ts";
import { ReceiveError, receiveNotice } from "../../parties/pile/trading.ts";
import { read, type Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";
import { matchOf, type DecidedFor } from "./openMatch.ts";

/** All that a pile learns of its match. */
export interface NoticedMatch {
  /** The decision, and the name of the session. */
  readonly session: Bytes32;
  readonly vehicle: Address;
}

/**
 * Opens the notice of a pile and checks it: it is about its own standing bid, and names the vehicle
 * that the matcher has published.
 * @throws StepError E_NOT_MATCHED, E_NO_BID for a pile whose bid stands no more or is not known
 *   here; ReceiveError, DeliveryError, SealedBoxError as `receiveNotice`
 */
export async function readMatchNotice(
  market: Market,
  { wallet, sealKeys, store }: Pick<OfferDesk, "wallet" | "sealKeys" | "store">,
  decided: DecidedFor,
): Promise<NoticedMatch> {
  const { auctionId } = decided;
  const { auctions, identities } = market.contracts;
  const account = await wallet.getAddress();
  const { toPile, vehicle } = matchOf(decided, account);
  const commitment = await auctions.bidOf(auctionId, account);
  const bid = BigInt(commitment) === 0n ? null : await store.bidBehind(auctionId, commitment);
  if (bid === null) throw noBid(auctionId, account, commitment);
  const { evId, decision: session } = await receiveNotice(sealKeys, bid, toPile);
  const named = await read(market, identities.accountOf(evId));
  if (named !== vehicle) {
    const message = `readMatchNotice: expected a match with ${vehicle}, got one with ${named}`;
    throw new ReceiveError("E_RECEIVE_VEHICLE", message);
  }
  return { session, vehicle };
}

function noBid(auctionId: Bytes32, account: Address, commitment: Bytes32): StepError {
  const message =
    BigInt(commitment) === 0n
      ? `${account} has no standing bid in auction ${auctionId} any more: it was opened or released`
      : `nothing is kept here of bid ${commitment}: read the notice where it was made`;
  return new StepError("E_NO_BID", message, { auctionId, account });
}
