/**
 * A day of the market, from enrolment to the last withdrawal, on a real EVM.
 *
 * For every time slot: idle piles bid and vehicles request, piles answer each other round by round,
 * the last offers are matched, vehicles accept, sessions begin. Vehicles that refuse ask once more,
 * in a second auction of the slot. Sessions of one slot run while the next slot is
 * being auctioned; an agenda keeps everything in the order of time.
 */
import { withdrawFree } from "../../chain/funds.ts";
import { releaseClosed } from "../../market/auction/releasing.ts";
import { slotsOfDay, type Slot } from "../worlds/slots.ts";
import { counted } from "../worlds/counted.ts";
import type { SimulatedRun } from "../reports/truth.ts";
import { agenda, type Agenda } from "./agenda.ts";
import { bidInSlot } from "./bidding.ts";
import { BIDDING_STARTS_BEFORE_SECONDS } from "./slotTimes.ts";
import { enrolCast } from "./cast.ts";
import type { Chronicle } from "./chronicle.ts";
import type { DayContext } from "./context.ts";
import { emptyAccounts } from "./funding.ts";
import { compileTruth } from "./hindsight.ts";
import { answerPair } from "./answeringMatch.ts";
import { bidAgain } from "./biddingAgain.ts";
import { matchSlot, type MatchedPair, type MatchedSlot } from "./matching.ts";
import { nextRound } from "./answering.ts";
import { beginSession } from "./session.ts";
import { compileReport } from "./summary.ts";
import type { OpenAuction } from "./slotAuction.ts";
import type { Cast, PileActor } from "./actors.ts";

interface Playing {
  readonly day: DayContext;
  readonly cast: Cast;
  readonly commitmentModulus: bigint;
  readonly chronicle: Chronicle;
  readonly events: Agenda;
}

/**
 * Runs the day and returns its report and the truth behind it. When the signal is aborted, the
 * report is of the slots that were done, and says so; before the first is, the signal's reason is
 * thrown.
 * @param dealing the modulus of commitments: its safe primes are searched off the main thread,
 *   while everybody enrols
 */
export async function runMarketDay(
  day: DayContext,
  dealing: Promise<bigint> = day.parties.dealCommitments(),
): Promise<SimulatedRun> {
  // If the day ends before it is waited for, so does the search.
  dealing.catch(() => undefined);
  const vehicles = new Set(day.world.trips.map(({ vehicle }) => vehicle));
  day.progress.say(
    `${counted(day.world.piles.length, "pile")} and ${counted(vehicles.size, "vehicle")} join`,
  );
  const cast = await day.stages.time("enrolment", () => enrolCast(day));
  day.progress.say("the modulus for range proofs is dealt");
  const commitmentModulus = await day.stages.time("commitment key", () => dealing);
  const chronicle: Chronicle = { slots: [], sessions: [], busyUntil: new Map() };
  const events = agenda();
  const playing = { day, cast, commitmentModulus, chronicle, events };
  const slots = slotsOfDay(day.world, day.settings.slotHours);
  for (const slot of slots) scheduleSlot(playing, slot);
  const isWhole = await playedToTheEnd(playing);
  const report = await day.stages.time("report", () =>
    compileReport(day, cast, chronicle, isWhole ? null : slots),
  );
  return { report, truth: await compileTruth(day, cast, chronicle, report) };
}

/**
 * Plays all slots, and lets everybody take the money out; false if it was interrupted on the way.
 * @throws the signal's reason if that was before the first slot was done
 */
async function playedToTheEnd({ day, cast, chronicle, events }: Playing): Promise<boolean> {
  try {
    await events.run(async (seconds) => {
      day.signal.throwIfAborted();
      await day.control.advanceTo(seconds);
    });
    await day.stages.time("withdrawals", () => takeOut(day, cast, chronicle));
    return true;
  } catch (error) {
    if (!day.signal.aborted || chronicle.slots.length === 0) throw error;
    return false;
  }
}

async function takeOut(day: DayContext, cast: Cast, { slots }: Chronicle): Promise<void> {
  const requests = slots.flatMap(({ auction }) => auction.requests);
  // Who has asked again has done so from the same account.
  const sessions = new Set(requests.map(({ actor }) => actor));
  await emptyAccounts(day, cast.desk, [...sessions]);
  for (const { wallet } of cast.piles.values()) await withdrawFree(day.market, wallet);
}

function scheduleSlot(playing: Playing, slot: Slot): void {
  const { day, cast, commitmentModulus, chronicle, events } = playing;
  const start = day.midnight + slot.startSeconds;
  events.at(start - BIDDING_STARTS_BEFORE_SECONDS, async () => {
    const idle = idlePiles(cast, chronicle, start);
    const auction = await bidInSlot(day, cast, commitmentModulus, slot, idle);
    events.at(auction.roundEnds, () => endRound(playing, auction));
  });
}

/** Another round, or the decisions. */
async function endRound(playing: Playing, auction: OpenAuction): Promise<void> {
  const { day, chronicle, events } = playing;
  const next = await nextRound(day, auction);
  if (next !== null) {
    events.at(next.roundEnds, () => endRound(playing, next));
    return;
  }
  const matched = await matchSlot(day, auction);
  chronicle.slots.push({ slot: auction.slot, auction, matched });
  sayHow(day, auction, matched);
  const refused = await answerMatches(playing, auction, matched);
  if (refused.length === 0) return;
  freeWhenClosed(playing, auction);
  if (auction.again === null) await askAgain(playing, auction, matched, refused);
}

/** The bond of a pile whose match was refused waits for the end of the openings. */
function freeWhenClosed({ day, cast, events }: Playing, { auctionId, terms }: OpenAuction): void {
  events.at(Number(terms.openingEnds), async () => {
    await releaseClosed(day.market, cast.matcher.wallet, auctionId);
  });
}

/** Sessions of the pairs whose vehicles accept; returns the others. */
async function answerMatches(
  { day, chronicle, events }: Playing,
  auction: OpenAuction,
  matched: MatchedSlot,
): Promise<readonly MatchedPair[]> {
  const refused: MatchedPair[] = [];
  for (const pair of matched.pairs) {
    const { accepted } = await day.stages.time("charging", () =>
      answerPair(day, auction, matched, pair),
    );
    if (accepted === null) {
      refused.push(pair);
      continue;
    }
    const { startSeconds, durationSeconds } = pair.request.trip;
    const ends = day.midnight + startSeconds + durationSeconds;
    chronicle.busyUntil.set(pair.offer.actor.name, ends);
    await beginSession(day, events, auction, pair, accepted.session, (record) => {
      chronicle.sessions.push(record);
    });
  }
  return refused;
}

async function askAgain(
  playing: Playing,
  first: OpenAuction,
  { pairs }: MatchedSlot,
  refused: readonly MatchedPair[],
): Promise<void> {
  const { day, commitmentModulus, events } = playing;
  const second = await bidAgain(day, commitmentModulus, first, pairs, refused);
  if (second !== null) events.at(second.roundEnds, () => endRound(playing, second));
}

function idlePiles(cast: Cast, { busyUntil }: Chronicle, from: number): readonly PileActor[] {
  return [...cast.piles.values()].filter(({ name }) => (busyUntil.get(name) ?? 0) <= from);
}

function sayHow(day: DayContext, auction: OpenAuction, matched: MatchedSlot): void {
  const { requests, offers } = auction;
  const counts = [
    counted(requests.length, "request"),
    counted(offers.length, "offer"),
    counted(matched.rounds.length, "round"),
    `${matched.pairs.length} matched`,
    `${requests.length - matched.pairs.length} without a pile`,
  ];
  const which = auction.again === null ? "" : " again";
  day.progress.say(`slot ${auction.slot.index}${which}: ${counts.join(", ")}`);
  for (const { round } of matched.rounds.filter(({ oracleAgrees }) => !oracleAgrees)) {
    day.progress.say(`slot ${auction.slot.index}: the oracle disagrees in round ${round}`);
  }
}
