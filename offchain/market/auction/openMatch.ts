/**
 * A matched vehicle opens what is sealed to it and audits it. If it fits, the vehicle's acceptance
 * begins the session (`startSession`); if not, it withdraws its request and owes nothing. Until it
 * accepts, nobody can bind it to anything.
 */
import type { Signer } from "ethers";
import { decisionProof } from "../../core/messages/decisionTree.ts";
import { DeliveryError } from "../../core/messages/decisionNote.ts";
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import type { Address, Bytes32, Opening } from "../../core/messages/market.ts";
import type { Position } from "../../core/messages/records.ts";
import { SealedBoxError } from "../../core/primitives/sealedBox.ts";
import type { RequestDesk } from "../../parties/vehicle/requestDesk.ts";
import { MatchError, receiveMatch, type CertifiedPile } from "../../parties/vehicle/trading.ts";
import { read, send, type Market } from "../../chain/market.ts";
import { RefusedError } from "../../chain/refusal.ts";
import { startSession } from "../sessions.ts";
import { StepError } from "../stepError.ts";

/** A match that its vehicle has checked, and all that it takes to open the decision on chain. */
export interface OpenedMatch {
  /** The decision, and the name of the session. */
  readonly session: Bytes32;
  readonly opening: Opening;
  /** That the decision is among the posted ones. */
  readonly proof: readonly Bytes32[];
  /** Where the pile is. */
  readonly site: Position;
}

/** An auction that is decided, as everybody may read it. */
export interface DecidedFor {
  readonly auctionId: Bytes32;
  /** In the order in which their decisions are posted. */
  readonly matches: readonly DecidedMatch[];
}

/**
 * Why a vehicle refused: the code of its audit, or the contract's reason, and a sentence. Nobody
 * else is told.
 */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** One of the two is null. */
export interface AnsweredMatch {
  readonly accepted: OpenedMatch | null;
  readonly refused: Refusal | null;
}

type VehicleDesk = Pick<RequestDesk, "wallet" | "sealKeys" | "store">;

/** The match that an account is in. @throws StepError E_NOT_MATCHED if it is in none */
export function matchOf({ auctionId, matches }: DecidedFor, account: Address): DecidedMatch {
  const match = matches.find(({ vehicle, pile }) => vehicle === account || pile === account);
  if (match !== undefined) return match;
  const message = `${account} is not matched in auction ${auctionId}: its stake comes back`;
  throw new StepError("E_NOT_MATCHED", message, { auctionId, account });
}

/**
 * Opens the delivery of a vehicle: it fits the chain and what was asked for, or nothing is opened.
 * @throws StepError E_NOT_MATCHED, E_NO_REQUEST for an account whose request stands no more or is
 *   not known here; MatchError, DeliveryError, SealedBoxError as `receiveMatch`
 */
export async function openMatch(
  market: Market,
  { wallet, sealKeys, store }: VehicleDesk,
  decided: DecidedFor,
): Promise<OpenedMatch> {
  const { auctionId } = decided;
  const account = await wallet.getAddress();
  const { vehicle, toVehicle } = matchOf(decided, account);
  if (vehicle !== account) {
    const message = `${account} is the pile of its match: the vehicle alone accepts or refuses it`;
    throw new StepError("E_NOT_THE_VEHICLE", message, { auctionId, account });
  }
  const commitment = await market.contracts.auctions.requestOf(auctionId, account);
  const wish = BigInt(commitment) === 0n ? null : await store.wishBehind(auctionId, commitment);
  if (wish === null) throw noRequest(auctionId, account, commitment);
  const pileOf = (cpId: Bytes32): Promise<CertifiedPile> => certifiedPile(market, cpId);
  const asked = { ...wish, auctionId };
  const received = await receiveMatch(market.venue, asked, sealKeys, toVehicle, pileOf);
  const { opening, decision: session, site } = received;
  const decisions = decided.matches.map(({ decision }) => decision);
  return { session, opening, proof: decisionProof(decisions, session), site };
}

/**
 * Audits the match and answers it: accepts it on chain, which begins the session, or withdraws the
 * request, which frees the deposit at once. A match that the contract does not take is refused like
 * one that the audit does not: the matcher has told the vehicle something else than the chain.
 * @throws as `openMatch`, but for what the audit finds; RefusedError with the contract's reason if
 *   the request cannot be withdrawn either
 */
export async function answerMatch(
  market: Market,
  desk: VehicleDesk,
  decided: DecidedFor,
): Promise<AnsweredMatch> {
  const answered = await auditedAndAccepted(market, desk, decided);
  if (answered.refused !== null) await refuseMatch(market, desk.wallet, decided.auctionId);
  return answered;
}

/**
 * A vehicle takes its request out of a decided auction: it refuses its match, or was not selected.
 * Its deposit is free at once, and its decision cannot be opened any more. Returns what was locked,
 * in token units.
 * @throws StepError E_NO_REQUEST if no request of it stands; RefusedError before the decisions
 */
export async function refuseMatch(
  market: Market,
  vehicle: Signer,
  auctionId: Bytes32,
): Promise<bigint> {
  const { auctions } = market.contracts;
  const account = await vehicle.getAddress();
  const commitment = await auctions.requestOf(auctionId, account);
  if (BigInt(commitment) === 0n) throw noRequest(auctionId, account, commitment);
  const depositUnits = await auctions.depositOf(auctionId, account);
  await send(market, auctions.connect(vehicle).withdrawRequest(auctionId));
  return depositUnits;
}

/**
 * The matches that their vehicles have refused. Anybody reads it off the chain: a request that
 * stands no more, and a session that was never opened.
 */
export async function refusedMatches(
  { contracts }: Market,
  { auctionId, matches }: DecidedFor,
): Promise<readonly DecidedMatch[]> {
  const { auctions, sessions } = contracts;
  const refused = await Promise.all(
    matches.map(async ({ decision, vehicle }) => {
      const standing = await auctions.requestOf(auctionId, vehicle);
      if (BigInt(standing) !== 0n) return false;
      return (await sessions.sessionOf(decision)).state === 0n;
    }),
  );
  return matches.filter((_match, k) => refused[k] === true);
}

/** Nothing is withdrawn yet. */
async function auditedAndAccepted(
  market: Market,
  desk: VehicleDesk,
  decided: DecidedFor,
): Promise<AnsweredMatch> {
  try {
    const accepted = await openMatch(market, desk, decided);
    await startSession(market, desk.wallet, accepted);
    return { accepted, refused: null };
  } catch (error) {
    const refused = refusalFor(error);
    if (refused === null) throw error;
    return { accepted: null, refused };
  }
}

/** Null for an error that is neither the audit's nor the contract's. */
function refusalFor(error: unknown): Refusal | null {
  if (error instanceof RefusedError) return { code: error.reason, reason: error.message };
  return isAuditError(error) ? { code: error.code, reason: error.message } : null;
}

/** Whether an error is the audit's: the delivery is at fault, and a match to be refused. */
function isAuditError(error: unknown): error is MatchError | DeliveryError | SealedBoxError {
  return AUDIT_ERRORS.some((kind) => error instanceof kind);
}

const AUDIT_ERRORS = [MatchError, DeliveryError, SealedBoxError];

async function certifiedPile(market: Market, cpId: Bytes32): Promise<CertifiedPile> {
  const { identities } = market.contracts;
  const account = await read(market, identities.accountOf(cpId));
  const { premises: siteCommitment } = await read(market, identities.participantOf(account));
  return { account, siteCommitment };
}

function noRequest(auctionId: Bytes32, account: Address, commitment: Bytes32): StepError {
  const message =
    BigInt(commitment) === 0n
      ? `${account} has no standing request in auction ${auctionId} any more: it was opened, withdrawn or released`
      : `nothing is kept here of request ${commitment}: open the match where it was made`;
  return new StepError("E_NO_REQUEST", message, { auctionId, account });
}
