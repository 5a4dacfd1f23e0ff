/** Sessions on the command line: which one is meant, and what the chain says of it. */
import {
  SESSION_STATES,
  type Bytes32,
  type SessionState,
} from "../../offchain/core/messages/market.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { RefusedError } from "../../offchain/chain/refusal.ts";
import { matchOf } from "../../offchain/market/auction/openMatch.ts";
import { decidedIn } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";

/** The session named, or the one that `player` has from an auction. @throws InputError; StepError E_NOT_MATCHED */
export async function sessionOf(
  connected: Connected,
  player: Player,
  named: { readonly session: string | undefined; readonly auction: string | undefined },
): Promise<Bytes32> {
  if (named.session !== undefined) return checkedSession(named.session);
  return matchOf(await decidedIn(connected, named.auction), player.wallet.address).decision;
}

/** @throws InputError unless `named` has the form of a session id */
export function checkedSession(named: string): Bytes32 {
  if (/^0x[0-9a-f]{64}$/.test(named)) return named;
  throw new InputError(`--session: expected an id of 32 bytes in hexadecimal, got ${named}`);
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

/** Where the records are that a simulated meter signed for a session. */
export function recordPath(session: Bytes32): string {
  return `records/${session}.ocmf`;
}

/** The contract's refusal, before anything is prepared or sent. @throws RefusedError */
export function requireState(session: Bytes32, state: bigint, expected: SessionState): void {
  const actual = SESSION_STATES[Number(state)] ?? "none";
  if (actual === expected) return;
  const values = `sessionId ${session}, expected ${expected}, actual ${actual}`;
  throw new RefusedError(
    "SessionWrongState",
    `refused before sending: SessionWrongState, ${values}`,
  );
}

/** What the chain says of a session. @throws InputError if there is no such session */
export async function sessionFacts({ market, now }: Connected, session: Bytes32): Promise<Facts> {
  const known = await market.contracts.sessions.sessionOf(session);
  const state = SESSION_STATES[Number(known.state)] ?? "none";
  if (state === "none") throw new InputError(`session ${session} was not opened`);
  const running = state !== "settled" && state !== "expired";
  const [inTime, afterwards] = NEXT[state];
  const isOver = running && BigInt(await now()) >= known.deadline;
  return {
    session,
    nameForMeter: sessionName(session),
    state,
    vehicle: known.vehicle,
    pile: known.pile,
    pricePerKwhUnits: known.pricePerKwh,
    powerW: known.powerW,
    depositUnits: known.deposit,
    bondUnits: known.bond,
    deadline: running ? moment(known.deadline) : null,
    energyWh: known.energyWh,
    amountUnits: known.amountDown,
    next: isOver ? afterwards : inTime,
  };
}
