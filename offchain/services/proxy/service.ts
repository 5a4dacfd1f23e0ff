/**
 * The proxy as a process: it keeps what is sent to it, and plays its side of a round. It holds the
 * key that opens uploads, and none that decrypts what is in them.
 */
import { areaFromJson } from "../../core/messages/area.ts";
import { attemptBytes } from "../../core/messages/attempt.ts";
import { roundKeyFromJson } from "../../core/messages/roundKey.ts";
import { uploadToBytes } from "../../core/messages/uploadBytes.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import type { ProxyDesk } from "../../parties/proxy/desk.ts";
import { rememberingChecks } from "../../parties/proxy/rememberedChecks.ts";
import { matchAsProxy, rehearseAsProxy, type ProxyRound } from "../../parties/proxy/round.ts";
import { proxyWork, proxyWorkOn } from "../../parties/proxy/work.ts";
import type { Seat } from "../../parties/server/playing.ts";
import { call, type CallContext } from "../calls.ts";
import { connectPinned } from "../connection.ts";
import {
  openBoxForm,
  proxyMeetForm,
  proxyPlayForm,
  type MetByProxy,
  type ProxyPlay,
} from "../forms.ts";
import type { RunningService } from "../runService.ts";
import type { ServerOptions } from "../serverOptions.ts";
import { serverProcess, type Way } from "../serverProcess.ts";
import { uploadsIn, type Uploads } from "./uploads.ts";

export async function proxyService(options: ServerOptions): Promise<RunningService> {
  const { rng } = options;
  const server = await serverProcess(options, 0, proxyMeetForm);
  const { sealKeys, threads, attempts: store } = server;
  const work = threads === null ? proxyWork(rng) : proxyWorkOn(threads);
  // What was checked in one round of an auction is not checked again in the next.
  const desk: ProxyDesk = { sealKeys, store, work: rememberingChecks(work), rng };
  const uploads = uploadsIn(server.folder, sealKeys);
  const toCloud: Way<MetByProxy> = {
    peerLineKey: ({ cloud }) => cloud.lineKey,
    connect: async ({ cloud }, attempt) => {
      const socket = await connectPinned(server.lineKeys, cloud);
      socket.write(attemptBytes(attempt));
      return socket;
    },
  };
  return {
    close: server.close,
    calls: {
      ...server.callsAt(null),
      openBox: call(openBoxForm, async ({ auctionId, roundKey, box }) => {
        const auction = { auctionId, roundKey: roundKeyFromJson(roundKey) };
        const { name, signed } = await uploads.take(auction, box);
        return { name, signed: bytesToHex(uploadToBytes(auction.roundKey, signed)) };
      }),
      play: call(proxyPlayForm, async (asked, context) => {
        const round = await roundOf(uploads, asked, context);
        return server.inSeat(toCloud, asked.attempt, context.signal, (seat) =>
          outcomeOf(asked.kind, desk, seat, round, context),
        );
      }),
    },
  };
}

/** The result as JSON has it; matches are handed over one by one. */
async function outcomeOf(
  kind: ProxyPlay["kind"],
  desk: ProxyDesk,
  seat: Seat,
  round: ProxyRound,
  { hand }: CallContext,
): Promise<object> {
  if (kind === "match") {
    const { matches, ...rest } = await matchAsProxy(desk, seat, round);
    for (const match of matches) hand("matches", match);
    return rest;
  }
  const { referencePricePerKwh, ...rest } = await rehearseAsProxy(desk, seat, round);
  return { ...rest, referencePricePerKwh: referencePricePerKwh.toString() };
}

async function roundOf(
  uploads: Uploads,
  { venue, attempt: { auctionId }, seed, area, requests, offers, ...asked }: ProxyPlay,
  { onProgress }: CallContext,
): Promise<ProxyRound> {
  const roundKey = roundKeyFromJson(asked.roundKey);
  const submitted = (all: ProxyPlay["requests"]): Promise<readonly Submission[]> =>
    Promise.all(
      all.map(async ({ name, ...standing }) => ({
        signed: await uploads.named({ auctionId, roundKey }, name),
        ...standing,
      })),
    );
  return {
    venue: { ...venue, chainId: BigInt(venue.chainId) },
    auctionId,
    seed,
    roundKey,
    area: areaFromJson(area),
    committed: asked.committed,
    promised: asked.promised,
    secondServer: asked.secondServer,
    requests: await submitted(requests),
    offers: await submitted(offers),
    onProgress,
  };
}
