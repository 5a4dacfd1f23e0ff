/**
 * The proxy as a process: it keeps what is sent to it, and plays its side of a round. It holds the
 * key that opens uploads, and none that decrypts what is in them.
 */
import { areaFromJson } from "../../core/messages/area.ts";
import { attemptBytes } from "../../core/messages/attempt.ts";
import { roundKeyFromJson } from "../../core/messages/roundKey.ts";
import { uploadToJson } from "../../core/messages/upload.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { keepingNewest } from "../../core/primitives/newest.ts";
import { startThreads } from "../../core/primitives/threads.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import type { ProxyDesk } from "../../parties/proxy/desk.ts";
import { rememberingChecks } from "../../parties/proxy/rememberedChecks.ts";
import { matchAsProxy, rehearseAsProxy, type ProxyRound } from "../../parties/proxy/round.ts";
import { proxyWork, proxyWorkOn } from "../../parties/proxy/work.ts";
import type { Seat } from "../../parties/server/playing.ts";
import { dealerAt } from "../asking.ts";
import { evidenceOf, folderAttempts } from "../attempts.ts";
import { call, CallError, type CallContext } from "../calls.ts";
import { connectPinned } from "../connection.ts";
import { serviceFolder, type ServiceFolder } from "../folder.ts";
import {
  nextAttemptForm,
  nothingForm,
  openBoxForm,
  proxyMeetForm,
  proxyPlayForm,
  type Introduction,
  type MetByProxy,
  type ProxyPlay,
} from "../forms.ts";
import { lateLine } from "../lateLine.ts";
import { socketLine } from "../line.ts";
import type { LineKeys } from "../lineKeys.ts";
import { ownKeys } from "../ownKeys.ts";
import type { RunningService } from "../runService.ts";
import type { ServerOptions } from "../serverOptions.ts";
import { MOST_AUCTIONS, uploadsIn, type Uploads } from "./uploads.ts";

export async function proxyService(options: ServerOptions): Promise<RunningService> {
  const { rng, threads } = options;
  const folder = serviceFolder(options.folder);
  const { lineKeys, sealKeys } = await ownKeys(folder, rng);
  const pool = threads > 0 ? startThreads(threads, new AbortController().signal) : null;
  const work = pool === null ? proxyWork(rng) : proxyWorkOn(pool);
  const store = folderAttempts(folder);
  const uploads = uploadsIn(folder, sealKeys);
  // What was checked in one round of an auction is not checked again in the next.
  const checked = keepingNewest(MOST_AUCTIONS, () => rememberingChecks(work));
  let met: MetByProxy | null = null;
  const introduction: Introduction = {
    lineKey: lineKeys.publicKey,
    sealKey: bytesToHex(sealKeys.publicKey),
    port: null,
  };
  return {
    close: async () => pool?.close(),
    calls: {
      introduce: call(nothingForm, () => Promise.resolve(introduction)),
      meet: call(proxyMeetForm, (others) => {
        met = others;
        return Promise.resolve({});
      }),
      openBox: call(openBoxForm, async ({ auctionId, roundKey, box }) => {
        const auction = { auctionId, roundKey: roundKeyFromJson(roundKey) };
        const { name, signed } = await uploads.take(auction, box);
        return { name, signed: uploadToJson(signed) };
      }),
      nextAttempt: call(nextAttemptForm, async ({ auctionId, round }) => ({
        attempt: await store.nextAttempt(auctionId, BigInt(round)),
      })),
      play: call(proxyPlayForm, async (asked, context) => {
        if (met === null) throw new CallError("E_CALL_ORDER", "expected to meet the others first");
        const desk = { sealKeys, store, work: checked(asked.auctionId), rng };
        const round = await roundOf(uploads, asked, context);
        return play(options, folder, lineKeys, met, desk, round, asked, context);
      }),
    },
  };
}

async function play(
  { timeoutMs, wrapLine }: ServerOptions,
  folder: ServiceFolder,
  keys: LineKeys,
  { authority, cloud }: MetByProxy,
  desk: ProxyDesk,
  round: ProxyRound,
  { kind, attempt: number, ...asked }: ProxyPlay,
  { signal }: CallContext,
): Promise<object> {
  const attempt = { auctionId: asked.auctionId, round: asked.round, attempt: number };
  const evidence = evidenceOf(folder, attempt);
  const line = lateLine(async () => {
    const socket = await connectPinned(keys, cloud);
    socket.write(attemptBytes(attempt));
    return socketLine(socket, {
      attempt,
      server: 0,
      keys,
      peerLineKey: cloud.lineKey,
      timeoutMs,
      onFrame: evidence.keep,
    });
  });
  const dealer = dealerAt(keys, authority, timeoutMs);
  const seat: Seat = { line: wrapLine(line), dealer, attempt, signal };
  const outcome = await outcomeOf(kind, desk, seat, round);
  await evidence.drop();
  return outcome;
}

/** The result as JSON has it. */
async function outcomeOf(
  kind: ProxyPlay["kind"],
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
): Promise<object> {
  if (kind === "match") return matchAsProxy(desk, seat, round);
  const { referencePricePerKwh, ...rest } = await rehearseAsProxy(desk, seat, round);
  return { ...rest, referencePricePerKwh: referencePricePerKwh.toString() };
}

async function roundOf(
  uploads: Uploads,
  { venue, auctionId, seed, area, requests, offers, ...asked }: ProxyPlay,
  { onProgress }: CallContext,
): Promise<ProxyRound> {
  const roundKey = roundKeyFromJson(asked.roundKey);
  const submitted = (all: ProxyPlay["requests"]): Promise<readonly Submission[]> =>
    Promise.all(
      all.map(async ({ name, participantId, commitment }) => ({
        signed: await uploads.named({ auctionId, roundKey }, name),
        participantId,
        commitment,
      })),
    );
  return {
    venue: { ...venue, chainId: BigInt(venue.chainId) },
    auctionId,
    seed,
    roundKey,
    area: areaFromJson(area),
    requests: await submitted(requests),
    offers: await submitted(offers),
    onProgress,
  };
}
