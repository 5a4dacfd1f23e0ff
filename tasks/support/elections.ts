/** Elections on the command line: which one is meant, what the chain says of it, and who wins by the evaluations. */
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import {
  elect,
  ELECTION_RULES,
  readCandidates,
  type Elected,
  type ElectionRule,
} from "../../offchain/chain/bookkeeper.ts";
import type { Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

export interface KnownElection {
  readonly electionId: Bytes32;
  readonly sponsor: Address;
  readonly rule: ElectionRule;
  readonly bar: number;
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

/** The election named, or the one opened last. @throws InputError if there is none */
export async function knownElection(
  { market }: Connected,
  named: string | undefined,
): Promise<KnownElection> {
  const { coupons } = market.contracts;
  const electionId = named === undefined ? await latestElection(market) : checkedElection(named);
  const found = await coupons.electionOf(electionId);
  if (BigInt(found.sponsor) === 0n) {
    throw new InputError(`--election: no election ${electionId} on this chain`);
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

/** Who wins by the recorded evaluations and the seed. Null if nobody can, or the seed is not known yet. */
export async function winnerOf(
  { market }: Connected,
  { electionId, rule, bar, from, to, seed }: KnownElection,
): Promise<Elected | null> {
  if (seed === null) return null;
  const candidates = await readCandidates(market.contracts, from, to);
  return elect(rule, candidates, bar, { electionId, seed });
}

/** What is printed of an election. */
export async function electionFacts(connected: Connected, election: KnownElection): Promise<Facts> {
  const winner = await winnerOf(connected, election);
  return {
    election: election.electionId,
    sponsor: election.sponsor,
    rule: election.rule,
    bar: election.bar,
    evaluations: `${election.from} to ${election.to}`,
    seedBlock: election.seedBlock,
    seed: election.seed,
    claimEnds: moment(election.claimEnds),
    couponUnits: election.couponUnits,
    winner: winner?.vehicle ?? null,
    winnersScore: winner?.score ?? null,
    leader: election.leader,
    redeemed: election.redeemed,
  };
}

async function latestElection({ contracts }: Connected["market"]): Promise<Bytes32> {
  const { coupons } = contracts;
  const opened = await eventsOf(coupons, coupons.filters.ElectionOpened());
  const latest = opened.at(-1);
  if (latest !== undefined) return latest.args.electionId;
  throw new InputError("no election was opened yet: run `npx hardhat coupon offer` first");
}

function checkedElection(named: string): Bytes32 {
  if (/^0x[0-9a-f]{64}$/.test(named)) return named;
  throw new InputError(`--election: expected an id of 32 bytes in hexadecimal, got ${named}`);
}

async function hashOf({ provider }: Connected["market"], number: number): Promise<Bytes32 | null> {
  const mined = number <= (await provider.getBlockNumber());
  return mined ? ((await provider.getBlock(number))?.hash ?? null) : null;
}
