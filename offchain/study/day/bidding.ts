/**
 * The first round of a slot's auction: the matcher opens it, idle piles bid, vehicles that want to
 * charge in the slot request. Vehicles are put into buckets, get an account each for this slot and
 * nothing else, and the deposit for it. Each side encrypts its own record under the round's key and
 * commits to it on chain. A pile begins with the price that it asks everywhere: it knows no
 * request, and with nobody to compete against that is what it wants.
 */
import { drawsOf, shuffled } from "../../core/cloak/draws.ts";
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { ANYWHERE } from "../../core/messages/upload.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import { chainSeconds } from "../../chain/market.ts";
import { commitOffer } from "../../market/auction/bidding.ts";
import { openAuction } from "../../market/auction/openAuction.ts";
import { dealForAuction, planAuction } from "../../market/auction/planning.ts";
import { commitRequest, prepareRequest } from "../../market/auction/requesting.ts";
import { type MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import { memoryMatcherStore } from "../../parties/proxy/store.ts";
import type { RequestDesk } from "../../parties/vehicle/requestDesk.ts";
import { memoryWishes } from "../../parties/vehicle/wishes.ts";
import type { Slot } from "../worlds/slots.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { Cast, MemberVehicle, PileActor, SessionActor } from "./actors.ts";
import { areaOf } from "./area.ts";
import { cloakSlot, type SlotCloaking } from "./cloaking.ts";
import type { DayContext } from "./context.ts";
import { openSession } from "./freshAccounts.ts";
import { fundSessions } from "./funding.ts";
import { offerAt, offerDesk } from "./offering.ts";
import { firstAuctionTimes } from "./slotTimes.ts";
import type {
  Header,
  OpenAuction,
  TripWithoutPile,
  SubmittedOffer,
  SubmittedRequest,
} from "./slotAuction.ts";

/**
 * Opens the auction of a slot and takes requests and bids. `idle` are the piles that are free when
 * the slot begins.
 */
export async function bidInSlot(
  day: DayContext,
  cast: Cast,
  commitmentModulus: bigint,
  slot: Slot,
  idle: readonly PileActor[],
): Promise<OpenAuction> {
  const header = await openSlot(day, cast, commitmentModulus, slot);
  const { able, withoutPile } = whoRequests(day, cast, slot.trips);
  const step = stepsOf(day, slot, 2 * (idle.length + able.length));
  const { offers, cloaking, requests } = await prepareSlot(day, cast, header, { idle, able }, step);
  await commitSlot(day, header, offers, requests, step);
  return {
    ...header,
    requests,
    cloaking,
    offers,
    withoutPile,
    round: FIRST_ROUND,
    roundEnds: Number(header.terms.biddingEnds),
    played: [],
  };
}

/** Called with the result of every step, which it passes on. */
type Step = <T>(result: T) => T;

interface PreparedSlot {
  readonly offers: readonly SubmittedOffer[];
  readonly cloaking: SlotCloaking;
  readonly requests: readonly SubmittedRequest[];
}

/** Everything before the commitments: buckets, accounts with their deposits, encrypted records. */
async function prepareSlot(
  day: DayContext,
  cast: Cast,
  header: Header,
  { idle, able }: { readonly idle: readonly PileActor[]; readonly able: readonly Requester[] },
  step: Step,
): Promise<PreparedSlot> {
  const { stages } = day;
  // Piles encrypt on other threads while vehicles show their credentials on this one.
  const offering = stages.time("encryption", () =>
    Promise.all(idle.map((actor) => prepareFirst(day, header, actor).then(step))),
  );
  offering.catch(() => undefined);
  const cloaking = await stages.time("cloaking", () =>
    cloakSlot(day, cast.office, cast.members, header.terms.areaHash, header.slot),
  );
  const sessions = await stages.time("handshakes", () => openSessions(day, cast, header, able));
  const actors = sessions.map(({ actor }) => actor);
  await stages.time("funding", () =>
    fundSessions(day, cast.desk, actors, header.terms.vehicleDeposit),
  );
  const offers = await offering;
  const requests = await stages.time("encryption", () =>
    Promise.all(sessions.map((one) => readyRequest(day, header, cloaking, one).then(step))),
  );
  return { offers, cloaking, requests };
}

/** Everybody commits to what is prepared. */
export async function commitSlot(
  { stages, market }: DayContext,
  header: Header,
  offers: readonly SubmittedOffer[],
  requests: readonly SubmittedRequest[],
  step: Step,
): Promise<void> {
  await stages.time("commitments", async () => {
    for (const offer of offers) {
      await commitOffer(market, offer.desk, header, offer);
      step(offer);
    }
    for (const request of requests) {
      await commitRequest(market, request.desk, header, request);
      step(request);
    }
  });
}

/** Counts the steps of a slot's bidding, and lets an interrupt in. */
export function stepsOf(day: DayContext, { index }: Slot, total: number): Step {
  let done = 0;
  return (result) => {
    done += 1;
    day.progress.update(`slot ${index} bidding`, done, total);
    day.signal.throwIfAborted();
    return result;
  };
}

interface Requester {
  readonly member: MemberVehicle;
  readonly trip: WorldTrip;
}

/** A vehicle with the account that it trades from in this slot. */
export interface OpenedSession {
  readonly actor: SessionActor;
  readonly trip: WorldTrip;
}

/** Vehicles that take part with one request each, and the trips that cannot. */
function whoRequests(
  { rng }: DayContext,
  { members }: Cast,
  trips: readonly WorldTrip[],
): { readonly able: readonly Requester[]; readonly withoutPile: TripWithoutPile[] } {
  const able: Requester[] = [];
  const withoutPile: TripWithoutPile[] = [];
  for (const trip of trips) {
    const member = members.get(trip.vehicle);
    if (member === undefined) withoutPile.push({ trip, reason: "vehicle not enrolled" });
    else if (able.some((other) => other.member === member)) {
      withoutPile.push({ trip, reason: "vehicle already has a request in this slot" });
    } else able.push({ member, trip });
  }
  // Trips are in order of time: who comes when must not say who leaves first.
  return { able: shuffled(able, drawsOf(rng)), withoutPile };
}

/** Vehicle after vehicle shakes hands with the matcher, who relays what it has authorised. */
async function openSessions(
  day: DayContext,
  { office, matcher }: Cast,
  { slot, terms }: Header,
  able: readonly Requester[],
): Promise<readonly OpenedSession[]> {
  const nowSeconds = await chainSeconds(day.market);
  const opened: OpenedSession[] = [];
  for (const { member, trip } of able) {
    await breathe(day.signal);
    const actor = await openSession(day, office, matcher, member, { terms, nowSeconds });
    opened.push({ actor, trip });
    day.progress.update(`slot ${slot.index} handshakes`, opened.length, able.length);
  }
  return opened;
}

async function openSlot(
  day: DayContext,
  { matcher, office }: Cast,
  commitmentModulus: bigint,
  slot: Slot,
): Promise<Header> {
  const { market, settings, stages, parties, rng } = day;
  day.progress.update(`slot ${slot.index} round key`, 0, 1);
  const key = { ...settings, commitmentModulus };
  const dealt = await stages.time("round keys", () => dealForAuction(parties, key));
  const slotStart = day.midnight + slot.startSeconds;
  const letsIn = { parameters: office.parameters, stationId: matcher.participantId };
  const plan = planAuction(letsIn, {
    area: areaOf(day),
    ...firstAuctionTimes(slotStart),
    slotEnd: day.midnight + slot.endSeconds,
    maxRounds: settings.rounds.maxRounds,
    roundSeconds: settings.rounds.roundSeconds,
    bidBond: settings.bidBond,
    vehicleDeposit: settings.vehicleDeposit,
    again: null,
  });
  const desk: MatcherDesk = {
    wallet: matcher.wallet,
    store: memoryMatcherStore(),
    openBox: parties.openBox,
    rng,
  };
  const auction = await stages.time("commitments", () => openAuction(market, desk, dealt, plan));
  return { ...auction, slot, desk };
}

/** The offer that a pile begins an auction with. */
export function prepareFirst(
  day: DayContext,
  header: Header,
  actor: PileActor,
): Promise<SubmittedOffer> {
  const { pricePerKwh } = actor.pile;
  const desk = offerDesk(day, header, actor);
  return offerAt(day, header, { actor, desk }, { round: FIRST_ROUND, pricePerKwh });
}

/** The request of a vehicle that has its account, ready to be committed to. */
export async function readyRequest(
  day: DayContext,
  header: Header,
  { whereabouts }: SlotCloaking,
  { actor, trip }: OpenedSession,
): Promise<SubmittedRequest> {
  const desk = requestDesk(day, header, actor);
  const prepared = await prepareRequest(day.market, desk, header, {
    wish: trip,
    needs: trip.needs,
    whereabouts: whereabouts.get(trip.vehicle) ?? ANYWHERE,
  });
  return { actor, trip, desk, ...prepared };
}

/** The fresh account of a vehicle has its deposit before it asks: coins have paid it. */
function requestDesk(
  { work, rng }: DayContext,
  { desk }: Header,
  { wallet, faucet, sealKeys }: SessionActor,
): RequestDesk {
  return {
    wallet,
    sealKeys,
    store: memoryWishes(),
    encryptProven: work.encryptProven,
    sendUpload: desk.store.leave,
    faucet,
    rng,
  };
}
