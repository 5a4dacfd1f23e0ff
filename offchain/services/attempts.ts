/**
 * Which attempts a server has taken part in, what was said of uploads and who has won, in its
 * folder; and what it has heard in an attempt that is not over.
 */
import { z } from "zod";
import type { Attempt } from "../core/messages/attempt.ts";
import { bytes32Form } from "../core/messages/forms.ts";
import type { Bytes32 } from "../core/messages/market.ts";
import { ABSENCES, type Said } from "../core/messages/participants.ts";
import type { ServerStore } from "../parties/server/store.ts";
import { attemptName, type ServiceFolder } from "./folder.ts";

const ATTEMPTS = "attempts";
const saidForm = z.record(bytes32Form, z.enum(ABSENCES).nullable());
const winnersForm = z.array(bytes32Form.nullable());

export function folderAttempts(folder: ServiceFolder): ServerStore {
  const saidAt = (auctionId: Bytes32): string => `said/${auctionId}.json`;
  const saidIn = async (auctionId: Bytes32): Promise<ReadonlyMap<Bytes32, Said>> =>
    new Map(Object.entries((await folder.read(saidAt(auctionId), saidForm)) ?? {}));
  const addSaid: ServerStore["keepSaid"] = async (auctionId, said) => {
    const all = new Map([...said, ...(await saidIn(auctionId))]);
    await folder.write(saidAt(auctionId), Object.fromEntries(all));
    return all;
  };
  // One after the other: two attempts at once must not each find nothing said.
  let lastAdded: Promise<unknown> = Promise.resolve();
  return {
    saidIn,
    keepSaid: (auctionId, said) => {
      const added = lastAdded.then(() => addSaid(auctionId, said));
      lastAdded = added.catch(() => undefined);
      return added;
    },
    keepWinners: async ({ auctionId, round }, wave, winners) =>
      folder.keep(`won/${auctionId}-${round}-${wave}.json`, [...winners], winnersForm),
    nextAttempt: async (auctionId, round) => {
      const prefix = `${auctionId}-${round}-`;
      const names = await folder.list(ATTEMPTS);
      const taken = names.filter((name) => name.startsWith(prefix));
      return Math.max(0, ...taken.map((name) => Number(name.slice(prefix.length)))) + 1;
    },
    takeAttempt: (attempt) => folder.take(`${ATTEMPTS}/${attemptName(attempt)}`),
  };
}

/**
 * A record of the other server's frames, for whoever has to find out why an attempt has ended: it
 * is kept until the attempt has come to its end, and for as long as the folder is there if it never
 * does. It convinces no third party: a signature is over the transcript, which one's own frames,
 * which are not kept, are part of.
 */
export interface HeardFrames {
  readonly keep: (frame: Uint8Array) => void;
  readonly drop: () => Promise<void>;
}

export function heardFramesIn(folder: ServiceFolder, attempt: Attempt): HeardFrames {
  const path = `heard/${attemptName(attempt)}.frames`;
  return {
    keep: (frame) => {
      folder.append(path, frame);
    },
    drop: () => folder.remove(path),
  };
}
