/** What a finished day is worth to somebody who wants to know who was where, and who came back. */
import { CloakError } from "../../core/cloak/cloakError.ts";
import { bucketAttacks } from "../cloak/attackSuite.ts";
import { standingTraffic } from "../cloak/traffic.ts";
import { NO_SET } from "../../core/messages/upload.ts";
import type { Market } from "../../chain/market.ts";
import { linkability, type SessionTrace, type Transfer } from "../reports/linkability.ts";
import type { LocationAttack, PrivacyReport } from "../reports/privacyReport.ts";
import { seededRng } from "../worlds/seededRng.ts";
import { toSafeNumber } from "../worlds/safeNumber.ts";
import { areaOf } from "./area.ts";
import type { Chronicle } from "./chronicle.ts";
import type { DayContext } from "./context.ts";
import { balanceOf } from "./funding.ts";
import type { SessionEnd } from "./ledger.ts";
import type { Cast } from "./actors.ts";
import { eventsOf } from "../../chain/events.ts";

const TRIALS = 2_000;

/** Attacks the day's buckets and the chain that it has left. */
export async function measurePrivacy(
  day: DayContext,
  { desk, piles }: Cast,
  chronicle: Chronicle,
  ends: ReadonlyMap<string, SessionEnd>,
): Promise<PrivacyReport> {
  const { k, l, cellM } = day.settings.cloakRule;
  const cloakings = chronicle.slots.map(({ auction }) => auction.cloaking);
  const asked = cloakings.flatMap(({ whereabouts }) => [...whereabouts.values()]);
  const hidden = asked.filter(({ setId }) => setId !== NO_SET).length;
  const standing = [...piles.values()].filter(({ whereabouts }) => whereabouts.setId !== NO_SET);
  const { owedUnits, heldUnits } = await balanceOf(day, desk);
  return {
    k,
    l,
    cellM,
    reachM: areaOf(day).reachM,
    buckets: cloakings.reduce((sum, { buckets }) => sum + buckets, 0),
    requestsFromBuckets: hidden,
    requestsFromAnywhere: asked.length - hidden,
    pilesInBuckets: standing.length,
    pilesAnywhere: piles.size - standing.length,
    sessionAccounts: new Set(
      chronicle.slots.flatMap(({ auction }) => auction.requests.map(({ actor }) => actor)),
    ).size,
    attacks: attacksOn(day, chronicle),
    links: linkability(
      {
        sessions: chronicle.sessions.map((record) => traceOf(day, record, ends)),
        transfers: await transfersOf(day.market),
      },
      new Map(chronicle.sessions.map(({ session, pair }) => [session, pair.request.trip.vehicle])),
      day.world.seed,
    ),
    coinsOwedUnits: toSafeNumber(owedUnits),
    coinsHeldUnits: toSafeNumber(heldUnits),
  };
}

/** On slots in which so many joined that there was something to choose from. */
function attacksOn(
  { world, settings }: DayContext,
  { slots }: Chronicle,
): readonly LocationAttack[] {
  const { cloakRule } = settings;
  const crowds = slots
    .map(({ auction }) => auction.cloaking.joined)
    .filter(({ length }) => length >= 2 * cloakRule.k);
  if (crowds.length === 0) return [];
  const traffic = standingTraffic("the day's vehicles", crowds);
  try {
    const rng = seededRng(`${world.seed}/attacks`);
    return bucketAttacks(traffic, cloakRule, TRIALS, rng).map(
      ({ name, success, bound, trials }) => ({ name, success, bound, trials }),
    );
  } catch (error) {
    if (error instanceof CloakError && error.code === "E_CLOAK_TRAFFIC") return [];
    throw error;
  }
}

function traceOf(
  day: DayContext,
  { session, slot, pair }: Chronicle["sessions"][number],
  ends: ReadonlyMap<string, SessionEnd>,
): SessionTrace {
  const { request, offer } = pair;
  const end = ends.get(session);
  return {
    session,
    account: request.actor.wallet.address,
    pile: offer.actor.wallet.address,
    slot,
    startsAt: day.midnight + request.trip.startSeconds,
    energyWh: end?.energyWh ?? 0,
    paidUnits: BigInt(end?.paidUnits ?? 0),
    powerW: offer.actor.pile.powerW,
    deposit: day.settings.vehicleDeposit,
  };
}

/** Every movement of tokens into the escrow and out of it, as its events tell them. */
async function transfersOf({ contracts, provider }: Market): Promise<readonly Transfer[]> {
  const { escrow } = contracts;
  const deposited = await eventsOf(escrow, escrow.filters.Deposited());
  const withdrawn = await eventsOf(escrow, escrow.filters.Withdrawn());
  const times = new Map<number, number>();
  for (const { blockNumber } of [...deposited, ...withdrawn]) {
    if (times.has(blockNumber)) continue;
    const block = await provider.getBlock(blockNumber);
    times.set(blockNumber, block?.timestamp ?? 0);
  }
  return [
    ...deposited.map(({ args, blockNumber }) => ({
      from: args.from,
      to: args.account,
      units: args.amount,
      atSeconds: times.get(blockNumber) ?? 0,
    })),
    ...withdrawn.map(({ args, blockNumber }) => ({
      from: args.account,
      to: args.to,
      units: args.amount,
      atSeconds: times.get(blockNumber) ?? 0,
    })),
  ];
}
