/**
 * What the processes of both servers do alike: they find their keys, meet the others, and take a
 * seat in each attempt. What remains a server's own is its desk and its play.
 */
import type { TLSSocket } from "node:tls";
import type { z } from "zod";
import type { Attempt, ServerIndex } from "../core/messages/attempt.ts";
import { bytesToHex } from "../core/primitives/bytes.ts";
import type { SealKeyPair } from "../core/primitives/sealedBox.ts";
import { startThreads, type Threads } from "../core/primitives/threads.ts";
import type { Seat } from "../parties/server/playing.ts";
import type { ServerStore } from "../parties/server/store.ts";
import { dealerAt } from "./asking.ts";
import { folderAttempts, heardFramesIn } from "./attempts.ts";
import { call, CallError, type Call } from "./calls.ts";
import type { Peer } from "./connection.ts";
import { serviceFolder, type ServiceFolder } from "./folder.ts";
import { nextAttemptForm, nothingForm, type Introduction } from "./forms.ts";
import { lateLine } from "./lateLine.ts";
import { socketLine } from "./line.ts";
import type { LineKeys } from "./lineKeys.ts";
import { ownKeys } from "./ownKeys.ts";
import type { ServerOptions } from "./serverOptions.ts";

/** Those whom a server has met. */
export interface Met {
  readonly authority: Peer;
}

/** How a server gets to the other one. */
export interface Way<Others extends Met> {
  readonly peerLineKey: (others: Others) => string;
  /** The connection for an attempt, at which the line begins. */
  readonly connect: (others: Others, attempt: Attempt) => Promise<TLSSocket>;
}

export interface ServerProcess<Others extends Met> {
  readonly folder: ServiceFolder;
  readonly lineKeys: LineKeys;
  readonly sealKeys: SealKeyPair;
  readonly attempts: ServerStore;
  /** For heavy work; null: on the thread of the calls. */
  readonly threads: Threads | null;
  /** Null before it has met anybody. */
  readonly met: () => Others | null;
  /**
   * Plays in the seat of an attempt.
   * @throws CallError E_CALL_ORDER before the others are met; what `play` throws
   */
  readonly inSeat: <T>(
    way: Way<Others>,
    attempt: Attempt,
    signal: AbortSignal,
    play: (seat: Seat) => Promise<T>,
  ) => Promise<T>;
  /** The calls of both servers; `port` is null for one that does not listen. */
  readonly callsAt: (port: number | null) => Readonly<Record<string, Call>>;
  readonly close: () => Promise<void>;
}

/** The process of server `index`, which meets others of the form `meetForm`. */
export async function serverProcess<Others extends Met>(
  options: ServerOptions,
  index: ServerIndex,
  meetForm: z.ZodType<Others>,
): Promise<ServerProcess<Others>> {
  const { rng, timeoutMs, wrapLine } = options;
  const folder = serviceFolder(options.folder);
  const { lineKeys, sealKeys } = await ownKeys(folder, rng);
  const attempts = folderAttempts(folder);
  const threads = threadsOf(options);
  let met: Others | null = null;
  return {
    folder,
    lineKeys,
    sealKeys,
    attempts,
    threads,
    met: () => met,
    inSeat: async ({ peerLineKey, connect }, attempt, signal, play) => {
      if (met === null) throw new CallError("E_CALL_ORDER", "expected to meet the others first");
      const others = met;
      const heard = heardFramesIn(folder, attempt);
      const line = lateLine(async () =>
        socketLine(await connect(others, attempt), {
          attempt,
          server: index,
          keys: lineKeys,
          peerLineKey: peerLineKey(others),
          timeoutMs,
          onFrame: heard.keep,
        }),
      );
      const dealer = dealerAt(lineKeys, others.authority, timeoutMs);
      const result = await play({ line: wrapLine(line), dealer, attempt, signal });
      await heard.drop();
      return result;
    },
    callsAt: (port) => {
      const sealKey = bytesToHex(sealKeys.publicKey);
      const introduction: Introduction = { lineKey: lineKeys.publicKey, sealKey, port };
      return {
        introduce: call(nothingForm, () => Promise.resolve(introduction)),
        meet: call(meetForm, (others) => {
          met = others;
          return Promise.resolve({});
        }),
        nextAttempt: call(nextAttemptForm, async ({ auctionId, round }) => ({
          attempt: await attempts.nextAttempt(auctionId, BigInt(round)),
        })),
      };
    },
    close: async () => threads?.close(),
  };
}

function threadsOf({ threads }: ServerOptions): Threads | null {
  return threads > 0 ? startThreads(threads, new AbortController().signal) : null;
}
