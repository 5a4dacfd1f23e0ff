/** A matcher opens an auction under a round key that the authority has dealt. */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { areaHash, type Area } from "../../core/messages/area.ts";
import {
  auctionIdOf,
  type Address,
  type AuctionTerms,
  type Bytes32,
} from "../../core/messages/market.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import { send, type Market } from "../../chain/market.ts";
import type { SecondServer } from "../secondServer.ts";

/** What the matcher chooses. Times are unix seconds, stakes token units. */
export interface AuctionPlan {
  readonly area: Area;
  /** That accounts have to be authorised for; `ANY_SCOPE` lets all in that are in standing. */
  readonly scope: Bytes32;
  /** Round 1 ends. */
  readonly biddingEnds: number;
  /** The decisions are posted by then. */
  readonly matchingEnds: number;
  /** Vehicles have accepted or refused by then; not after the slot begins. */
  readonly openingEnds: number;
  readonly slotStart: number;
  readonly slotEnd: number;
  /** 1 to 16. */
  readonly maxRounds: bigint;
  /** How long each round after the first lasts. */
  readonly roundSeconds: bigint;
  readonly bidBond: bigint;
  readonly vehicleDeposit: bigint;
  /** The auction of the same slot that this one follows; null for the first. */
  readonly again: Bytes32 | null;
}

/** A round key as the authority has dealt it, and the cloud that it is for. */
export interface DealtRoundKey {
  readonly roundKey: RoundKey;
  readonly second: SecondServer;
  /** Hands the secret half to the cloud, for this auction. */
  readonly handOver: (auctionId: Bytes32) => Promise<void>;
}

function auctionTerms(
  plan: AuctionPlan,
  roundKey: RoundKey,
  secondServer: Address,
  rng: Rng,
): AuctionTerms {
  const { area, scope, maxRounds, roundSeconds, bidBond, vehicleDeposit } = plan;
  return {
    areaHash: areaHash(area),
    roundKeyHash: roundKeyHash(roundKey),
    scope,
    secondServer,
    biddingEnds: BigInt(plan.biddingEnds),
    matchingEnds: BigInt(plan.matchingEnds),
    openingEnds: BigInt(plan.openingEnds),
    slotStart: BigInt(plan.slotStart),
    slotEnd: BigInt(plan.slotEnd),
    maxRounds,
    roundSeconds,
    bidBond,
    vehicleDeposit,
    nonce: bytesToHex(rng.bytes(32)),
  };
}

/**
 * Announces an auction and opens it on chain, with the cloud's signature that it serves it. The
 * announcement and the cloud's key are where they belong before the chain is told.
 * @throws ServingError of a cloud that does not serve it; RefusedError with the contract's reason,
 *   for times or stakes that it does not take
 */
export async function openAuction(
  market: Market,
  { wallet, store, rng }: MatcherDesk,
  { roundKey, second, handOver }: DealtRoundKey,
  plan: AuctionPlan,
): Promise<AnnouncedAuction> {
  const matcher = await wallet.getAddress();
  const terms = auctionTerms(plan, roundKey, second.account, rng);
  const auctionId = auctionIdOf(market.venue, matcher, terms);
  const auction = { auctionId, terms, area: plan.area, roundKey, again: plan.again };
  await store.announce(auction);
  await handOver(auctionId);
  const serves = await second.serve(matcher, auction);
  await send(market, market.contracts.auctions.connect(wallet).open(terms, serves));
  return auction;
}
