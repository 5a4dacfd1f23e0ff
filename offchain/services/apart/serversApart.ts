/**
 * A matching by proxy and cloud as processes. An attempt that a fault ends leaves nothing: what it
 * had decided was told to nobody, what it was dealt is never used again. One further attempt is
 * made, dealt anew, and then the round is given up: without decisions the chain frees all stakes.
 */
import type { z } from "zod";
import type { Committed } from "../../chain/committed.ts";
import { attemptOf, type Attempt } from "../../core/messages/attempt.ts";
import { roundKeyToJson } from "../../core/messages/roundKey.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { MatchingInput, MatchingServers } from "../../market/matching.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import { isEcho, reasonOf } from "../../parties/server/abortReason.ts";
import { attemptNumberForm, nothingForm, outcomeForm, rehearsalForm } from "../forms.ts";
import { ServiceError } from "./process.ts";
import type { Trio } from "./trio.ts";

const ANSWERS = { match: outcomeForm, rehearsal: rehearsalForm } as const;
type Kind = keyof typeof ANSWERS;
type Answer<K extends Kind> = z.output<(typeof ANSWERS)[K]>;

/** Attempts of a round that are made. */
const MOST_ATTEMPTS = 2;
/** Codes of what ends an attempt and need not end the next one. */
const PASSING = ["E_SERVICE_ENDED", "E_LINE_", "E_CONNECTION_", "E_DEALER_"];
/** A server whose peer says that the line has ended says itself within this why. */
const REASON_MS = 2_000;

export interface ServersApartOptions {
  readonly trio: Trio;
  /**
   * The name under which the proxy keeps an upload that it has opened.
   * @throws ServiceError for another
   */
  readonly nameOf: (signed: SignedUpload) => string;
  /** Hears why a round is attempted again. */
  readonly onFailure: (attempt: Attempt, error: ServiceError) => void;
}

export interface ServersApart extends MatchingServers {
  /** One attempt, with a number that none before had. */
  readonly attempt: <K extends Kind>(input: MatchingInput, kind: K) => Promise<Answer<K>>;
}

export function serversApart(options: ServersApartOptions): ServersApart {
  const { trio, onFailure } = options;
  const play = async <K extends Kind>(input: MatchingInput, kind: K): Promise<Answer<K>> => {
    for (let made = 1; ; made += 1) {
      const attempt = await nextAttempt(trio, input);
      try {
        return await playOnce(options, input, kind, attempt);
      } catch (error) {
        if (!(error instanceof ServiceError) || made === MOST_ATTEMPTS) throw error;
        if (!mayPass(error)) throw error;
        onFailure(attempt, error);
      }
    }
  };
  return {
    attempt: async (input, kind) => playOnce(options, input, kind, await nextAttempt(trio, input)),
    match: (input) => play(input, "match"),
    rehearse: (input) => play(input, "rehearsal"),
  };
}

/** Another attempt may fare better: a process, a connection or a letter was not there. */
function mayPass({ code }: ServiceError): boolean {
  return PASSING.some((kind) => code.startsWith(kind));
}

/** The first that neither server has taken part in. */
async function nextAttempt(trio: Trio, { auctionId, round }: MatchingInput): Promise<Attempt> {
  const { proxy, cloud } = await trio.ready();
  const asked = { auctionId, round: Number(round) };
  const next = await Promise.all(
    [proxy, cloud].map((server) => server.call("nextAttempt", asked, attemptNumberForm)),
  );
  return attemptOf(auctionId, round, Math.max(...next.map(({ attempt }) => attempt)));
}

/**
 * Both servers play their side; what the proxy has counts only if the cloud has come to its end
 * too.
 */
async function playOnce<K extends Kind>(
  { trio, nameOf }: ServersApartOptions,
  input: MatchingInput,
  kind: K,
  attempt: Attempt,
): Promise<Answer<K>> {
  const { signal, onProgress } = input;
  signal.throwIfAborted();
  const { proxy, cloud } = await trio.ready();
  const failing = new AbortController();
  const watched = { signal: AbortSignal.any([signal, failing.signal]) };
  const sides = [
    proxy.call("play", { kind, attempt, ...proxySide(input, nameOf) }, ANSWERS[kind], {
      ...watched,
      onProgress,
    }),
    cloud.call("play", { attempt }, nothingForm, watched),
  ] as const;
  const [ofProxy, ofCloud] = await bothSettled(sides, failing);
  signal.throwIfAborted();
  if (ofProxy.status === "fulfilled" && ofCloud.status === "fulfilled") {
    return ofProxy.value as Answer<K>;
  }
  throw reasonOf([ofProxy, ofCloud]);
}

/**
 * Waits for both sides. One that fails leaves the other nobody to talk to; one that was only told
 * so leaves it the time to say why.
 */
async function bothSettled<T extends readonly [Promise<unknown>, Promise<unknown>]>(
  sides: T,
  failing: AbortController,
): Promise<{ -readonly [K in keyof T]: PromiseSettledResult<Awaited<T[K]>> }> {
  const alarms: NodeJS.Timeout[] = [];
  for (const side of sides) {
    side.catch((error: unknown) => {
      const stop = (): void => {
        failing.abort(error);
      };
      if (isEcho(error)) alarms.push(setTimeout(stop, REASON_MS));
      else stop();
    });
  }
  const settled = await Promise.allSettled(sides);
  for (const alarm of alarms) clearTimeout(alarm);
  return settled;
}

function proxySide(
  { venue, seed, roundKey, area, committed, requests, offers, ...known }: MatchingInput,
  nameOf: ServersApartOptions["nameOf"],
): object {
  const standing = ({ round, ...rest }: Pick<Committed, "round">): object => ({
    ...rest,
    round: Number(round),
  });
  const named = ({ signed, ...rest }: Submission): object => ({
    name: nameOf(signed),
    ...standing(rest),
  });
  return {
    venue: { ...venue, chainId: venue.chainId.toString() },
    seed,
    roundKey: roundKeyToJson(roundKey),
    area,
    committed: {
      requests: committed.requests.map(standing),
      offers: committed.offers.map(standing),
    },
    requests: requests.map(named),
    offers: offers.map(named),
    promised: known.promised,
    secondServer: known.secondServer,
  };
}
