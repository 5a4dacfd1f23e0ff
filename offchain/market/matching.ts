/**
 * A round from what was sent to what it decides: submissions are admitted, and those that are admitted are matched in mode
 * `strict`.
 */
import { matchInShares } from "../core/matching/strictMatching.ts";
import type { Area } from "../core/messages/area.ts";
import type { Bytes32, Venue } from "../core/messages/market.ts";
import { MODE_NAMES, type ModeName, type RoundKey } from "../core/messages/roundKey.ts";
import type { PrivateKey } from "../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../core/primitives/random.ts";
import { firstDealt, secondDealt } from "../core/primitives/sharing/dealer.ts";
import { pairedExchanges, type Exchange } from "../core/primitives/sharing/party.ts";
import { dealStrictRound } from "../parties/authority/dealing.ts";
import {
  admitOffers,
  admitRequests,
  type Admitting,
  type NotAdmitted,
  type Submission,
} from "../parties/proxy/admission.ts";
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

/** What a round of the servers takes: all of it is public, or was sent to the proxy. */
export interface MatchingInput {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  /** The auction's round that is over, from 1. */
  readonly round: bigint;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** That of the auction's terms. */
  readonly area: Area;
  /** Opened by the proxy, and not checked yet. */
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Called for every buyer. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Proxy and cloud, wherever they are: in this process or in two others. */
export interface MatchingServers {
  /** Admits what was sent, matches it and seals what the matched parties are to know. */
  readonly match: (input: MatchingInput) => Promise<RoundOutcome>;
  /** Admits what was sent and finds out who leads, and at which mean price; piles may go lower then. */
  readonly rehearse: (input: MatchingInput) => Promise<RehearsalOutcome>;
}

/** What joins the servers: the proxy's end and the cloud's. */
export type Line = readonly [Exchange, Exchange];

/** Both sides of one matching with fresh dealt randomness, at the two ends of a line. */
export type Join = (line: Line, rng: Rng) => JoinedSides;

/** Mode `strict`: the servers compute on shares, and nothing leaves the round but who wins. */
export const joinStrict: Join = ([proxyEnd, cloudEnd], rng) => {
  const { proxySeed, cloudSeed, corrections } = dealStrictRound(rng);
  const cloudsShare = secondDealt(cloudSeed, corrections);
  return {
    proxy: matchInShares({ isFirst: true, dealt: firstDealt(proxySeed), exchange: proxyEnd }),
    cloud: matchInShares({ isFirst: false, dealt: cloudsShare, exchange: cloudEnd }),
  };
};

/** Checks the name of a mode. @throws ModeError that names the value and the mode that there is */
export function modeNamed(name: string): ModeName {
  const mode = MODE_NAMES.find((one) => one === name);
  if (mode !== undefined) return mode;
  throw new ModeError(`mode: expected ${MODE_NAMES.join(" or ")}, got ${name}`);
}

/** Admits what was sent and matches it; `join` stands at the servers' line. */
export async function matchSubmissions(
  input: RoundInput,
  join: Join = joinStrict,
): Promise<RoundOutcome> {
  const { round, notAdmitted } = await admitted(input, join);
  return { ...(await runRound(round)), notAdmitted };
}

/** Admits what was sent and finds out who leads, and at which price; piles may go lower then. */
export async function rehearseSubmissions(input: RoundInput): Promise<RehearsalOutcome> {
  const { round, notAdmitted } = await admitted(input, joinStrict);
  return { ...(await rehearse(round)), notAdmitted };
}

async function admitted(
  input: RoundInput,
  join: Join,
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
    join: () => join(pairedExchanges(), input.rng),
  };
  return { round, notAdmitted: [...requests.notAdmitted, ...offers.notAdmitted] };
}

/** Both servers in this process. */
export function serversTogether(
  own: Pick<RoundInput, "privateKey" | "work" | "rng">,
): MatchingServers {
  return {
    match: (input) => matchSubmissions({ ...input, ...own }),
    rehearse: (input) => rehearseSubmissions({ ...input, ...own }),
  };
}
