/**
 * The proxy's side of a matching round, from submissions to sealed deliveries.
 *
 * It tells the cloud of everybody whom the chain names what has come of it, agrees with it on who
 * takes part, and matches with it, a buyer with the sellers around it (`waves.ts`). What leaves it
 * are matches (`deliveries.ts`) or, of a rehearsal, who leads and at which mean price, with the
 * cloud's signature on it. The losers' values were never opened to anybody.
 */
import type { CommittedRound } from "../../chain/committed.ts";
import { finalOutcome } from "../../core/messages/outcome.ts";
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import type { RoundOutcome as SignedRound } from "../../core/messages/outcome.ts";
import {
  NO_REFERENCE_PRICE,
  type Address,
  type Bytes32,
  type Venue,
} from "../../core/messages/market.ts";
import { priceOfOffer } from "../../core/messages/packedRecord.ts";
import { sayInventory, type RoundKind } from "../server/inventory.ts";
import { hearSigned, type Outcome } from "../server/outcome.ts";
import { inBackground, playSide, type Seat } from "../server/playing.ts";
import { hearPriceSum } from "../server/priceSum.ts";
import { agreeOnRoster, rosterOf, type RosterPlace } from "../server/roster.ts";
import { sayStandings } from "../server/standings.ts";
import { drawSalts, transcriptOf } from "../server/transcript.ts";
import {
  admitOffers,
  admitRequests,
  type Admitting,
  type NotAdmitted,
  type Submission,
} from "./admission.ts";
import { conclude } from "./deliveries.ts";
import type { ProxyDesk } from "./desk.ts";
import { listed, type Listing } from "./listing.ts";
import { sealTranscript, type SealedTranscript } from "./notices.ts";
import { inWaves, type MatchedWave, type Parties, type WavesRound } from "./waves.ts";

/** What the proxy knows of a round; submissions are opened, and not checked yet. */
export interface ProxyRound extends WavesRound, RosterPlace {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  /** Everybody whom the chain names. */
  readonly committed: CommittedRound;
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Piles that an earlier auction of the slot has matched: they take no part. */
  readonly promised: readonly NotAdmitted[];
  /** Account of the cloud, which signs the outcome. */
  readonly secondServer: Address;
}

interface Taken {
  /** Whom the chain names and who takes no part, and why: nobody else has to suffer from them. */
  readonly notAdmitted: readonly NotAdmitted[];
  /** Of all whom the chain names (`core/messages/participants.ts`). */
  readonly participantsRoot: Bytes32;
  /** Of the second server on the outcome. */
  readonly secondSignature: string;
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
  /** What every pile is told of its bid. */
  readonly transcript: SealedTranscript;
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
    const { parties, notAdmitted } = await agreed(desk, seat, round, "match");
    const deliveries: Promise<readonly DecidedMatch[]>[] = [];
    const unmatched: Address[] = [];
    let comparedPairs = 0;
    await inWaves(desk, seat, round, parties, (wave) => {
      deliveries.push(inBackground(seat, conclude(desk, seat, wave, deliveries.at(-1))));
      unmatched.push(...unmatchedOf(wave));
      comparedPairs += wave.matching.comparedPairs;
    });
    const matches = (await Promise.all(deliveries)).flat();
    const participantsRoot = parties.root;
    const decided = { auctionId: round.auctionId, round: BigInt(seat.attempt.round) };
    const decisions = matches.map(({ decision }) => decision);
    const content = finalOutcome(decided, decisions, participantsRoot);
    const secondSignature = await signedBySecond(seat, round, { kind: "final", content });
    return { matches, unmatched, comparedPairs, notAdmitted, participantsRoot, secondSignature };
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
    const { parties, notAdmitted } = await agreed(desk, seat, round, "rehearsal");
    const leaders: Leader[] = [];
    let masks = 0n;
    await inWaves(desk, seat, round, parties, (wave) => {
      leaders.push(...leadersOf(wave));
      masks += maskedPricesOf(wave);
    });
    const sum = (await hearPriceSum(seat.line)) - masks;
    const count = BigInt(leaders.length);
    const referencePricePerKwh = count === 0n ? NO_REFERENCE_PRICE : sum / count;
    const said = await sayRehearsed(desk, seat, round, leaders, referencePricePerKwh);
    const participantsRoot = parties.root;
    const content = { ...said.content, participantsRoot };
    const secondSignature = await signedBySecond(seat, round, { kind: "round", content });
    return {
      leaders: leaders.map(({ account }) => account),
      referencePricePerKwh,
      transcript: said.transcript,
      notAdmitted,
      participantsRoot,
      secondSignature,
    };
  });
}

/* WHO TAKES PART */

/**
 * Admits what was sent, tells the cloud, and goes on only with the roster that it has found too.
 */
async function agreed(
  { work, store }: ProxyDesk,
  { line }: Seat,
  round: ProxyRound,
  kind: RoundKind,
): Promise<Pick<Taken, "notAdmitted"> & { readonly parties: Parties }> {
  const { venue, auctionId, roundKey, area, requests, offers } = round;
  const admitting: Admitting = {
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
  const before = await store.saidIn(auctionId);
  const listing: Listing = { bought, sold, promised: round.promised, before };
  const { inventory, present, absent, notAdmitted, said } = listed(round.committed, listing);
  await store.keepSaid(auctionId, said);
  await sayInventory(line, { kind, ...inventory });
  const parties = rosterOf(round, present.requests, present.offers, absent);
  await agreeOnRoster(line, parties.root);
  return { parties, notAdmitted };
}

/* OUTCOMES */

function signedBySecond(
  { line }: Seat,
  { secondServer, venue }: ProxyRound,
  outcome: Outcome,
): Promise<string> {
  return hearSigned(line, secondServer, venue, outcome);
}

interface Rehearsed {
  readonly transcript: SealedTranscript;
  readonly content: Omit<SignedRound, "participantsRoot">;
}

/** Draws the transcript and tells the cloud what it takes to compute it. */
async function sayRehearsed(
  { rng }: ProxyDesk,
  { line, attempt }: Seat,
  { auctionId, committed, offers }: ProxyRound,
  leaders: readonly Leader[],
  referencePricePerKwh: bigint,
): Promise<Rehearsed> {
  const round = BigInt(attempt.round);
  const leading = new Set(leaders.map(({ bidCommitment }) => bidCommitment));
  const bids = committed.offers.map(({ commitment: bidCommitment }) => ({
    bidCommitment,
    leads: leading.has(bidCommitment),
  }));
  const salts = drawSalts(bids.length, rng);
  const drawn = transcriptOf(auctionId, round, bids, salts);
  await sayStandings(line, { referencePricePerKwh, salts });
  return {
    transcript: await sealTranscript(drawn, offers, rng),
    content: { auctionId, round, referencePricePerKwh, transcriptRoot: drawn.root },
  };
}

function unmatchedOf({ buyers, matching: { winners } }: MatchedWave): readonly Address[] {
  const unmatched = buyers.owners.filter((_, i) => winners[i] === null);
  return unmatched.map(({ upload }) => upload.account);
}

interface Leader {
  readonly account: Address;
  readonly bidCommitment: Bytes32;
}

function leadersOf({ sellers, matching: { winners } }: MatchedWave): readonly Leader[] {
  return winners.flatMap((place) => {
    const leader = place === null ? undefined : sellers.owners[place];
    if (leader === undefined) return [];
    return [{ account: leader.upload.account, bidCommitment: leader.bidCommitment }];
  });
}

/** What the proxy has added to the prices that lead. */
function maskedPricesOf({ sellers, matching: { winners } }: MatchedWave): bigint {
  const masks = winners.flatMap((place) =>
    place === null ? [] : [priceOfOffer(sellers.masks[place]?.masks ?? [])],
  );
  return masks.reduce((sum, mask) => sum + mask, 0n);
}
