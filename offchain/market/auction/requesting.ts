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
import { auctionsCalled, type RelayableCall } from "../../chain/signedCalls.ts";
import { ownerHeader } from "./ownerHeader.ts";
import { ensureFree } from "../money.ts";
import { signTried } from "../relaying.ts";

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
  readonly uploadHash: Bytes32;
  /** What the contract makes of it. */
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
  const hash = uploadHash(upload);
  const commitment = requestCommitment(venue, auctionId, header.account, hash);
  return { wish: kept, uploadHash: hash, commitment, box: await sealUpload(roundKey, signed, rng) };
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
  prepared: PreparedRequest,
): Promise<CommittedRequest> {
  const { wallet } = desk;
  const { auctions } = market.contracts;
  const account = await wallet.getAddress();
  const standing = await auctions.requestOf(auctionId, account);
  if (BigInt(standing) === 0n) {
    await ensureFree(market, desk, await requestDeposit(market, account, terms));
  }
  await handOver(desk, auctionId, prepared);
  await send(market, auctions.connect(wallet).request(auctionId, prepared.uploadHash));
  const depositUnits = await auctions.depositOf(auctionId, account);
  return { commitment: prepared.commitment, depositUnits };
}

/** A request that waits for somebody who relays it. */
export interface SignedRequest extends CommittedRequest {
  /** Counts as long as round 1 takes requests. */
  readonly call: RelayableCall;
}

/**
 * The same for a vehicle without gas: it signs its request, and somebody relays it. What it locks
 * has to be free already, because a deposit costs gas.
 * @throws RefusedError with the contract's reason
 */
export async function signRequest(
  market: Market,
  desk: RequestDesk,
  { auctionId, terms }: AnnouncedAuction,
  prepared: PreparedRequest,
): Promise<SignedRequest> {
  const { wallet } = desk;
  const { auctions } = market.contracts;
  const { uploadHash: hash, commitment } = prepared;
  const data = auctions.interface.encodeFunctionData("request", [auctionId, hash]);
  const called = auctionsCalled(market);
  const call = await signTried(market, called, wallet, data, terms.biddingEnds);
  await handOver(desk, auctionId, prepared);
  const standingUnits = await auctions.depositOf(auctionId, call.from);
  const isFirst = standingUnits === 0n;
  const depositUnits = isFirst ? await requestDeposit(market, call.from, terms) : standingUnits;
  return { commitment, depositUnits, call };
}

/** Keeps what was asked for, and leaves the upload with the proxy. */
async function handOver(
  { wallet, store, sendUpload }: RequestDesk,
  auctionId: Bytes32,
  { wish, commitment, box }: PreparedRequest,
): Promise<void> {
  const account = await wallet.getAddress();
  await store.keepWish(auctionId, commitment, wish);
  await sendUpload({ auctionId, kind: "request", account, commitment, box });
}
