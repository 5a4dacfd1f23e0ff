/** What has happened on a simulated day so far. */
import type { Slot } from "../worlds/slots.ts";
import type { MatchedSlot } from "./matching.ts";
import type { SessionRecord } from "./session.ts";
import type { OpenAuction } from "./slotAuction.ts";

export interface Chronicle {
  readonly slots: {
    readonly slot: Slot;
    readonly auction: OpenAuction;
    readonly matched: MatchedSlot;
  }[];
  readonly sessions: SessionRecord[];
  /** Pile → unix second from which it is idle again. */
  readonly busyUntil: Map<string, number>;
}
