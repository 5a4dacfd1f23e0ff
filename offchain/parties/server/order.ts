/** The order of participants in a round: both servers go by it. */
import { orderKey, type Bytes32 } from "../../core/messages/market.ts";

/**
 * The order of participants for a seed that nobody chose: who comes first says nothing about
 * anybody. Who is there twice counts once, with the last that was brought: a repeated upload must
 * not be matched again.
 */
export function inOrder<T extends { readonly participantId: Bytes32 }>(
  seed: Bytes32,
  participants: readonly T[],
): readonly T[] {
  const byKey = new Map(participants.map((one) => [orderKey(seed, one.participantId), one]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
