/**
 * The proxy's side of a matching round, from submissions to sealed deliveries.
 *
 * It puts everybody in an order that nobody chose, finds out whose cells are in reach of each
 * other, and matches with the cloud, a buyer with the sellers around it (`waves.ts`). What leaves
 * it are matches (`deliveries.ts`) or, of a rehearsal, who leads and at which mean price. The
 * losers' values were never opened to anybody.
 */
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import {
  NO_REFERENCE_PRICE,
  type Address,
  type Bytes32,
  type Venue,
} from "../../core/messages/market.ts";
import { priceOfOffer } from "../../core/messages/packedRecord.ts";
import { inOrder } from "../server/order.ts";
import { inBackground, playSide, type Seat } from "../server/playing.ts";
import { hearPriceSum } from "../server/priceSum.ts";
import {
  admitOffers,
  admitRequests,
  type Admitting,
  type NotAdmitted,
  type Submission,
} from "./admission.ts";
import { conclude } from "./deliveries.ts";
import type { ProxyDesk } from "./desk.ts";
import { inWaves, type MatchedWave, type Parties, type WavesRound } from "./waves.ts";

/** What the proxy knows of a round; submissions are opened, and not checked yet. */
export interface ProxyRound extends WavesRound {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
}

interface Taken {
  /** Submissions that take no part, and why: nobody else has to suffer from them. */
  readonly notAdmitted: readonly NotAdmitted[];
}

export interface RoundOutcome extends Taken {
  readonly matches: readonly DecidedMatch[];
  readonly unmatched: readonly Address[];
  readonly comparedPairs: number;
}

/** What the end of a round of bidding says, while piles can still go lower. */
export interface RehearsalOutcome extends Taken {
  /** Piles that would be matched. */
  readonly leaders: readonly Address[];
  /**
   * Mean price of their offers in token units per kWh, rounded down; `NO_REFERENCE_PRICE` if there
   * are none.
   */
  readonly referencePricePerKwh: bigint;
}

/**
 * Admits what was sent and matches it. Buyers come in waves: while one is matched, the next is
 * masked and opened and the deliveries of the one before are sealed. Nothing has left the matcher
 * when it throws.
 */
export function matchAsProxy(
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
): Promise<RoundOutcome> {
  return playSide(seat, desk.store, async () => {
    const { parties, notAdmitted } = await admitted(desk, round);
    const deliveries: Promise<readonly DecidedMatch[]>[] = [];
    const unmatched: Address[] = [];
    let comparedPairs = 0;
    await inWaves(desk, seat, round, parties, "match", (wave) => {
      deliveries.push(inBackground(seat, conclude(desk, seat, wave, deliveries.at(-1))));
      unmatched.push(...unmatchedOf(wave));
      comparedPairs += wave.matching.comparedPairs;
    });
    const matches = (await Promise.all(deliveries)).flat();
    return { matches, unmatched, comparedPairs, notAdmitted };
  });
}

/**
 * Matches as `matchAsProxy` does and concludes nothing: over all waves together the servers open
 * the sum of the prices that lead, and no price. Of a single one the sum is the price, though not
 * whose.
 */
export function rehearseAsProxy(
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
): Promise<RehearsalOutcome> {
  return playSide(seat, desk.store, async () => {
    const { parties, notAdmitted } = await admitted(desk, round);
    const leaders: Address[] = [];
    let masks = 0n;
    await inWaves(desk, seat, round, parties, "rehearsal", (wave) => {
      leaders.push(...leadersOf(wave));
      masks += maskedPricesOf(wave);
    });
    const masked = await hearPriceSum(seat.line);
    if (leaders.length === 0) {
      return { leaders, referencePricePerKwh: NO_REFERENCE_PRICE, notAdmitted };
    }
    const referencePricePerKwh = (masked - masks) / BigInt(leaders.length);
    return { leaders, referencePricePerKwh, notAdmitted };
  });
}

/* ADMISSION */

/** Who takes part, in the order of the round. */
async function admitted(
  { work }: ProxyDesk,
  { venue, auctionId, seed, roundKey, area, requests, offers }: ProxyRound,
): Promise<Taken & { readonly parties: Parties }> {
  const admitting: Admitting = {
    venue,
    auctionId,
    roundKey,
    area,
    signed: (uploads) => work.signedHashes(venue, uploads),
    refused: (layout, uploads) => work.refusedUploads(roundKey, layout, uploads),
  };
  const [bought, sold] = await Promise.all([
    admitRequests(admitting, requests),
    admitOffers(admitting, offers),
  ]);
  return {
    parties: { requests: inOrder(seed, bought.admitted), offers: inOrder(seed, sold.admitted) },
    notAdmitted: [...bought.notAdmitted, ...sold.notAdmitted],
  };
}

/* OUTCOMES */

function unmatchedOf({ buyers, matching: { winners } }: MatchedWave): readonly Address[] {
  const unmatched = buyers.owners.filter((_, i) => winners[i] === null);
  return unmatched.map(({ upload }) => upload.account);
}

function leadersOf({ sellers, matching: { winners } }: MatchedWave): readonly Address[] {
  return winners.flatMap((place) =>
    place === null ? [] : (sellers.owners[place]?.upload.account ?? []),
  );
}

/** What the proxy has added to the prices that lead. */
function maskedPricesOf({ sellers, matching: { winners } }: MatchedWave): bigint {
  const masks = winners.flatMap((place) =>
    place === null ? [] : [priceOfOffer(sellers.masks[place]?.masks ?? [])],
  );
  return masks.reduce((sum, mask) => sum + mask, 0n);
}
