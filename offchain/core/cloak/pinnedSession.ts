/**
 * A bucket for the time of a session. Its request never changes: who leaves is not taken out of it,
 * or the difference of two requests would be the one who left, with its cell. When fewer than k are
 * left there is no request any more, and nobody is drawn in their place, or the intersection of two
 * requests would be those who were in both.
 */
import { demand } from "./cloakError.ts";
import type { UnitedRequest } from "./unitedRequest.ts";

export interface PinnedSession {
  readonly request: UnitedRequest;
  /** Members that have not left. */
  readonly active: ReadonlySet<string>;
  readonly k: number;
}

/**
 * The session of a bucket, all of it active.
 * @throws CloakError E_CLOAK_SESSION for fewer than k
 */
export function pinned(request: UnitedRequest, k: number): PinnedSession {
  const { length } = request.nyms;
  demand(length >= k, "E_CLOAK_SESSION", `pinned: expected at least ${k} members, got ${length}`);
  return { request, active: new Set(request.nyms), k };
}

/** The session without a member. @throws CloakError E_CLOAK_SESSION for who is not in it */
export function withoutMember(session: PinnedSession, nym: string): PinnedSession {
  demand(session.active.has(nym), "E_CLOAK_SESSION", "withoutMember: expected an active member");
  return { ...session, active: new Set([...session.active].filter((other) => other !== nym)) };
}

/** What the members may send now; null when they are too few to be hidden among each other. */
export function standingRequest({ request, active, k }: PinnedSession): UnitedRequest | null {
  return active.size >= k ? request : null;
}
