/** A vehicle asks: it encrypts what it wants, commits to it and locks the deposit. */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { atNoExtraCost } from "../../core/messages/features.ts";
import { requestCommitment, type Bytes32 } from "../../core/messages/market.ts";
import { sealUpload } from "../../core/messages/sealedUpload.ts";
import { signUpload, uploadHash, type Whereabouts } from "../../core/messages/upload.ts";
import type { RequestDesk } from "../../parties/vehicle/requestDesk.ts";
import { encryptRequest } from "../../parties/vehicle/trading.ts";
import type { Wish } from "../../parties/vehicle/wishes.ts";
import { requestDeposit } from "../../chain/funds.ts";
import { send, type Market } from "../../chain/market.ts";
import { ownerHeader } from "./ownerHeader.ts";
import { ensureFree } from "../money.ts";

/** What a vehicle asks for, and where it is looked for. */
export interface AskedRequest {
  readonly wish: Wish;
  /** For each feature whether it is needed. */
  readonly needs: readonly boolean[];
  readonly whereabouts: Whereabouts;
}

/** A request that is ready to be committed to. */
export interface PreparedRequest {
  readonly wish: Wish;
  readonly commitment: Bytes32;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

export interface CommittedRequest {
  readonly commitment: Bytes32;
  /** What is locked for it, in token units. */
  readonly depositUnits: bigint;
}

/** Encrypts, proves and signs a request. The chain is told nothing yet. */
export async function prepareRequest(
  { venue }: Market,
  desk: RequestDesk,
  auction: AnnouncedAuction,
  { wish, needs, whereabouts }: AskedRequest,
): Promise<PreparedRequest> {
  const { wallet, encryptProven, rng } = desk;
  const { auctionId, roundKey } = auction;
  const header = await ownerHeader(desk, auctionId, whereabouts);
  const { position, maxPricePerKwh, maxDistanceM } = wish;
  const kept: Wish = { position, maxPricePerKwh, maxDistanceM };
  const clear = { ...kept, featureBids: atNoExtraCost(needs) };
  const upload = await encryptRequest(header, roundKey, clear, encryptProven);
  const signed = await signUpload(venue, upload, wallet);
  const commitment = requestCommitment(venue, auctionId, header.account, uploadHash(upload));
  return { wish: kept, commitment, box: await sealUpload(roundKey, signed, rng) };
}

/**
 * Commits to a request. What was asked for is kept before the chain is told: without it no match
 * can be checked. The first request of an account locks the deposit, and a later one takes the
 * place of the one before.
 * @throws RefusedError with the contract's reason
 */
export async function commitRequest(
  market: Market,
  desk: RequestDesk,
  { auctionId, terms }: AnnouncedAuction,
  { wish, commitment, box }: PreparedRequest,
): Promise<CommittedRequest> {
  const { wallet, store, sendUpload } = desk;
  const { auctions } = market.contracts;
  const account = await wallet.getAddress();
  const standing = await auctions.requestOf(auctionId, account);
  if (BigInt(standing) === 0n) {
    await ensureFree(market, desk, await requestDeposit(market, account, terms));
  }
  await store.keepWish(auctionId, commitment, wish);
  await sendUpload({ auctionId, kind: "request", account, commitment, box });
  await send(market, auctions.connect(wallet).request(auctionId, commitment));
  return { commitment, depositUnits: await auctions.depositOf(auctionId, account) };
}
