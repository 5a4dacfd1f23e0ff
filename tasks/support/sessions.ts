/** Sessions on the command line: what the chain says of one. */
import type { Bytes32, SessionState } from "../../offchain/core/messages/market.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../../offchain/core/meter/settlementRules.ts";
import type { Market } from "../../offchain/chain/market.ts";
import { knownSession, unpluggedAt, type KnownSession } from "../../offchain/market/sessions.ts";
import type { State } from "../stores/state.ts";
import type { Connected } from "./connection.ts";
import { namesByAccount, pasteable, type Typed } from "./hints.ts";
import { state as stateOption } from "./options.ts";
import { moment, type Facts } from "./print.ts";

type Party = "vehicle" | "pile" | "anybody" | "arbiter";

/** Who can do what: a command but for who acts, and under which condition. */
type Step = readonly [Party, string, condition?: string];

const AGREE: readonly Step[] = [
  ["vehicle", "session agree --begin WH --end WH"],
  ["pile", "session agree --begin WH --end WH"],
];
const CLAIM: readonly Step[] = [
  ["pile", "session settle"],
  ["pile", "session waive"],
];
const EXPIRE: readonly Step[] = [["anybody", "session expire"]];
const FINALISE: readonly Step[] = [["anybody", "session finalise"]];
const PLUG_IN: Step = ["vehicle", "session plug-in"];
const AUTHORISE: Step = ["pile", "session authorise"];
/** Of a session that nobody settled; the command says why not. */
const RATE_EXPIRED: readonly Step[] = [
  ["vehicle", "reputation rate --rating 1", "if it was there in time"],
];
const RATE: readonly Step[] = [["vehicle", "reputation rate --rating 3"]];
const RATE_UNEARNED: readonly Step[] = [["vehicle", "reputation rate --rating 1"]];

/** What can be done, and what from the deadline on. */
const NEXT: Readonly<Record<SessionState, readonly [readonly Step[], readonly Step[]]>> = {
  none: [[], []],
  opened: [[AUTHORISE, PLUG_IN], EXPIRE],
  authorised: [[PLUG_IN], EXPIRE],
  charging: [[["vehicle", "session unplug"], ...CLAIM, ...AGREE], EXPIRE],
  unplugged: [[...CLAIM, ...AGREE], EXPIRE],
  metered: [[["vehicle", "session dispute"], ...AGREE], FINALISE],
  disputed: [[["arbiter", "session rule --amount UNITS"], ...AGREE], FINALISE],
  settled: [RATE, RATE],
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
    recordsEndBy: isServed && left !== null ? moment(left + tolerance) : null,
    deadline: isRunning ? moment(deadline) : null,
    afterDeadline: isRunning ? afterDeadline(known) : null,
  };
}

/**
 * What the chain says of a session, to be printed; `next` has a line for each command that can come
 * next.
 * @param typed how the session was named, which the next commands do as well
 * @throws StepError E_SESSION_UNKNOWN if there is no such session
 */
export async function sessionFacts(
  { market, now, state: folder }: Pick<Connected, "market" | "now" | "state">,
  session: Bytes32,
  typed: Typed = {},
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
    next: await nextOf(folder, known, isOver, typed),
  };
}

/** By name where the folder knows one; others are called by the party, and keep another folder. */
async function nextOf(
  folder: State,
  known: KnownSession,
  isOver: boolean,
  typed: Typed,
): Promise<string> {
  const names = await namesByAccount(folder);
  const [vehicle, pile] = [names.get(known.vehicle), names.get(known.pile)];
  const actors: Readonly<Record<Party, string>> = {
    vehicle: vehicle ?? "VEHICLE",
    pile: pile ?? "PILE",
    anybody: vehicle ?? pile ?? "NAME",
    arbiter: "ARBITER",
  };
  const isElsewhere = { vehicle: !vehicle, pile: !pile, anybody: false, arbiter: false };
  return stepsFrom(known, isOver)
    .map(([party, words, condition]) => {
      const who = condition === undefined ? party : `${party}, ${condition}`;
      const kept = isElsewhere[party] ? { folder: stateOption.defaultValue } : folder;
      return `${who}: ${pasteable(kept, `${words} --as ${actors[party]}`, typed)}`;
    })
    .join("\n");
}

function stepsFrom(known: KnownSession, isOver: boolean): readonly Step[] {
  const { state, pluggedInAt, hasEarned } = known;
  const [inTime, afterwards] = NEXT[state];
  if (state === "settled" && !hasEarned) return RATE_UNEARNED;
  if (isOver) return afterwards;
  // The vehicle was there first.
  return state === "opened" && pluggedInAt > 0n ? [AUTHORISE] : inTime;
}
