/** Sessions on the command line: which one is meant, and what the chain says of it. */
import type { Bytes32, SessionState } from "../../offchain/core/messages/market.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { matchOf } from "../../offchain/market/auction/openMatch.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../../offchain/core/meter/settlementRules.ts";
import type { Market } from "../../offchain/chain/market.ts";
import { knownSession, unpluggedAt, type KnownSession } from "../../offchain/market/sessions.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { idNamed } from "./naming.ts";
import { moment, type Facts } from "./print.ts";

/**
 * The session named, or the one that `player` has from an auction.
 * @throws InputError; StepError E_NOT_MATCHED
 */
export async function sessionOf(
  connected: Connected,
  player: Player,
  named: { readonly session: string | undefined; readonly auction: string | undefined },
): Promise<Bytes32> {
  if (named.session !== undefined) return idNamed("session", named.session);
  return matchOf(await decidedIn(connected, named.auction), player.wallet.address).decision;
}

/** Of a session that nobody settled; `reputation rate` says why not. */
const RATE_EXPIRED = "vehicle, if it was there in time: reputation rate --rating 1";

/** What can be done, and what from the deadline on, by whom. */
const NEXT: Readonly<Record<SessionState, readonly [string, string]>> = {
  none: ["–", "–"],
  opened: ["pile: session authorise; vehicle: session plug-in", "anybody: session expire"],
  authorised: ["vehicle: session plug-in", "anybody: session expire"],
  charging: [
    "vehicle: session unplug; pile: session settle or waive; both: session agree",
    "anybody: session expire",
  ],
  unplugged: ["pile: session settle or waive; both: session agree", "anybody: session expire"],
  metered: ["vehicle: session dispute, or both: session agree", "anybody: session finalise"],
  disputed: ["arbiters: session rule, or both: session agree", "anybody: session finalise"],
  settled: ["vehicle: reputation rate", "vehicle: reputation rate"],
  expired: [RATE_EXPIRED, RATE_EXPIRED],
};

/** What costs whom what, if the deadline of a state passes. */
function afterDeadline({ state, deadline, slotEnd }: KnownSession): string {
  switch (state) {
    case "opened":
      return deadline < slotEnd
        ? "the pile's bond goes to the vehicle"
        : "nobody owes anything: the slot's end has cut the time for authorising short";
    case "authorised":
      return deadline < slotEnd
        ? "the vehicle owes a no-show fee and a point of credibility"
        : "nobody owes anything: the slot's end has cut the time for plugging in short";
    case "charging":
    case "unplugged":
      return "nobody owes anything, and all stakes are free";
    case "metered":
    case "disputed":
      return "what was metered is paid";
    default:
      return "–";
  }
}

/** Which time counts for what. */
async function timesOf(market: Market, known: KnownSession, isRunning: boolean): Promise<Facts> {
  const { state, deadline, slotEnd, pluggedInAt } = known;
  const left = await unpluggedAt(market, known);
  const isServed = state === "charging" || state === "unplugged";
  const tolerance = BigInt(CLOCK_TOLERANCE_SECONDS);
  return {
    slotEnds: moment(slotEnd),
    pluggedInAt: pluggedInAt === 0n ? null : moment(pluggedInAt),
    unpluggedAt: left === null ? null : moment(left),
    recordsBeginFrom: isServed ? moment(pluggedInAt - tolerance) : null,
    recordsEndBy: left === null ? null : moment(left + tolerance),
    deadline: isRunning ? moment(deadline) : null,
    afterDeadline: isRunning ? afterDeadline(known) : null,
  };
}

/**
 * What the chain says of a session, to be printed.
 * @throws StepError E_SESSION_UNKNOWN if there is no such session
 */
export async function sessionFacts(
  { market, now }: Pick<Connected, "market" | "now">,
  session: Bytes32,
): Promise<Facts> {
  const known = await knownSession(market, session);
  const { state, deadline, powerW, energyWh, amountUnits } = known;
  const isRunning = state !== "settled" && state !== "expired";
  const isOver = isRunning && BigInt(await now()) >= deadline;
  return {
    session,
    nameForMeter: sessionName(session),
    state,
    vehicle: known.vehicle,
    pile: known.pile,
    pricePerKwhUnits: known.pricePerKwh,
    powerW,
    depositUnits: known.depositUnits,
    bondUnits: known.bondUnits,
    ...(await timesOf(market, known, isRunning)),
    energyWh,
    amountUnits,
    earned: state === "settled" ? known.hasEarned : null,
    next: nextOf(known, isOver),
  };
}

function nextOf({ state, pluggedInAt }: KnownSession, isOver: boolean): string {
  const [inTime, afterwards] = NEXT[state];
  if (isOver) return afterwards;
  // The vehicle was there first.
  return state === "opened" && pluggedInAt > 0n ? "pile: session authorise" : inTime;
}
