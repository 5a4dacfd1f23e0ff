/**
 * Which attempts a server has taken part in, in its folder; and what it has heard in one that is
 * not over.
 */
import type { Attempt } from "../core/messages/attempt.ts";
import type { ServerStore } from "../parties/server/store.ts";
import { attemptName, type ServiceFolder } from "./folder.ts";

const ATTEMPTS = "attempts";

export function folderAttempts(folder: ServiceFolder): ServerStore {
  return {
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
 * Frames of the other server, signed: evidence for as long as the attempt is not over, and for good
 * if it is aborted.
 */
export interface Evidence {
  readonly keep: (frame: Uint8Array) => void;
  readonly drop: () => Promise<void>;
}

export function evidenceOf(folder: ServiceFolder, attempt: Attempt): Evidence {
  const path = `evidence/${attemptName(attempt)}.frames`;
  return {
    keep: (frame) => {
      folder.append(path, frame);
    },
    drop: () => folder.remove(path),
  };
}
