/**
 * A round from what was sent to what it decides: the two servers, wherever they are, and both of
 * them in this process.
 */
import type { CommittedRound } from "../chain/committed.ts";
import type { Area } from "../core/messages/area.ts";
import { attemptOf, type Attempt } from "../core/messages/attempt.ts";
import type { Dealer } from "../core/messages/dealtLetter.ts";
import type { Address, Bytes32, Venue } from "../core/messages/market.ts";
import { MODE_NAMES, type ModeName, type RoundKey } from "../core/messages/roundKey.ts";
import type { CloudDesk } from "../parties/cloud/desk.ts";
import type { CloudRound } from "../parties/cloud/look.ts";
import { playAsCloud } from "../parties/cloud/round.ts";
import type { NotAdmitted, Submission } from "../parties/proxy/admission.ts";
import type { ProxyDesk } from "../parties/proxy/desk.ts";
import {
  matchAsProxy,
  rehearseAsProxy,
  type ProxyRound,
  type RehearsalOutcome,
  type RoundOutcome,
} from "../parties/proxy/round.ts";
import { reasonOf } from "../parties/server/abortReason.ts";
import type { RoundKind } from "../parties/server/inventory.ts";
import type { Line } from "../parties/server/line.ts";
import { pairedLines } from "../parties/server/pairedLines.ts";
import type { Seat } from "../parties/server/playing.ts";
import type { Watch } from "./watch.ts";

export type { RehearsalOutcome, RoundOutcome } from "../parties/proxy/round.ts";

export class ModeError extends Error {
  override readonly name = "ModeError";
  readonly code = "E_MODE";
}

/** What a round of the servers takes: all of it is public, or was sent to the proxy. */
export interface MatchingInput extends Watch {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  /** The auction's round that is over, from 1. */
  readonly round: bigint;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
  readonly roundKey: RoundKey;
  /** That of the auction's terms. */
  readonly area: Area;
  /** Everybody whom the chain names. */
  readonly committed: CommittedRound;
  /** Opened by the proxy, and not checked yet. */
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** Piles that an earlier auction of the slot has matched. */
  readonly promised: readonly NotAdmitted[];
  /** Account of the cloud in the auction's terms. */
  readonly secondServer: Address;
}

/** Proxy and cloud, wherever they are: in this process or in two others. */
export interface MatchingServers {
  /** Admits what was sent, matches it and seals what the matched parties are to know. */
  readonly match: (input: MatchingInput) => Promise<RoundOutcome>;
  /**
   * Admits what was sent and finds out who leads, and at which mean price; piles may go lower then.
   */
  readonly rehearse: (input: MatchingInput) => Promise<RehearsalOutcome>;
}

/** Checks the name of a mode. @throws ModeError that names the value and the mode that there is */
export function modeNamed(name: string): ModeName {
  const mode = MODE_NAMES.find((one) => one === name);
  if (mode !== undefined) return mode;
  throw new ModeError(`mode: expected ${MODE_NAMES.join(" or ")}, got ${name}`);
}

/**
 * How the cloud sees a round that is over, from the chain and from what it keeps; it is told no
 * more than which one. Whoever measures or tests without a chain shows it the input.
 */
export type CloudLook = (input: MatchingInput, kind: RoundKind) => Promise<CloudRound>;

/** The servers, each with its own desk, and the authority that deals to both. */
export interface Together {
  readonly proxyDesk: ProxyDesk;
  readonly cloudDesk: CloudDesk;
  readonly dealer: Dealer;
  /** The cloud's own look at the round. */
  readonly look: CloudLook;
  /** Joins them for one attempt; without it, frames pass inside the process. */
  readonly lines?: (attempt: Attempt) => readonly [Line, Line];
}

/**
 * Both servers in one process, each playing its side alone: what one knows of the other has passed
 * on the line.
 */
export function serversTogether(together: Together): MatchingServers {
  return {
    match: (input) => playBoth(together, input, "match", matchAsProxy),
    rehearse: (input) => playBoth(together, input, "rehearsal", rehearseAsProxy),
  };
}

async function playBoth<T>(
  { proxyDesk, cloudDesk, dealer, look, lines = pairedLines }: Together,
  input: MatchingInput,
  kind: RoundKind,
  asProxy: (desk: ProxyDesk, seat: Seat, round: ProxyRound) => Promise<T>,
): Promise<T> {
  const { auctionId, round, signal } = input;
  const looked = await look(input, kind);
  const stores = [proxyDesk.store, cloudDesk.store];
  const next = await Promise.all(stores.map((store) => store.nextAttempt(auctionId, round)));
  const attempt = attemptOf(auctionId, round, Math.max(...next));
  const [proxyEnd, cloudEnd] = lines(attempt);
  const seat = (line: Line): Seat => ({ line, dealer, attempt, signal });
  const [ofProxy, ofCloud] = await Promise.allSettled([
    asProxy(proxyDesk, seat(proxyEnd), input),
    playAsCloud(cloudDesk, seat(cloudEnd), looked),
  ]);
  if (ofProxy.status === "fulfilled" && ofCloud.status === "fulfilled") return ofProxy.value;
  throw reasonOf([ofProxy, ofCloud]);
}
