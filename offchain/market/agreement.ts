/**
 * Both parties sign begin and end of the register, and the session settles without a record, for
 * good. Either may begin; the second signature is sent with the first. Both must be about the same
 * registers.
 */
import type { Signer } from "ethers";
import { pendingSeconds, send, type Market } from "../chain/market.ts";
import { refusedBefore } from "../chain/refusal.ts";
import type { Address, Bytes32, Reading } from "../core/messages/market.ts";
import { signReading, type SignedReading } from "../core/messages/reading.ts";
import type { ReadingStore } from "../parties/owner/registerStore.ts";
import {
  knownSession,
  requireInTime,
  requireParty,
  requireState,
  sessionVenue,
  type KnownSession,
} from "./sessions.ts";

/** A party where it agrees. */
export interface AgreeingDesk {
  readonly wallet: Signer;
  readonly store: ReadingStore;
}

/** Begin and end of the register as a party has read them. */
export type RegistersRead = Pick<Reading, "beginWh" | "endWh"> & { readonly session: Bytes32 };

/** What became of a reading that a party has signed. */
export interface Agreement {
  /** Whose signature is missing; null if the session is settled. */
  readonly missing: Address | null;
  /** Another reading that this one has replaced: the other party has to sign again. */
  readonly replaced: Pick<Reading, "beginWh" | "endWh"> | null;
}

/** A reading is good for a day from its first signature, and is signed anew then. */
const READING_SECONDS = 86_400;

/**
 * Signs the registers of a session, and settles it if the other party has signed the same. Run by
 * vehicle and pile.
 * @throws RefusedError SessionWrongState, SessionNotParty, SessionTooLate, SessionFallingRegister
 */
export async function agreeOnReading(
  market: Market,
  { wallet, store }: AgreeingDesk,
  registers: RegistersRead,
): Promise<Agreement> {
  const { session } = registers;
  const known = await knownSession(market, session);
  const account = await wallet.getAddress();
  requireState(known, ["charging", "metered", "disputed"]);
  requireParty(session, account, [known.vehicle, known.pile]);
  const nowSeconds = await pendingSeconds(market);
  requireInTime(known, nowSeconds);
  requireRising(registers);

  const before = await store.readingOf(session);
  const { signatures, ...reading } = readingFor(before, registers, nowSeconds);
  const signature = await signReading(wallet, await sessionVenue(market), reading);
  const signed = { ...reading, signatures: { ...signatures, [account]: signature } };
  await store.keepReading(signed);
  const missing = await settleIfSigned(market, wallet, known, signed);
  const isOther = before !== undefined && !hasRegisters(before, registers);
  return { missing, replaced: isOther ? before : null };
}

function requireRising({ session, beginWh, endWh }: RegistersRead): void {
  if (endWh >= beginWh) return;
  throw refusedBefore("SessionFallingRegister", { sessionId: session, beginWh, endWh });
}

/**
 * The reading that the other party has signed, if its registers are the same and it is still good;
 * a new one otherwise.
 */
function readingFor(
  before: SignedReading | undefined,
  registers: RegistersRead,
  nowSeconds: number,
): SignedReading {
  const isGood = before !== undefined && before.deadline > BigInt(nowSeconds);
  if (isGood && hasRegisters(before, registers)) return before;
  const { session, beginWh, endWh } = registers;
  const deadline = BigInt(nowSeconds + READING_SECONDS);
  return { sessionId: session, beginWh, endWh, deadline, signatures: {} };
}

function hasRegisters(reading: SignedReading, { beginWh, endWh }: RegistersRead): boolean {
  return reading.beginWh === beginWh && reading.endWh === endWh;
}

async function settleIfSigned(
  market: Market,
  wallet: Signer,
  { vehicle, pile }: KnownSession,
  { signatures, ...reading }: SignedReading,
): Promise<Address | null> {
  const { [vehicle]: byVehicle, [pile]: byPile } = signatures;
  if (byVehicle === undefined) return vehicle;
  if (byPile === undefined) return pile;
  const { settleAgreed } = market.contracts.sessions.connect(wallet);
  await send(market, settleAgreed(reading, byVehicle, byPile));
  return null;
}
