/**
 * The end of a round on the command line: waiting for it, the two servers in this process, and who
 * took no part.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import type { LeftOut } from "../../offchain/market/auction/roundInput.ts";
import type { Watch } from "../../offchain/market/watch.ts";
import { runningRound } from "../../offchain/market/auction/rounds.ts";
import { localServers } from "../../offchain/market/localServers.ts";
import type { MatchingServers } from "../../offchain/market/matching.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import { StepError } from "../../offchain/market/stepError.ts";
import { lookingAt } from "../../offchain/market/secondServer.ts";
import { serverStoresIn } from "../stores/servers.ts";
import type { Connected } from "./connection.ts";
import { progressOn } from "./progress.ts";
import { playerOfAccount } from "./secondServer.ts";
import { withRemedies, type Remedies } from "./remedies.ts";
import { withWorkers } from "./workers.ts";
import { pasteable, type Typed } from "./hints.ts";

const POLL_MS = 1_000;

/** Waits until the running round is over. */
export async function roundOver(
  { market, now }: Connected,
  auctionId: Bytes32,
  signal: AbortSignal,
): Promise<void> {
  const { roundEnds } = await runningRound(market, auctionId);
  const progress = progressOn(process.stderr);
  const total = Number(roundEnds) - (await now());
  if (total > 0) progress.say(`bidding ends in ${total} s`);
  try {
    for (;;) {
      const left = Number(roundEnds) - (await now());
      if (left <= 0) break;
      progress.update("waiting for the end of bidding", total - left, total);
      // A timer that is called off says so in its own words.
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  } finally {
    progress.stop();
  }
}

/** Who ends a round, as it was typed. */
export interface RoundEnder extends Pick<Typed, "auction"> {
  readonly as: string;
}

/** Runs a step with both servers on worker threads, and shows on stderr how far it is. */
export async function withServers<T>(
  connected: Connected,
  ender: RoundEnder,
  { terms }: Pick<AnnouncedAuction, "terms">,
  signal: AbortSignal,
  step: (servers: MatchingServers, watched: Watch) => Promise<T>,
): Promise<T> {
  const { market, state, now } = connected;
  const cloud = await playerOfAccount(connected, terms.secondServer);
  const progress = progressOn(process.stderr);
  const onProgress = (done: number, total: number): void => {
    progress.update("matching", done, total);
  };
  const matched = withWorkers(signal, async (work) => {
    const servers = await localServers({
      work,
      rng: systemRng,
      account: cloud.wallet,
      look: lookingAt(market),
      stores: serverStoresIn(state),
    });
    return step(servers, { onProgress, signal });
  });
  try {
    return await withRemedies(remediesFor({ state, now }, ender), matched);
  } finally {
    progress.stop();
  }
}

/** Says on stderr what took no part, and why. */
export function sayLeftOut({ missing, unread, notAdmitted }: LeftOut): void {
  for (const { kind, account } of missing) {
    process.stderr.write(`left out: ${account}: its ${kind} was not sent\n`);
  }
  for (const { name, reason } of unread) {
    process.stderr.write(`not admitted: ${name}.json: ${reason}\n`);
  }
  for (const { account, reason } of notAdmitted) {
    process.stderr.write(`not admitted: ${account}: ${reason}\n`);
  }
}

/** What comes first, where a step is asked for too early or too late. */
function remediesFor(
  { state, now }: Pick<Connected, "state" | "now">,
  { as, auction }: RoundEnder,
): Remedies {
  const command = (verb: string): string =>
    pasteable(state, `auction ${verb} --as ${as}`, { auction });
  return {
    E_UPLOADS_MISSING: "bring the files of who is named, or leave them out with --without-missing",
    E_ROUND_LAST: ({ message }) => `${message} with \`${command("match")}\``,
    E_ROUND_FOLLOWS: ({ message }) => `${message} with \`${command("close-round")}\``,
    E_AUCTION_PHASE: async (error) => {
      if (!(error instanceof StepError) || error.values.phase !== "bidding") return null;
      const left = Number(error.values.roundEnds) - (await now());
      return `${error.message}, which is in ${left} s; --wait waits for it`;
    },
  };
}
