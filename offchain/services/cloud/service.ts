/**
 * The cloud as a process: it keeps the secret halves of round keys, and plays its side of a round
 * with the one server that has the proxy's key.
 */
import { roundKeyFromJson } from "../../core/messages/roundKey.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { startThreads } from "../../core/primitives/threads.ts";
import { takeRoundKey, type CloudDesk } from "../../parties/cloud/desk.ts";
import { playAsCloud } from "../../parties/cloud/round.ts";
import { cloudWork, cloudWorkOn } from "../../parties/cloud/work.ts";
import { dealerAt } from "../asking.ts";
import { evidenceOf } from "../attempts.ts";
import { call, CallError } from "../calls.ts";
import { listenPinned } from "../connection.ts";
import { serviceFolder } from "../folder.ts";
import {
  cloudMeetForm,
  cloudPlayForm,
  nextAttemptForm,
  nothingForm,
  takeKeyForm,
  type Introduction,
  type MetByCloud,
} from "../forms.ts";
import { lateLine } from "../lateLine.ts";
import { socketLine } from "../line.ts";
import { ownKeys } from "../ownKeys.ts";
import type { RunningService } from "../runService.ts";
import type { ServerOptions } from "../serverOptions.ts";
import { callers } from "./callers.ts";
import { cloudStoreIn } from "./store.ts";

/** The proxy checks everybody's proofs before it connects. */
const ADMISSION_MS = 600_000;

export async function cloudService(options: ServerOptions): Promise<RunningService> {
  const { rng, threads, timeoutMs, wrapLine } = options;
  const folder = serviceFolder(options.folder);
  const { lineKeys, sealKeys } = await ownKeys(folder, rng);
  const pool = threads > 0 ? startThreads(threads, new AbortController().signal) : null;
  const work = pool === null ? cloudWork : cloudWorkOn(pool);
  const desk: CloudDesk = { sealKeys, store: cloudStoreIn(folder), work, rng };
  let met: MetByCloud | null = null;
  const known = (): MetByCloud => {
    if (met !== null) return met;
    throw new CallError("E_CALL_ORDER", "expected to meet authority and proxy first");
  };
  const proxies = callers();
  const listener = await listenPinned(lineKeys, (socket, lineKey) => {
    if (lineKey === met?.proxyLineKey) void proxies.came(socket);
    else socket.destroy();
  });
  const introduction: Introduction = {
    lineKey: lineKeys.publicKey,
    sealKey: bytesToHex(sealKeys.publicKey),
    port: listener.port,
  };
  return {
    close: async () => {
      await listener.close();
      await pool?.close();
    },
    calls: {
      introduce: call(nothingForm, () => Promise.resolve(introduction)),
      meet: call(cloudMeetForm, (others) => {
        met = others;
        return Promise.resolve({});
      }),
      takeKey: call(takeKeyForm, async ({ roundKey, letter }) => {
        await takeRoundKey(desk, roundKeyFromJson(roundKey), hexToBytes(letter));
        return {};
      }),
      nextAttempt: call(nextAttemptForm, async ({ auctionId, round }) => ({
        attempt: await desk.store.nextAttempt(auctionId, BigInt(round)),
      })),
      play: call(cloudPlayForm, async ({ roundKey, ...attempt }, { signal }) => {
        const { authority, proxyLineKey } = known();
        const evidence = evidenceOf(folder, attempt);
        const line = lateLine(async () =>
          socketLine(await proxies.of(attempt, ADMISSION_MS), {
            attempt,
            server: 1,
            keys: lineKeys,
            peerLineKey: proxyLineKey,
            timeoutMs,
            onFrame: evidence.keep,
          }),
        );
        const dealer = dealerAt(lineKeys, authority, timeoutMs);
        const seat = { line: wrapLine(line), dealer, attempt, signal };
        await playAsCloud(desk, seat, { roundKey: roundKeyFromJson(roundKey) });
        await evidence.drop();
        return {};
      }),
    },
  };
}
