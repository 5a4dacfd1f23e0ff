/**
 * Arbiters sign what the pile gets of the metered amount of a disputed session. The signature that
 * makes the quorum sends the ruling.
 */
import type { Signer } from "ethers";
import { pendingSeconds, send, type Market } from "../chain/market.ts";
import { refusedBefore } from "../chain/refusal.ts";
import type { Address, Bytes32, Ruling } from "../core/messages/market.ts";
import { quorumSignature } from "../core/messages/quorumSignature.ts";
import { rulingMessage, signRuling } from "../core/messages/ruling.ts";
import type { RulingStore } from "../parties/arbiter/rulingStore.ts";
import { knownSession, requireInTime, requireState, sessionVenue } from "./sessions.ts";
import { StepError } from "./stepError.ts";
import { holding } from "../chain/signatures.ts";

/** Who rules on the disputes of a market. */
export interface Bench {
  readonly arbiters: readonly Address[];
  /** How many of several have to sign the same; 1 for one. */
  readonly quorum: number;
}

/** An arbiter where it rules. */
export interface ArbiterDesk {
  /** Signs; it needs no gas. */
  readonly arbiter: Signer;
  readonly store: RulingStore;
  /** Sends the ruling when it has all signatures: anybody. */
  readonly relayer: Signer;
}

/** What an arbiter says. */
export interface RulingGiven {
  readonly session: Bytes32;
  /** What the pile gets, 0 to the metered amount, token units. */
  readonly amountUnits: bigint;
}

/**
 * Signs a ruling and sends it if enough arbiters have signed the same. Returns how many more have
 * to.
 * @throws StepError E_NOT_ARBITER, E_RULING for an amount below 0; RefusedError SessionWrongState,
 *   SessionTooLate, SessionRulingTooHigh
 */
export async function ruleOnSession(
  market: Market,
  bench: Bench,
  { arbiter, store, relayer }: ArbiterDesk,
  { session, amountUnits }: RulingGiven,
): Promise<number> {
  const account = await arbiter.getAddress();
  requireArbiter(bench, account);
  await requireRulable(market, session, amountUnits);
  const ruling = { sessionId: session, amount: amountUnits };
  const venue = await sessionVenue(market);
  const kept = await store.addRuling(ruling, account, await signRuling(arbiter, venue, ruling));
  // One that does not hold, or is no arbiter's, would spoil the others on chain.
  const own = new Map([...kept].filter(([account]) => bench.arbiters.includes(account)));
  const signatures = await holding(market.provider, rulingMessage(venue, ruling), own);
  const missing = bench.quorum - signatures.size;
  if (missing > 0) return missing;
  await relay(market, bench, relayer, ruling, signatures);
  return 0;
}

function requireArbiter({ arbiters }: Bench, account: Address): void {
  if (arbiters.includes(account)) return;
  const known = arbiters.length === 0 ? "it has none" : `these are: ${arbiters.join(", ")}`;
  const message = `${account} is not an arbiter of this market, ${known}; let one of them rule`;
  throw new StepError("E_NOT_ARBITER", message, { account });
}

async function requireRulable(market: Market, session: Bytes32, amount: bigint): Promise<void> {
  const known = await knownSession(market, session);
  requireState(known, ["disputed"]);
  requireInTime(known, await pendingSeconds(market));
  if (amount < 0n) {
    const message = `amount: expected 0 or more token units, got ${amount}`;
    throw new StepError("E_RULING", message, { amountUnits: amount });
  }
  const metered = known.amountUnits;
  if (amount <= metered) return;
  const values = { sessionId: session, amount, metered };
  throw refusedBefore("SessionRulingTooHigh", values);
}

async function relay(
  market: Market,
  { arbiters }: Bench,
  relayer: Signer,
  ruling: Ruling,
  signatures: ReadonlyMap<Address, string>,
): Promise<void> {
  const [alone = ""] = signatures.values();
  const signature = arbiters.length === 1 ? alone : quorumSignature(signatures);
  await send(market, market.contracts.sessions.connect(relayer).rule(ruling, signature));
}
