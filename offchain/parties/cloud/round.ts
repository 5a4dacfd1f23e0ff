/**
 * The cloud's side of a matching round. It hears from the proxy how many take part and who is
 * compared with whom, opens masked records, matches them, and seals its summands of what a match
 * reveals to those whom the proxy names. It never sees an upload, an account or a cell.
 */
import { amountsFor } from "../../core/matching/strictMatching.ts";
import type { Matching } from "../../core/matching/matching.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { offerLayout, requestLayout, type Layout } from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import {
  decodeDecisions,
  encodeBlinded,
  type BlindedPair,
  type Decided,
} from "../server/decisions.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import { hear } from "../server/hearing.ts";
import { STREAMS } from "../server/line.ts";
import { matchingSide } from "../server/matchingSide.ts";
import { hearParticipants, type RoundKind } from "../server/participants.ts";
import { inBackground, playSide, takeLetter, type Seat } from "../server/playing.ts";
import { hearRecords } from "../server/maskedRecords.ts";
import { sayPriceSum } from "../server/priceSum.ts";
import { pick, throughWaves, wavesOf } from "../server/waves.ts";
import { privateKeyFor, type CloudDesk } from "./desk.ts";
import { cloudOf, type Cloud } from "./opening.ts";

/** What the cloud knows of a round before the proxy speaks: all of it is public. */
export interface CloudRound {
  readonly roundKey: RoundKey;
}

/** What the cloud has seen of a round when it is over. */
export interface CloudOutcome {
  readonly kind: RoundKind;
  readonly matches: number;
  readonly comparedPairs: number;
}

/**
 * Plays a match or a rehearsal, as the proxy says. Nothing has left the cloud for anybody else when
 * it throws.
 */
export function playAsCloud(
  desk: CloudDesk,
  seat: Seat,
  { roundKey }: CloudRound,
): Promise<CloudOutcome> {
  return playSide(seat, desk.store, async () => {
    const privateKey = await privateKeyFor(desk, roundKey);
    const deliveries: Promise<void>[] = [];
    let [matches, comparedPairs, priceSum] = [0, 0, 0n];
    const kind = await inWaves(desk, seat, roundKey, privateKey, (wave) => {
      const { matching, cloud } = wave;
      matches += matching.winners.filter((place) => place !== null).length;
      comparedPairs += matching.comparedPairs;
      if (wave.kind === "rehearsal") priceSum += cloud.sumMatchedPrices();
      else deliveries.push(inBackground(seat, deliver(seat, wave, deliveries.at(-1))));
    });
    await Promise.all(deliveries);
    if (kind === "rehearsal") await sayPriceSum(seat.line, priceSum);
    return { kind, matches, comparedPairs };
  });
}

/** A wave that is matched, and what opens its matches. */
interface MatchedWave {
  readonly kind: RoundKind;
  readonly auctionId: Bytes32;
  readonly cloud: Cloud;
  readonly matching: Matching;
}

async function inWaves(
  desk: CloudDesk,
  seat: Seat,
  { features }: RoundKey,
  privateKey: PrivateKey,
  settle: (wave: MatchedWave) => void,
): Promise<RoundKind> {
  const { kind, requests, offers, candidates } = await hearParticipants(seat.line);
  const amounts = amountsFor(candidates, features);
  const dealt = inBackground(seat, takeLetter(seat, 1, desk.sealKeys, amounts));
  const opened = (layout: Layout, stream: number, count: number) =>
    hearRecords(seat.line, stream, privateKey.publicKey, count, (records) =>
      desk.work.openRecords(privateKey, layout, records),
    );
  const waves = wavesOf(Array.from({ length: requests }));
  const hearRequests = (wave: number) => {
    const count = waves[wave]?.length ?? 0;
    return inBackground(seat, opened(requestLayout(features), STREAMS.requests + wave, count));
  };
  let coming = hearRequests(0);
  const sellers = await opened(offerLayout(features), STREAMS.offers, offers);
  const side = matchingSide(seat.line, 1, await dealt);
  await throughWaves(candidates, async (wave, number) => {
    const buyers = await coming;
    coming = hearRequests(number + 1);
    const cloud = cloudOf({ requests: buyers, offers: pick(sellers, wave.offers) }, desk.rng);
    const matching = await cloud.match(side, wave.candidates);
    settle({ kind, auctionId: seat.attempt.auctionId, cloud, matching });
    return matching;
  });
  return kind;
}

const { control } = STREAMS;

/** Answers the decisions of a wave with its boxes, when those of the wave before are gone. */
async function deliver(
  { line }: Seat,
  { auctionId, cloud, matching: { winners } }: MatchedWave,
  before: Promise<unknown> | undefined,
): Promise<void> {
  await before;
  if (winners.every((place) => place === null)) return;
  const decided = await hear(line, FRAME_TYPES.decisions, control, (body) =>
    decodeDecisions(body, winners),
  );
  const pairs = await Promise.all(decided.map((match) => blinded(cloud, auctionId, match)));
  await line.exchange(FRAME_TYPES.deliveries, control, encodeBlinded(pairs));
}

/** The vehicle learns of the offer, the pile of the request. */
async function blinded(cloud: Cloud, auctionId: Bytes32, match: Decided): Promise<BlindedPair> {
  const { request, offer, decision, vehicleSealKey, pileSealKey } = match;
  const binding = { auctionId, decision };
  const [toVehicle, toPile] = await Promise.all([
    cloud.reveal(vehicleSealKey, binding, { kind: "offer", record: offer }),
    cloud.reveal(pileSealKey, binding, { kind: "request", record: request }),
  ]);
  return { toVehicle, toPile };
}
