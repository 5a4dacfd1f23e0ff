/** Of two runs at once one is first, and the other goes on with what that one has kept. */

export type PlayedOrKept<Played, Kept> =
  { readonly played: Played; readonly kept: null } | { readonly played: null; readonly kept: Kept };

/**
 * What `play` finds. If it fails, what another run has kept meanwhile: the chain has moved on with
 * it, and the servers play no round that is over.
 * @throws what `play` throws, if nothing is kept
 */
export async function playedOrKept<Played, Kept>(
  play: () => Promise<Played>,
  keptBefore: () => Promise<Kept | null>,
): Promise<PlayedOrKept<Played, Kept>> {
  try {
    return { played: await play(), kept: null };
  } catch (error) {
    const kept = await keptBefore();
    if (kept === null) throw error;
    return { played: null, kept };
  }
}
