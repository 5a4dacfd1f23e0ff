/**
 * How a match leaves the proxy: with its decision commitment; for the vehicle the two summands of
 * the offer's fields, each sealed by the server that holds it; for the pile a notice of the proxy
 * alone. What is shared of the request goes nowhere.
 */
import type { DecisionNote } from "../../core/messages/decisionNote.ts";
import { sealMasks, type DecidedMatch } from "../../core/messages/delivery.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { revealedOfOffer } from "../../core/messages/packedRecord.ts";
import { sealPileNotice, type PileNotice } from "../../core/messages/pileNotice.ts";
import { decodeBlinded, encodeDecisions, type Decided } from "../server/decisions.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import { hear } from "../server/hearing.ts";
import { STREAMS } from "../server/line.ts";
import type { Seat } from "../server/playing.ts";
import type { Offered, Requested } from "./admission.ts";
import type { ProxyDesk } from "./desk.ts";
import { decide, type MaskedRecord } from "./masking.ts";
import type { MatchedWave } from "./waves.ts";

/** A match of a wave, decided. */
interface Pair {
  readonly buyer: Requested;
  readonly seller: Offered;
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
    Promise.all(pairs.map((pair) => sealedByProxy(desk, pair))),
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
  const ofSeller = sellers.masks[offer];
  if (!buyer || !seller || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${request} and seller ${offer} to be there`);
  }
  const { note, decision } = decide(auctionId, buyer, seller, rng);
  const { sealKey: vehicleSealKey } = buyer.upload;
  return { buyer, seller, ofSeller, note, decided: { request, offer, decision, vehicleSealKey } };
}

/** What the proxy seals of a match. */
interface OfProxy {
  readonly masks: string;
  readonly toPile: PileNotice;
}

async function sealedByProxy(
  { rng }: ProxyDesk,
  { note, seller, decided, ofSeller }: Pair,
): Promise<OfProxy> {
  const { decision, vehicleSealKey } = decided;
  const binding = { auctionId: note.auctionId, decision };
  const masks = revealedOfOffer(ofSeller.masks);
  const [box, toPile] = await Promise.all([
    sealMasks(vehicleSealKey, binding, { note, masks }, rng),
    sealPileNotice(seller.upload.sealKey, binding, note, rng),
  ]);
  return { masks: box, toPile };
}

function matchOf(
  auctionId: Bytes32,
  { buyer, seller, decided: { decision } }: Pair,
  blinded: string | undefined,
  ofProxy: OfProxy | undefined,
): DecidedMatch {
  if (blinded === undefined || ofProxy === undefined) {
    throw new RangeError(`matchOf: expected all boxes of ${decision}`);
  }
  const { masks, toPile } = ofProxy;
  return {
    decision,
    vehicle: buyer.upload.account,
    pile: seller.upload.account,
    toVehicle: { auctionId, decision, blinded, masks },
    toPile,
  };
}
