/** A matched pile reads which vehicle is coming. It waits: the vehicle alone begins the session. */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { openPileNotice } from "../../core/messages/pileNotice.ts";
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
 * Opens the notice of a pile and checks it: it is about a bid of its own, and names the vehicle
 * that the matcher has published. The session may have begun: then the bid stands no more, and the
 * decision that was opened is the pile's only if that bid stood.
 * @throws StepError E_NOT_MATCHED, E_NO_BID for a bid that is not known here; ReceiveError,
 *   DeliveryError, SealedBoxError as `receiveNotice`
 */
export async function readMatchNotice(
  market: Market,
  { wallet, sealKeys, store }: Pick<OfferDesk, "wallet" | "sealKeys" | "store">,
  decided: DecidedFor,
): Promise<NoticedMatch> {
  const { auctionId } = decided;
  const account = await wallet.getAddress();
  const { toPile, vehicle } = matchOf(decided, account);
  const { bidCommitment } = await openPileNotice(sealKeys, toPile);
  const bid = await store.bidBehind(auctionId, bidCommitment);
  if (bid === null) {
    const message = `nothing is kept here of bid ${bidCommitment}: read the notice where it was made`;
    throw new StepError("E_NO_BID", message, { auctionId, account });
  }
  const { evId, decision: session } = await receiveNotice(sealKeys, bid, toPile);
  const named = await read(market, market.contracts.identities.accountOf(evId));
  if (named !== vehicle) {
    const message = `readMatchNotice: expected a match with ${vehicle}, got one with ${named}`;
    throw new ReceiveError("E_RECEIVE_VEHICLE", message);
  }
  return { session, vehicle };
}
