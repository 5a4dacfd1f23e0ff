/**
 * The ways to match. All take the same uploads, decide by the same rule and give the same matches; they differ in what
 * the servers see while they match, and in how often they exchange messages.
 *
 *   strict   the default: nothing leaves the round but who wins
 *   masked   a handful of exchanges a buyer; the cloud sees signs and order of masked numbers of permuted candidates
 */
import { matchAsMasker, matchAsReader } from "./matching/maskedMatching.ts";
import { matchInShares } from "./matching/strictMatching.ts";
import type { Area } from "./messages/area.ts";
import type { Bytes32, Venue } from "./messages/market.ts";
import { MODE_NAMES, type ModeName, type RoundKey } from "./messages/roundKey.ts";
import type { PrivateKey } from "./primitives/paillier/privateKey.ts";
import type { Rng } from "./primitives/random.ts";
import { firstDealt, secondDealt } from "./primitives/sharing/dealer.ts";
import { inThisThread } from "./primitives/sharing/maskedOpening.ts";
import { pairedExchanges, type Exchange } from "./primitives/sharing/party.ts";
import { dealMaskedRound, dealStrictRound } from "./roles/authority.ts";
import {
  admitOffers,
  admitRequests,
  type Admitting,
  type NotAdmitted,
  type Submission,
} from "./roles/proxyAdmission.ts";
import {
  rehearse,
  runRound,
  type JoinedSides,
  type Rehearsal,
  type Round,
  type RoundResult,
} from "./round.ts";
import type { HeavyWork } from "./workers/heavyWork.ts";

export class ModeError extends Error {
  override readonly name = "ModeError";
  readonly code = "E_MODE";
}

/** What a round gets; submissions are not checked yet. */
export interface RoundInput {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** That of the auction's terms. */
  readonly area: Area;
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  readonly work: HeavyWork;
  readonly rng: Rng;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface RoundOutcome extends RoundResult {
  /** Submissions that take no part, and why: nobody else has to suffer from them. */
  readonly notAdmitted: readonly NotAdmitted[];
}

/** What a round of bidding that is not the last one ends with. */
export interface RehearsalOutcome extends Rehearsal {
  readonly notAdmitted: readonly NotAdmitted[];
}

export interface MatchingMode {
  readonly name: ModeName;
  /** Both sides with fresh dealt randomness, at the two ends of `line`. */
  readonly join: (line: Line, rng: Rng) => JoinedSides;
}

/** What joins the servers: the proxy's end and the cloud's. */
export type Line = readonly [Exchange, Exchange];

const strict: MatchingMode = {
  name: "strict",
  join: ([proxyEnd, cloudEnd], rng) => {
    const { proxySeed, cloudSeed, corrections } = dealStrictRound(rng);
    const cloudsShare = secondDealt(cloudSeed, corrections);
    return {
      proxy: matchInShares({ isFirst: true, dealt: firstDealt(proxySeed), exchange: proxyEnd }),
      cloud: matchInShares({ isFirst: false, dealt: cloudsShare, exchange: cloudEnd }),
    };
  },
};

const masked: MatchingMode = {
  name: "masked",
  join: ([proxyEnd, cloudEnd], rng) => {
    const { proxySeed, cloudSeed, corrections } = dealMaskedRound(rng, inThisThread);
    return {
      proxy: matchAsMasker({ seed: proxySeed, rng, run: inThisThread, exchange: proxyEnd }),
      cloud: matchAsReader({ seed: cloudSeed, corrections, exchange: cloudEnd }),
    };
  },
};

/** The mode of a name. @throws ModeError that lists the names */
export function modeNamed(name: string): MatchingMode {
  const mode = [strict, masked].find((one) => one.name === name);
  if (mode !== undefined) return mode;
  throw new ModeError(`mode: expected ${MODE_NAMES.join(" or ")}, got ${name}`);
}

/** Admits what was sent and matches it. */
export async function matchSubmissions(
  mode: MatchingMode,
  input: RoundInput,
): Promise<RoundOutcome> {
  const { round, notAdmitted } = await admitted(mode, input);
  return { ...(await runRound(round)), notAdmitted };
}

/** Admits what was sent and finds out who leads, and at which price; piles may go lower then. */
export async function rehearseSubmissions(
  mode: MatchingMode,
  input: RoundInput,
): Promise<RehearsalOutcome> {
  const { round, notAdmitted } = await admitted(mode, input);
  return { ...(await rehearse(round)), notAdmitted };
}

async function admitted(
  mode: MatchingMode,
  input: RoundInput,
): Promise<{ readonly round: Round; readonly notAdmitted: readonly NotAdmitted[] }> {
  const { venue, auctionId, roundKey, area, work } = input;
  const admitting: Admitting = {
    venue,
    auctionId,
    roundKey,
    area,
    signed: (uploads) => work.signedHashes(venue, uploads),
    refused: (layout, uploads) => work.refusedUploads(roundKey, layout, uploads),
  };
  const [requests, offers] = await Promise.all([
    admitRequests(admitting, input.requests),
    admitOffers(admitting, input.offers),
  ]);
  const round = {
    ...input,
    requests: requests.admitted,
    offers: offers.admitted,
    join: () => mode.join(pairedExchanges(), input.rng),
  };
  return { round, notAdmitted: [...requests.notAdmitted, ...offers.notAdmitted] };
}
