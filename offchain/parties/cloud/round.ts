/**
 * The cloud's side of a matching round. Who takes part, in which order, who is compared with whom
 * and whom it seals to, it takes from the chain and from headers that their accounts have signed.
 * It opens masked records, matches them, draws what hides each decision together with the proxy,
 * and signs the outcome that it has found itself. It never sees an upload's ciphertext.
 */
import { amountsFor } from "../../core/matching/strictMatching.ts";
import type { Matching } from "../../core/matching/matching.ts";
import { finalOutcome } from "../../core/messages/outcome.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { offerLayout, requestLayout, type Layout } from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import { encodeBlinded } from "../server/blinded.ts";
import { drawTogether } from "../server/coins.ts";
import { decide } from "../server/decided.ts";
import { FRAME_TYPES } from "../server/frames.ts";
import type { RoundKind } from "../server/inventory.ts";
import { STREAMS } from "../server/line.ts";
import { matchingSide } from "../server/matchingSide.ts";
import { saySigned } from "../server/outcome.ts";
import { inBackground, playSide, takeLetter, type Seat } from "../server/playing.ts";
import { hearRecords } from "../server/maskedRecords.ts";
import { sayPriceSum } from "../server/priceSum.ts";
import { hearStandings } from "../server/standings.ts";
import { transcriptOf } from "../server/transcript.ts";
import { pick, throughWaves, wavesOf } from "../server/waves.ts";
import { holdToWinners } from "../server/winners.ts";
import type { Winners } from "../server/store.ts";
import { privateKeyFor, type CloudDesk } from "./desk.ts";
import { LookError, type CloudRound } from "./look.ts";
import { cloudOf, type Cloud } from "./opening.ts";
import { agreedRoster, type CloudRoster, type Known } from "./roster.ts";

/** What the cloud has seen of a round when it is over. */
export interface CloudOutcome {
  readonly kind: RoundKind;
  readonly matches: number;
  readonly comparedPairs: number;
}

/**
 * Plays a match or a rehearsal, whichever the chain asks for. Nothing has left the cloud for
 * anybody else when it throws.
 */
export function playAsCloud(desk: CloudDesk, seat: Seat, round: CloudRound): Promise<CloudOutcome> {
  return playSide(seat, desk.store, async () => {
    assertRound(seat, round);
    const privateKey = await privateKeyFor(desk, round.roundKey);
    const roster = await agreedRoster(desk, seat.line, round);
    const deliveries: Promise<readonly Decided[]>[] = [];
    const leading: Bytes32[] = [];
    let [comparedPairs, priceSum] = [0, 0n];
    await inWaves(desk, seat, round.roundKey, privateKey, roster, (wave) => {
      leading.push(...leadersOf(wave));
      comparedPairs += wave.matching.comparedPairs;
      if (round.kind === "rehearsal") priceSum += wave.cloud.sumMatchedPrices();
      else deliveries.push(inBackground(seat, deliver(desk, seat, wave, deliveries.at(-1))));
    });
    const decided = (await Promise.all(deliveries)).flat();
    if (round.kind === "match") await concludeMatch(desk, seat, round, roster, decided);
    else await concludeRehearsal(desk, seat, round, roster, { leading, priceSum });
    return { kind: round.kind, matches: leading.length, comparedPairs };
  });
}

/** What is dealt for one round is of no use in another. */
function assertRound({ attempt }: Seat, { round }: CloudRound): void {
  if (BigInt(attempt.round) === round) return;
  throw new LookError(`look: expected an attempt at round ${round}, got one at ${attempt.round}`);
}

/** A wave that is matched, and what opens its matches. */
interface MatchedWave {
  readonly buyers: readonly Known[];
  readonly sellers: readonly Known[];
  readonly cloud: Cloud;
  readonly matching: Matching;
}

async function inWaves(
  desk: CloudDesk,
  seat: Seat,
  { features }: RoundKey,
  privateKey: PrivateKey,
  { requests, offers, candidates }: CloudRoster,
  settle: (wave: MatchedWave) => void,
): Promise<void> {
  const amounts = amountsFor(candidates, features);
  const dealt = inBackground(seat, takeLetter(seat, 1, desk.sealKeys, amounts));
  const opened = (layout: Layout, stream: number, count: number) =>
    hearRecords(seat.line, stream, privateKey.publicKey, count, (records) =>
      desk.work.openRecords(privateKey, layout, records),
    );
  const waves = wavesOf(requests);
  const hearRequests = (wave: number) => {
    const count = waves[wave]?.length ?? 0;
    return inBackground(seat, opened(requestLayout(features), STREAMS.requests + wave, count));
  };
  let coming = hearRequests(0);
  const records = await opened(offerLayout(features), STREAMS.offers, offers.length);
  const side = matchingSide(seat.line, 1, await dealt);
  await throughWaves(candidates, async (wave, number) => {
    const requested = await coming;
    coming = hearRequests(number + 1);
    const cloud = cloudOf({ requests: requested, offers: pick(records, wave.offers) }, desk.rng);
    const matching = await cloud.match(side, wave.candidates);
    const buyers = waves[number] ?? [];
    const matched = { buyers, sellers: pick(offers, wave.offers), cloud, matching };
    await holdToWinners(desk.store, seat.attempt, number, winnersOf(matched));
    settle(matched);
    return matching;
  });
}

/** A match, decided. */
interface Decided {
  readonly vehicle: Address;
  readonly pile: Address;
  readonly decision: Bytes32;
}

const { control } = STREAMS;

/** Draws and seals the matches of a wave, when those of the wave before are gone. */
async function deliver(
  { rng }: CloudDesk,
  { line, attempt: { auctionId } }: Seat,
  { buyers, sellers, cloud, matching: { winners } }: MatchedWave,
  before: Promise<unknown> | undefined,
): Promise<readonly Decided[]> {
  await before;
  const pairs = winners.flatMap((offer, request) => {
    const [buyer, seller] = [buyers[request], offer === null ? undefined : sellers[offer]];
    return offer === null || !buyer || !seller ? [] : [{ buyer, seller, offer }];
  });
  if (pairs.length === 0) return [];
  const drawn = await drawTogether(line, 1, pairs.length, rng);
  const decided = pairs.map(({ buyer, seller }, k) => {
    const { participantId: cpId, commitment: bidCommitment, uploadHash } = seller;
    const ids = { evId: buyer.participantId, cpId, bidCommitment, uploadHash };
    return decide(auctionId, ids, drawn[k] ?? "").decision;
  });
  const boxes = await Promise.all(
    pairs.map(({ buyer, offer }, k) =>
      cloud.reveal(buyer.upload.sealKey, { auctionId, decision: decided[k] ?? "" }, offer),
    ),
  );
  await line.exchange(FRAME_TYPES.deliveries, control, encodeBlinded(boxes));
  return pairs.map(({ buyer, seller }, k) => ({
    vehicle: buyer.upload.account,
    pile: seller.upload.account,
    decision: decided[k] ?? "",
  }));
}

/* OUTCOMES */

/**
 * Keeps who is matched before it signs: who is, in whichever attempt, it never calls not selected.
 * The proxy posts one outcome of those that it has got signatures on, and the cloud cannot say
 * which.
 */
async function concludeMatch(
  { account, store }: CloudDesk,
  { line }: Seat,
  { venue, auctionId, round }: CloudRound,
  { root }: CloudRoster,
  decided: readonly Decided[],
): Promise<void> {
  const accounts = decided.flatMap(({ vehicle, pile }) => [vehicle, pile]);
  const before = (await store.matchedIn(auctionId)) ?? [];
  await store.keepMatched(auctionId, [...new Set([...before, ...accounts])]);
  const decisions = decided.map(({ decision }) => decision);
  const content = finalOutcome({ auctionId, round }, decisions, root);
  await saySigned(line, account, venue, { kind: "final", content });
}

/**
 * The mean price it takes from the proxy, which alone knows its summands: that who leads is true,
 * and everybody is told so, it has found itself.
 */
async function concludeRehearsal(
  { account }: CloudDesk,
  { line }: Seat,
  { venue, auctionId, round, committed }: CloudRound,
  { root }: CloudRoster,
  led: { readonly leading: readonly Bytes32[]; readonly priceSum: bigint },
): Promise<void> {
  await sayPriceSum(line, led.priceSum);
  const leading = new Set(led.leading);
  const bids = committed.offers.map(({ commitment: bidCommitment }) => ({
    bidCommitment,
    leads: leading.has(bidCommitment),
  }));
  const { referencePricePerKwh, salts } = await hearStandings(line, bids.length, leading.size > 0);
  const { root: transcriptRoot } = transcriptOf(auctionId, round, bids, salts);
  const content = {
    auctionId,
    round,
    referencePricePerKwh,
    transcriptRoot,
    participantsRoot: root,
  };
  await saySigned(line, account, venue, { kind: "round", content });
}

function winnersOf({ sellers, matching: { winners } }: MatchedWave): Winners {
  return winners.map((place) => (place === null ? null : (sellers[place]?.commitment ?? null)));
}

function leadersOf(wave: MatchedWave): readonly Bytes32[] {
  return winnersOf(wave).filter((leader) => leader !== null);
}
