/**
 * The cloud as a process: it keeps the secret halves of round keys, reads the chain itself, signs
 * with its own account, and plays its side of a round with the one server that has the proxy's key.
 */
import { roundKeyFromJson } from "../../core/messages/roundKey.ts";
import { hexToBytes } from "../../core/primitives/bytes.ts";
import { takeRoundKey, type CloudDesk } from "../../parties/cloud/desk.ts";
import { playAsCloud } from "../../parties/cloud/round.ts";
import { cloudWork, cloudWorkOn } from "../../parties/cloud/work.ts";
import { call, CallError } from "../calls.ts";
import { openChain } from "../chain.ts";
import type { RoundReader } from "../../chain/committed.ts";
import { announcedBy } from "../../core/messages/announcedAuction.ts";
import { roundOnChain } from "../../parties/cloud/look.ts";
import { servedAuction, serveAuction, signNotSelected } from "../../parties/cloud/serving.ts";
import { ownAccount } from "./account.ts";
import { listenPinned } from "../connection.ts";
import {
  cloudMeetForm,
  cloudPlayForm,
  nothingForm,
  notSelectedForm,
  serveForm,
  takeKeyForm,
  type MetByCloud,
} from "../forms.ts";
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
    account: await ownAccount(server.folder, options.rng),
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
  const onChain = async <T>(act: (reader: RoundReader) => Promise<T>): Promise<T> => {
    const met = server.met();
    if (met === null) throw new CallError("E_CALL_ORDER", "expected to meet the others first");
    const chain = await openChain(met.chain);
    try {
      return await act(chain.reader);
    } finally {
      chain.close();
    }
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
      account: call(nothingForm, async () => ({ account: await desk.account.getAddress() })),
      serve: call(serveForm, ({ matcher, auctionId, announcement }) =>
        onChain(async ({ venue }) => {
          const auction = announcedBy(auctionId, announcement);
          return { signature: await serveAuction(desk, venue, matcher, auction) };
        }),
      ),
      notSelected: call(notSelectedForm, (content) =>
        onChain(async ({ venue }) => ({
          signature: await signNotSelected(desk, venue, content),
        })),
      ),
      play: call(cloudPlayForm, ({ attempt }, { signal }) =>
        onChain(async (reader) => {
          const round = await roundOnChain(reader, await servedAuction(desk, attempt.auctionId));
          await server.inSeat(fromProxy, attempt, signal, (seat) => playAsCloud(desk, seat, round));
          return {};
        }),
      ),
    },
  };
}
