/**
 * How a match leaves the proxy: with its decision commitment, and for each of the two parties the
 * two summands of the counterpart's fields, each sealed by the server that holds it.
 */
import type { DecidedMatch, DecisionNote, Delivery } from "../../core/messages/delivery.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { revealedOfOffer, revealedOfRequest } from "../../core/messages/packedRecord.ts";
import {
  decodeBlinded,
  encodeDecisions,
  type BlindedPair,
  type Decided,
} from "../server/decisions.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import { hear } from "../server/hearing.ts";
import { STREAMS } from "../server/line.ts";
import type { Seat } from "../server/playing.ts";
import type { Offered, Requested } from "./admission.ts";
import type { ProxyDesk } from "./desk.ts";
import { decide, handMasks, type MaskedRecord } from "./masking.ts";
import type { MatchedWave } from "./waves.ts";

/** A match of a wave, decided. */
interface Pair {
  readonly buyer: Requested;
  readonly seller: Offered;
  readonly ofBuyer: MaskedRecord;
  readonly ofSeller: MaskedRecord;
  readonly note: DecisionNote;
  readonly decided: Decided;
}

/** The deliveries of a wave: asked for when those of the wave before are there. */
export async function conclude(
  desk: ProxyDesk,
  { line, attempt: { auctionId } }: Seat,
  wave: MatchedWave,
  before: Promise<unknown> | undefined,
): Promise<readonly DecidedMatch[]> {
  const pairs = wave.matching.winners.flatMap((offer, request) =>
    offer === null ? [] : [decidedPair(desk, auctionId, wave, request, offer)],
  );
  await before;
  if (pairs.length === 0) return [];
  const body = encodeDecisions(pairs.map(({ decided }) => decided));
  await line.exchange(FRAME_TYPES.decisions, STREAMS.control, body);
  const [blinded, handed] = await Promise.all([
    hear(line, FRAME_TYPES.deliveries, STREAMS.control, (answer) =>
      decodeBlinded(answer, pairs.length),
    ),
    Promise.all(pairs.map((pair) => handedMasks(desk, pair))),
  ]);
  return pairs.map((pair, k) => matchOf(auctionId, pair, blinded[k], handed[k]));
}

function decidedPair(
  { rng }: ProxyDesk,
  auctionId: Bytes32,
  { buyers, sellers }: MatchedWave,
  request: number,
  offer: number,
): Pair {
  const [buyer, seller] = [buyers.owners[request], sellers.owners[offer]];
  const [ofBuyer, ofSeller] = [buyers.masks[request], sellers.masks[offer]];
  if (!buyer || !seller || !ofBuyer || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${request} and seller ${offer} to be there`);
  }
  const { note, decision } = decide(auctionId, buyer, seller, rng);
  const keys = { vehicleSealKey: buyer.upload.sealKey, pileSealKey: seller.upload.sealKey };
  return { buyer, seller, ofBuyer, ofSeller, note, decided: { request, offer, decision, ...keys } };
}

/** Each party gets the masks of its counterpart's fields. */
async function handedMasks(
  { rng }: ProxyDesk,
  { note, decided, ofBuyer, ofSeller }: Pair,
): Promise<BlindedPair> {
  const { decision, vehicleSealKey, pileSealKey } = decided;
  const [toVehicle, toPile] = await Promise.all([
    handMasks(vehicleSealKey, decision, note, revealedOfOffer(ofSeller.masks), rng),
    handMasks(pileSealKey, decision, note, revealedOfRequest(ofBuyer.masks), rng),
  ]);
  return { toVehicle, toPile };
}

function matchOf(
  auctionId: Bytes32,
  { buyer, seller, decided: { decision } }: Pair,
  blinded: BlindedPair | undefined,
  masks: BlindedPair | undefined,
): DecidedMatch {
  if (!blinded || !masks) throw new RangeError(`matchOf: expected both boxes of ${decision}`);
  const deliver = (to: keyof BlindedPair): Delivery => ({
    auctionId,
    decision,
    blinded: blinded[to],
    masks: masks[to],
  });
  const [vehicle, pile] = [buyer.upload.account, seller.upload.account];
  return {
    decision,
    vehicle,
    pile,
    toVehicle: deliver("toVehicle"),
    toPile: deliver("toPile"),
  };
}
