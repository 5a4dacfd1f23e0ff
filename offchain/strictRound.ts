/**
 * One matching round of which nothing leaves but who wins.
 *
 * The proxy masks every packed record and the cloud decrypts it: each of the two then holds one summand of every field,
 * and both compute on these shares with randomness that the authority has dealt. Feasibility, order and the number of
 * feasible sellers stay shared; what is opened is the winner of each buyer. A matched party gets the two summands of its
 * counterpart's fields, each sealed by the one who holds it.
 */
import { matchInShares, type SharedMatching } from "./matching/sharedMatching.ts";
import type { Delivery } from "./messages/delivery.ts";
import type { Bytes32 } from "./messages/market.ts";
import { offerLayout, requestLayout } from "./messages/packedRecord.ts";
import type { PrivateKey } from "./primitives/paillier/privateKey.ts";
import type { Ciphertext } from "./primitives/paillier/publicKey.ts";
import type { Rng } from "./primitives/random.ts";
import { firstDealt, secondDealt } from "./primitives/sharing/dealer.ts";
import { pairedExchanges } from "./primitives/sharing/party.ts";
import { dealForRound } from "./roles/authority.ts";
import { cloudOfShares, type CloudOfShares, type Revealed } from "./roles/cloudOfShares.ts";
import { decide, handMasks, inOrder, type Offered, type Requested } from "./roles/proxy.ts";
import {
  maskRecord,
  offerShareFromMasks,
  requestShareFromMasks,
  type MaskedRecord,
} from "./roles/proxyOfShares.ts";
import { breathe, type Match, type RoundResult } from "./round.ts";

type PackedRequest = Requested<Ciphertext>;
type PackedOffer = Offered<Ciphertext>;

export interface StrictRound {
  readonly auctionId: Bytes32;
  /** Randomness of the chain after bidding ended. */
  readonly seed: Bytes32;
  readonly features: number;
  readonly requests: readonly PackedRequest[];
  readonly offers: readonly PackedOffer[];
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  readonly rng: Rng;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** What the proxy knows when the matching is done. */
interface Ranked {
  readonly buyers: readonly PackedRequest[];
  readonly sellers: readonly PackedOffer[];
  readonly requestMasks: readonly MaskedRecord[];
  readonly offerMasks: readonly MaskedRecord[];
}

/** Places of the fields that a counterpart may learn: of an offer x, y, price and opening, of a request x and y. */
const REQUEST_REVEALED = [0, 1];
const offerRevealed = (features: number): readonly number[] => [0, 1, 2, 3 + features];

/** Runs the round. Throws the signal's reason when it is aborted; nothing has left the matcher then. */
export async function runStrictRound(round: StrictRound): Promise<RoundResult> {
  const { rng, features } = round;
  const buyers = inOrder(round.seed, round.requests);
  const sellers = inOrder(round.seed, round.offers);
  const requestMasks = buyers.map((one) => maskRecord(requestLayout(features), one.fields, rng));
  const offerMasks = sellers.map((one) => maskRecord(offerLayout(features), one.fields, rng));
  const ranked = { buyers, sellers, requestMasks, offerMasks };
  const { cloud, matching } = await compute(round, ranked);

  const matches: Match[] = [];
  for (const [buyer, winner] of matching.winners.entries()) {
    if (winner !== null) matches.push(await conclude(round, ranked, cloud, buyer, winner));
  }
  const unmatched = buyers.filter((_, i) => matching.winners[i] === null);
  return {
    matches,
    unmatched: unmatched.map(({ upload }) => upload.account),
    comparedPairs: matching.comparedPairs,
  };
}

/** Both parties at once, joined by a line that carries nothing but masked shares. */
async function compute(
  round: StrictRound,
  { buyers, requestMasks, offerMasks }: Ranked,
): Promise<{ readonly cloud: CloudOfShares; readonly matching: SharedMatching }> {
  const { proxySeed, cloudSeed, corrections } = dealForRound(round.rng);
  const [proxyEnd, cloudEnd] = pairedExchanges();
  const cloud = cloudOfShares(
    round.privateKey,
    {
      requests: requestMasks.map(({ masked }) => masked),
      offers: offerMasks.map(({ masked }) => masked),
      features: round.features,
    },
    { isFirst: false, dealt: secondDealt(cloudSeed, corrections), exchange: cloudEnd },
    round.rng,
  );
  const onBuyer = async (index: number): Promise<void> => {
    await breathe(round.signal);
    round.onProgress(index + 1, buyers.length);
  };
  const proxy = matchInShares(
    { isFirst: true, dealt: firstDealt(proxySeed), exchange: proxyEnd },
    {
      requests: requestMasks.map(requestShareFromMasks),
      offers: offerMasks.map(offerShareFromMasks),
      onBuyer,
    },
  );
  // The cloud waits for the proxy in every step, so one of the two watching the signal is enough.
  const [matching] = await Promise.all([proxy, cloud.match(() => Promise.resolve())]);
  return { cloud, matching };
}

async function conclude(
  round: StrictRound,
  { buyers, sellers, requestMasks, offerMasks }: Ranked,
  cloud: CloudOfShares,
  i: number,
  j: number,
): Promise<Match> {
  const [buyer, seller] = [buyers[i], sellers[j]];
  const [ofBuyer, ofSeller] = [requestMasks[i], offerMasks[j]];
  if (!buyer || !seller || !ofBuyer || !ofSeller) {
    throw new RangeError(`conclude: expected buyer ${i} and seller ${j} to be there`);
  }
  const { note, decision } = decide(round.auctionId, buyer, seller, round.rng);
  const binding = { auctionId: round.auctionId, decision };
  const deliver = async (
    sealKey: string,
    revealed: Revealed,
    { masks }: MaskedRecord,
  ): Promise<Delivery> => ({
    ...binding,
    blinded: await cloud.reveal(sealKey, binding, revealed),
    masks: await handMasks(
      sealKey,
      decision,
      note,
      revealed.fields.map((k) => masks[k] ?? 0n),
      round.rng,
    ),
  });
  const offerFields = offerRevealed(round.features);
  return {
    decision,
    vehicle: buyer.upload.account,
    pile: seller.upload.account,
    toVehicle: await deliver(
      buyer.upload.sealKey,
      { kind: "offer", record: j, fields: offerFields },
      ofSeller,
    ),
    toPile: await deliver(
      seller.upload.sealKey,
      { kind: "request", record: i, fields: REQUEST_REVEALED },
      ofBuyer,
    ),
  };
}
