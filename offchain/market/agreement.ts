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
/** By how much two clocks may differ. Whoever signs for longer wants an answer for ever. */
const CLOCK_SECONDS = 3_600;

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
  requireState(known, ["charging", "unplugged", "metered", "disputed"]);
  requireParty(session, account, [known.vehicle, known.pile]);
  const nowSeconds = await pendingSeconds(market);
  requireInTime(known, nowSeconds);
  requireRising(registers);

  const before = await store.readingsOf(session);
  const other = account === known.vehicle ? known.pile : known.vehicle;
  // Whatever both have signed is about the same, so the other party's comes first.
  const said = [before.get(other), before.get(account)].filter((one) => one !== undefined);
  const reading = readingFor(said, registers, nowSeconds);
  const signature = await signReading(wallet, await sessionVenue(market), reading);
  await store.keepReading(account, { ...reading, signature });
  const after = await store.readingsOf(session);
  const theirs = after.get(other);
  // Both have begun at once: the later of the two readings is the one that both sign.
  if (isGood(theirs, registers, nowSeconds) && theirs.deadline > reading.deadline)
    return agreeOnReading(market, { wallet, store }, registers);
  const missing = await settleIfSigned(market, wallet, known, reading, after);
  const [standing] = said;
  const isOther = standing !== undefined && !hasRegisters(standing, registers);
  return { missing, replaced: isOther ? standing : null };
}

function requireRising({ session, beginWh, endWh }: RegistersRead): void {
  if (endWh >= beginWh) return;
  throw refusedBefore("SessionFallingRegister", { sessionId: session, beginWh, endWh });
}

/** The first that has the same registers and is still good; a new one if there is none. */
function readingFor(
  said: readonly SignedReading[],
  registers: RegistersRead,
  nowSeconds: number,
): Reading {
  const { session, beginWh, endWh } = registers;
  const good = said.find((one) => isGood(one, registers, nowSeconds));
  const deadline = good?.deadline ?? BigInt(nowSeconds + READING_SECONDS);
  return { sessionId: session, beginWh, endWh, deadline };
}

/** Whether somebody has signed the same registers, for a day and not for longer. */
function isGood(
  said: SignedReading | undefined,
  registers: Registers,
  nowSeconds: number,
): said is SignedReading {
  if (said === undefined || !hasRegisters(said, registers)) return false;
  const seconds = said.deadline - BigInt(nowSeconds);
  return seconds > 0n && seconds <= BigInt(READING_SECONDS + CLOCK_SECONDS);
}

type Registers = Pick<Reading, "beginWh" | "endWh">;

function hasRegisters(reading: Registers, { beginWh, endWh }: Registers): boolean {
  return reading.beginWh === beginWh && reading.endWh === endWh;
}

async function settleIfSigned(
  market: Market,
  wallet: Signer,
  { vehicle, pile }: KnownSession,
  reading: Reading,
  signed: ReadonlyMap<Address, SignedReading>,
): Promise<Address | null> {
  const [byVehicle, byPile] = [vehicle, pile].map((party) =>
    signatureOn(reading, signed.get(party)),
  );
  if (byVehicle === undefined) return vehicle;
  if (byPile === undefined) return pile;
  const { settleAgreed } = market.contracts.sessions.connect(wallet);
  await send(market, settleAgreed(reading, byVehicle, byPile));
  return null;
}

/** Undefined for who has signed another reading, or none. */
function signatureOn(reading: Reading, signed: SignedReading | undefined): string | undefined {
  if (signed === undefined) return undefined;
  const isSame = signed.deadline === reading.deadline && hasRegisters(signed, reading);
  return isSame ? signed.signature : undefined;
}
