/**
 * The election of the bookkeeper and its coupon: a sponsor locks a coupon for it, anybody puts the
 * candidate in the lead that wins by the evaluations, anybody has the leader paid.
 */
import { ZeroHash, type Signer } from "ethers";
import { readCandidates } from "../chain/candidates.ts";
import { eventsOf } from "../chain/events.ts";
import type { StakeDesk } from "../chain/funds.ts";
import { pendingSeconds, read, send, type Market } from "../chain/market.ts";
import {
  ELECTION_RULES,
  electionIdOf,
  type ElectionRule,
  type ElectionTerms,
} from "../core/messages/election.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { bytesToHex } from "../core/primitives/bytes.ts";
import type { Rng } from "../core/primitives/random.ts";
import {
  elect,
  electBookkeeper,
  quartileBar,
  type Candidate,
  type Elected,
  type Election,
} from "../core/reputation/election.ts";
import { ensureFree } from "./money.ts";
import { StepError } from "./stepError.ts";

/** What the chain says of an election. Times in unix seconds. */
export interface KnownElection {
  readonly electionId: Bytes32;
  readonly sponsor: Address;
  readonly rule: ElectionRule;
  readonly bar: number;
  /** First and last of the evaluations that it is among. */
  readonly from: bigint;
  readonly to: bigint;
  readonly seedBlock: number;
  /** Null until the block is mined. */
  readonly seed: Bytes32 | null;
  readonly claimEnds: bigint;
  readonly couponUnits: bigint;
  readonly leader: Address | null;
  readonly redeemed: boolean;
}

/** What a sponsor offers. */
export interface CouponOffer {
  readonly rule: ElectionRule;
  readonly couponUnits: bigint;
  /** First evaluation; the last is the newest one. */
  readonly from: bigint;
  /** How many blocks later than it has to be the block is that decides. */
  readonly seedBlocks: number;
  /** How long claims are taken. */
  readonly claimSeconds: number;
}

/** A sponsor where it offers. */
export interface SponsorDesk extends StakeDesk {
  readonly rng: Rng;
}

/** Who would be elected, and by what. */
export interface BookkeeperElection extends Election {
  readonly from: bigint;
  readonly to: bigint;
  readonly block: number;
  readonly seed: Bytes32;
}

/** Of elections that are not among the best quarter alone: every positive score. */
const LEAST_BAR = 1;
/** So many of the newest blocks tell how long one takes. */
const BLOCKS_MEASURED = 20;
/** The transaction that opens the election is in the next block; the seed has to be later. */
const FIRST_SEED_BLOCK = 2;

/**
 * Locks a coupon and opens an election for it. Run by the sponsor. Returns the election's id.
 * @throws StepError E_EVALUATIONS, E_STAKE, E_ELECTION_NOBODY for evaluations of which none can
 *   win, E_ELECTION_LATE for a seed that comes after claims have ended; RefusedError
 */
export async function offerCoupon(
  market: Market,
  desk: SponsorDesk,
  offer: CouponOffer,
): Promise<Bytes32> {
  const { coupons, reputation } = market.contracts;
  const to = await read(market, reputation.lastEvaluation());
  requireEvaluations(offer.from, to, to);
  const candidates = await readCandidates(market.contracts, offer.from, to);
  requireCandidate(candidates, offer.from, to);
  await requireDrawnInTime(market, offer);
  // Depositing takes blocks, from which the block that decides is counted.
  await ensureFree(market, desk, offer.couponUnits);
  const bar = offer.rule === "draw" ? quartileBar(candidates) : LEAST_BAR;
  const terms = await termsOf(market, desk.rng, offer, { to, bar });
  await send(market, coupons.connect(desk.wallet).open(terms));
  const sponsor = await desk.wallet.getAddress();
  return electionIdOf(market.chainId, await coupons.getAddress(), sponsor, terms);
}

/**
 * Puts the candidate in the lead that wins by the evaluations. Anybody does it for everybody.
 * @throws StepError E_ELECTION_SEED while the block that decides is not mined, E_ELECTION_NOBODY;
 *   RefusedError
 */
export async function claimCoupon(
  market: Market,
  anybody: Signer,
  election: KnownElection,
): Promise<void> {
  const { electionId, seed, seedBlock } = election;
  if (seed === null) {
    const message = `block ${seedBlock}, which decides, is not mined yet: claim after it`;
    throw new StepError("E_ELECTION_SEED", message, { electionId, seedBlock });
  }
  const winner = await winnerOf(market, election);
  if (winner === null) {
    const message = `no vehicle of these evaluations reaches the bar ${election.bar}: redeem the coupon when claims end`;
    throw new StepError("E_ELECTION_NOBODY", message, { electionId, bar: election.bar });
  }
  const { claim } = market.contracts.coupons.connect(anybody);
  await send(market, claim(electionId, winner.evaluation, winner.ticket));
}

/**
 * Pays the leader, or the sponsor back, when claims have ended. Run by anybody.
 * @throws RefusedError
 */
export async function redeemCoupon(
  market: Market,
  anybody: Signer,
  electionId: Bytes32,
): Promise<void> {
  await send(market, market.contracts.coupons.connect(anybody).redeem(electionId));
}

/** @param named null for the election that was opened last @throws StepError E_ELECTION_UNKNOWN */
export async function knownElection(market: Market, named: Bytes32 | null): Promise<KnownElection> {
  const electionId = named ?? (await latestElection(market));
  const found = await read(market, market.contracts.coupons.electionOf(electionId));
  if (BigInt(found.sponsor) === 0n) {
    const message = `no election ${electionId} on this chain: name one that was opened`;
    throw new StepError("E_ELECTION_UNKNOWN", message, { electionId });
  }
  const seedBlock = Number(found.seedBlock);
  const drawn = BigInt(found.seed) === 0n ? null : found.seed;
  return {
    electionId,
    sponsor: found.sponsor,
    rule: ELECTION_RULES[Number(found.rule)] ?? "highest",
    bar: Number(found.bar),
    from: found.from,
    to: found.to,
    seedBlock,
    seed: drawn ?? (await hashOf(market, seedBlock)),
    claimEnds: found.claimEnds,
    couponUnits: found.coupon,
    leader: BigInt(found.leader) === 0n ? null : found.leader,
    redeemed: found.redeemed,
  };
}

/**
 * Who wins by the recorded evaluations and the seed. Null if nobody can, or the seed is not known
 * yet.
 */
export async function winnerOf(
  { contracts }: Market,
  { electionId, rule, bar, from, to, seed }: KnownElection,
): Promise<Elected | null> {
  if (seed === null) return null;
  const candidates = await readCandidates(contracts, from, to);
  return elect(rule, candidates, bar, { electionId, seed });
}

/**
 * Who would be elected by either rule, with no coupon at stake.
 * @param to last evaluation; null for the newest
 * @param named the block whose hash decides; null for the newest
 * @throws StepError E_EVALUATIONS, E_BLOCK
 */
export async function electOnEvaluations(
  market: Market,
  from: bigint,
  to: bigint | null,
  named: number | null,
): Promise<BookkeeperElection> {
  const newest = await read(market, market.contracts.reputation.lastEvaluation());
  const last = to ?? newest;
  requireEvaluations(from, last, newest);
  const latest = await market.provider.getBlockNumber();
  const block = named ?? latest;
  const seed = await hashOf(market, block);
  if (seed === null) {
    const message = `block: expected a block from 1 to ${latest}, got ${block}`;
    throw new StepError("E_BLOCK", message, { block, latest });
  }
  const candidates = await readCandidates(market.contracts, from, last);
  const election = electBookkeeper(candidates, { electionId: ZeroHash, seed });
  return { ...election, from, to: last, block, seed };
}

async function termsOf(
  market: Market,
  rng: Rng,
  { rule, couponUnits, from, seedBlocks, claimSeconds }: CouponOffer,
  { to, bar }: { readonly to: bigint; readonly bar: number },
): Promise<ElectionTerms> {
  const { provider } = market;
  return {
    rule: BigInt(ELECTION_RULES.indexOf(rule)),
    bar: BigInt(bar),
    from,
    to,
    seedBlock: BigInt((await provider.getBlockNumber()) + FIRST_SEED_BLOCK + seedBlocks),
    claimEnds: BigInt((await pendingSeconds(market)) + claimSeconds),
    coupon: couponUnits,
    nonce: bytesToHex(rng.bytes(32)),
  };
}

function requireEvaluations(from: bigint, to: bigint, newest: bigint): void {
  if (from >= 1n && from <= to && to <= newest) return;
  if (newest === 0n) {
    const nothing = "there are no evaluations yet: let a vehicle rate a session first";
    throw new StepError("E_EVALUATIONS", nothing, { from, to, newest });
  }
  const message = `from, to: expected evaluations from 1 to ${newest}, got ${from} to ${to}`;
  throw new StepError("E_EVALUATIONS", message, { from, to, newest });
}

/** A coupon that nobody can win would lie locked until claims have ended. */
function requireCandidate(candidates: readonly Candidate[], from: bigint, to: bigint): void {
  if (candidates.length > 0) return;
  const expected = "a vehicle of positive credibility that rated a session that earned";
  const message = `none of the evaluations ${from} to ${to} can win: expected ${expected}; offer it later`;
  throw new StepError("E_ELECTION_NOBODY", message, { from, to });
}

/** Nobody can claim before the block that decides is mined. */
async function requireDrawnInTime(
  market: Market,
  { seedBlocks, claimSeconds }: Pick<CouponOffer, "seedBlocks" | "claimSeconds">,
): Promise<void> {
  const blockSeconds = await usualBlockSeconds(market);
  const drawnAfterSeconds = (FIRST_SEED_BLOCK + seedBlocks) * blockSeconds;
  if (drawnAfterSeconds < claimSeconds) return;
  const late = `the block that decides comes in ${drawnAfterSeconds} s, a block takes ${blockSeconds} s`;
  const message = `nobody can win: claims end after ${claimSeconds} s, and ${late}`;
  throw new StepError(
    "E_ELECTION_LATE",
    `${message}: wait for fewer blocks, or take claims longer`,
    {
      ...{ claimSeconds, seedBlocks, blockSeconds },
    },
  );
}

/** The median of the last blocks: a chain that stood still for a while is not slow. */
async function usualBlockSeconds({ provider }: Market): Promise<number> {
  const latest = await provider.getBlockNumber();
  const first = Math.max(0, latest - BLOCKS_MEASURED);
  const numbers = Array.from({ length: latest - first + 1 }, (_, k) => first + k);
  const blocks = await Promise.all(numbers.map((number) => provider.getBlock(number)));
  const times = blocks.map((block) => block?.timestamp ?? 0);
  const steps = times.slice(1).map((time, k) => time - (times[k] ?? time));
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

async function latestElection({ contracts }: Market): Promise<Bytes32> {
  const { coupons } = contracts;
  const opened = await eventsOf(coupons, coupons.filters.ElectionOpened());
  const latest = opened.at(-1);
  if (latest !== undefined) return latest.args.electionId;
  throw new StepError("E_ELECTION_UNKNOWN", "no election was opened yet: offer a coupon first");
}

/** Null for a block that is not mined yet. */
async function hashOf({ provider }: Market, block: number): Promise<Bytes32 | null> {
  const mined = block <= (await provider.getBlockNumber());
  return mined ? ((await provider.getBlock(block))?.hash ?? null) : null;
}
