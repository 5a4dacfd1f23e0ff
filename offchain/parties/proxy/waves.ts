/**
 * The proxy's way through a round: it masks every record for the cloud, so that each of the two
 * servers holds one summand of every field, and matches wave after wave.
 */
import type { Matching } from "../../core/matching/matching.ts";
import { amountsFor } from "../../core/matching/strictMatching.ts";
import { offerLayout, requestLayout, type Layout } from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import { STREAMS } from "../server/line.ts";
import { piecesOf, sayRecords } from "../server/maskedRecords.ts";
import { matchingSide } from "../server/matchingSide.ts";
import { inBackground, takeLetter, type Seat } from "../server/playing.ts";
import type { Roster } from "../server/roster.ts";
import { pick, throughWaves, wavesOf } from "../server/waves.ts";
import { holdToWinners } from "../server/winners.ts";
import type { Offered, Requested } from "./admission.ts";
import type { ProxyDesk } from "./desk.ts";
import { summandsFromMasks, type MaskedRecord } from "./masking.ts";

/** What is public of a round that goes through waves. */
export interface WavesRound {
  readonly roundKey: RoundKey;
  /** Called for every buyer. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Who takes part, in the order of the round, and who is compared with whom. */
export type Parties = Roster<Requested, Offered>;

/** Participants in the order of the round, and the masks of their records. */
export interface Shared<T> {
  readonly owners: readonly T[];
  readonly masks: readonly MaskedRecord[];
}

/** A wave that is matched. */
export interface MatchedWave {
  readonly buyers: Shared<Requested>;
  readonly sellers: Shared<Offered>;
  readonly matching: Matching;
}

/** Matches wave after wave; `settle` sees each as soon as it is matched. */
export async function inWaves(
  desk: ProxyDesk,
  seat: Seat,
  { roundKey, onProgress }: WavesRound,
  { requests, offers, candidates }: Omit<Parties, "root">,
  settle: (wave: MatchedWave) => void,
): Promise<void> {
  const amounts = amountsFor(candidates, roundKey.features);
  const dealt = inBackground(seat, takeLetter(seat, 0, desk.sealKeys, amounts));
  const shareRequests = (wave: number): Promise<Shared<Requested>> => {
    const [layout, owners] = [requestLayout(roundKey.features), waves[wave] ?? []];
    return inBackground(seat, share(desk, seat, roundKey, layout, STREAMS.requests + wave, owners));
  };
  const waves = wavesOf(requests);
  let coming = shareRequests(0);
  const layout = offerLayout(roundKey.features);
  const sellers = await share(desk, seat, roundKey, layout, STREAMS.offers, offers);
  const side = matchingSide(seat.line, 0, await dealt);
  await throughWaves(candidates, async (wave, number, firstBuyer) => {
    const buyers = await coming;
    coming = shareRequests(number + 1);
    const around = chosen(sellers, wave.offers);
    const summands = summandsFromMasks(buyers.masks, around.masks);
    const matching = await side(summands, wave.candidates, async (index) => {
      await breathe(seat.signal);
      onProgress(firstBuyer + index + 1, requests.length);
    });
    const winners = matching.winners.map((place) =>
      place === null ? null : (around.owners[place]?.bidCommitment ?? null),
    );
    await holdToWinners(desk.store, seat.attempt, number, winners);
    settle({ buyers, sellers: around, matching });
    return matching;
  });
}

/**
 * Masks records and sends them, in the order of the round: nothing tells the cloud what is in them.
 */
async function share<T extends Requested>(
  { work }: ProxyDesk,
  { line }: Seat,
  { shortKey }: RoundKey,
  layout: Layout,
  stream: number,
  owners: readonly T[],
): Promise<Shared<T>> {
  const masks: MaskedRecord[] = [];
  for (const piece of piecesOf(owners)) {
    const records = piece.map(({ upload }) => upload.record);
    const masked = await work.maskRecords(shortKey, layout, records);
    masks.push(...masked);
    await sayRecords(
      line,
      stream,
      masked.map((one) => one.masked),
    );
  }
  return { owners, masks };
}

function chosen<T>({ owners, masks }: Shared<T>, places: readonly number[]): Shared<T> {
  return { owners: pick(owners, places), masks: pick(masks, places) };
}
