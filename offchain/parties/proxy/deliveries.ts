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
import { decodeBlinded } from "../server/blinded.ts";
import { drawTogether } from "../server/coins.ts";
import { decide } from "../server/decided.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import { hear } from "../server/hearing.ts";
import { STREAMS } from "../server/line.ts";
import type { Seat } from "../server/playing.ts";
import type { Offered, Requested } from "./admission.ts";
import type { ProxyDesk } from "./desk.ts";
import type { MaskedRecord } from "./masking.ts";
import type { MatchedWave } from "./waves.ts";

/** A match of a wave. */
interface Pair {
  readonly buyer: Requested;
  readonly seller: Offered;
  readonly ofSeller: MaskedRecord;
}

/** The same, decided. */
interface DecidedPair extends Pair {
  readonly note: DecisionNote;
  readonly decision: Bytes32;
}

/** The deliveries of a wave: drawn and asked for when those of the wave before are there. */
export async function conclude(
  desk: ProxyDesk,
  { line, attempt: { auctionId } }: Seat,
  wave: MatchedWave,
  before: Promise<unknown> | undefined,
): Promise<readonly DecidedMatch[]> {
  const pairs = wave.matching.winners.flatMap((offer, request) =>
    offer === null ? [] : [pairOf(wave, request, offer)],
  );
  await before;
  if (pairs.length === 0) return [];
  const drawn = await drawTogether(line, 0, pairs.length, desk.rng);
  const decided = pairs.map((pair, k) => decidedPair(auctionId, pair, drawn[k] ?? ""));
  const [blinded, handed] = await Promise.all([
    hear(line, FRAME_TYPES.deliveries, STREAMS.control, (answer) =>
      decodeBlinded(answer, pairs.length),
    ),
    Promise.all(decided.map((pair) => sealedByProxy(desk, pair))),
  ]);
  return decided.map((pair, k) => matchOf(auctionId, pair, blinded[k], handed[k]));
}

function pairOf({ buyers, sellers }: MatchedWave, request: number, offer: number): Pair {
  const [buyer, seller] = [buyers.owners[request], sellers.owners[offer]];
  const ofSeller = sellers.masks[offer];
  if (buyer && seller && ofSeller) return { buyer, seller, ofSeller };
  throw new RangeError(`conclude: expected buyer ${request} and seller ${offer} to be there`);
}

function decidedPair(auctionId: Bytes32, pair: Pair, r: Bytes32): DecidedPair {
  const { buyer, seller } = pair;
  const { participantId: cpId, bidCommitment, uploadHash } = seller;
  const ids = { evId: buyer.participantId, cpId, bidCommitment, uploadHash };
  return { ...pair, ...decide(auctionId, ids, r) };
}

/** What the proxy seals of a match. */
interface OfProxy {
  readonly masks: string;
  readonly toPile: PileNotice;
}

async function sealedByProxy(
  { rng }: ProxyDesk,
  { note, buyer, seller, decision, ofSeller }: DecidedPair,
): Promise<OfProxy> {
  const binding = { auctionId: note.auctionId, decision };
  const masks = revealedOfOffer(ofSeller.masks);
  const [box, toPile] = await Promise.all([
    sealMasks(buyer.upload.sealKey, binding, { note, masks }, rng),
    sealPileNotice(seller.upload.sealKey, binding, note, rng),
  ]);
  return { masks: box, toPile };
}

function matchOf(
  auctionId: Bytes32,
  { buyer, seller, decision }: DecidedPair,
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
