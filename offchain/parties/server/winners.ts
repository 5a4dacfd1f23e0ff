/**
 * Who wins a wave: in each attempt at a round the same, since participants, their order and their
 * records are. A server that lies about its summands gets other winners by another attempt. Either
 * server keeps the first that it has found, and opens nothing of others.
 */
import type { Attempt } from "../../core/messages/attempt.ts";
import type { ServerStore, Winners } from "./store.ts";

/** An attempt has other winners than one before it: in one of them, one of the servers has lied. */
export class WinnersError extends Error {
  override readonly name = "WinnersError";
  readonly code = "E_WINNERS_OTHER";

  constructor({ auctionId, round, attempt }: Attempt, wave: number) {
    const where = `wave ${wave} of round ${round} of auction ${auctionId}`;
    const remedy = "nothing is opened; without decisions all stakes are free when matching ends";
    super(
      `winners: expected those of an earlier attempt in ${where}, attempt ${attempt} has others; ${remedy}`,
    );
  }
}

/**
 * Keeps who has won a wave, before anything is said or sealed that follows from it.
 * @throws WinnersError if others have won it before
 */
export async function holdToWinners(
  { keepWinners }: Pick<ServerStore, "keepWinners">,
  attempt: Attempt,
  wave: number,
  winners: Winners,
): Promise<void> {
  const first = await keepWinners(attempt, wave, winners);
  const isSame = first.length === winners.length && first.every((one, k) => one === winners[k]);
  if (!isSame) throw new WinnersError(attempt, wave);
}
