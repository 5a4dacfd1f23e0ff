/**
 * The cloud as a process: it keeps the secret halves of round keys, and plays its side of a round
 * with the one server that has the proxy's key.
 */
import { roundKeyFromJson } from "../../core/messages/roundKey.ts";
import { hexToBytes } from "../../core/primitives/bytes.ts";
import { takeRoundKey, type CloudDesk } from "../../parties/cloud/desk.ts";
import { playAsCloud } from "../../parties/cloud/round.ts";
import { cloudWork, cloudWorkOn } from "../../parties/cloud/work.ts";
import { call } from "../calls.ts";
import { listenPinned } from "../connection.ts";
import { cloudMeetForm, cloudPlayForm, takeKeyForm, type MetByCloud } from "../forms.ts";
import type { RunningService } from "../runService.ts";
import type { ServerOptions } from "../serverOptions.ts";
import { serverProcess, type Way } from "../serverProcess.ts";
import { callers } from "./callers.ts";
import { cloudStoreIn } from "./store.ts";

/** The proxy checks everybody's proofs before it connects. */
const ADMISSION_MS = 600_000;

export async function cloudService(options: ServerOptions): Promise<RunningService> {
  const server = await serverProcess(options, 1, cloudMeetForm);
  const { sealKeys, threads } = server;
  const desk: CloudDesk = {
    sealKeys,
    store: cloudStoreIn(server.folder, server.attempts),
    work: threads === null ? cloudWork : cloudWorkOn(threads),
    rng: options.rng,
  };
  const proxies = callers();
  const listener = await listenPinned(server.lineKeys, (socket, lineKey) => {
    if (lineKey === server.met()?.proxyLineKey) void proxies.came(socket);
    else socket.destroy();
  });
  const fromProxy: Way<MetByCloud> = {
    peerLineKey: ({ proxyLineKey }) => proxyLineKey,
    connect: (_, attempt) => proxies.of(attempt, ADMISSION_MS),
  };
  return {
    close: async () => {
      await listener.close();
      await server.close();
    },
    calls: {
      ...server.callsAt(listener.port),
      takeKey: call(takeKeyForm, async ({ roundKey, letter }) => {
        await takeRoundKey(desk, roundKeyFromJson(roundKey), hexToBytes(letter));
        return {};
      }),
      play: call(cloudPlayForm, async ({ attempt, ...asked }, { signal }) => {
        const roundKey = roundKeyFromJson(asked.roundKey);
        await server.inSeat(fromProxy, attempt, signal, (seat) =>
          playAsCloud(desk, seat, { roundKey }),
        );
        return {};
      }),
    },
  };
}
