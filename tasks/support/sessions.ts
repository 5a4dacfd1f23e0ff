/** Sessions on the command line: which one is meant, and what the chain says of it. */
import type { Bytes32, SessionState } from "../../offchain/core/messages/market.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { matchOf } from "../../offchain/market/auction/openMatch.ts";
import { knownSession } from "../../offchain/market/sessions.ts";
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

/** What can be done, and what from the deadline on, by whom. */
const NEXT: Readonly<Record<SessionState, readonly [string, string]>> = {
  none: ["–", "–"],
  opened: ["pile: session authorise", "anybody: session expire"],
  authorised: ["vehicle: session plug-in", "anybody: session expire"],
  charging: ["pile: session settle, or both: session agree", "anybody: session expire"],
  metered: ["vehicle: session dispute, or both: session agree", "anybody: session finalise"],
  disputed: ["arbiters: session rule, or both: session agree", "anybody: session finalise"],
  settled: ["vehicle: reputation rate", "vehicle: reputation rate"],
  expired: ["–", "–"],
};

/**
 * What the chain says of a session, to be printed.
 * @throws StepError E_SESSION_UNKNOWN if there is no such session
 */
export async function sessionFacts({ market, now }: Connected, session: Bytes32): Promise<Facts> {
  const known = await knownSession(market, session);
  const { state, deadline, powerW, energyWh, amountUnits } = known;
  const running = state !== "settled" && state !== "expired";
  const [inTime, afterwards] = NEXT[state];
  const isOver = running && BigInt(await now()) >= deadline;
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
    deadline: running ? moment(deadline) : null,
    energyWh,
    amountUnits,
    next: isOver ? afterwards : inTime,
  };
}
