/** Elections on the command line: which one is meant, and what is printed of it. */
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { knownElection, winnerOf, type KnownElection } from "../../offchain/market/elections.ts";
import type { Connected } from "./connection.ts";
import { pasteable } from "./hints.ts";
import { idNamed } from "./naming.ts";
import { moment, type Facts } from "./print.ts";
import { withRemedies } from "./remedies.ts";

/** The election named, or the one opened last. @throws InputError if there is none */
export function electionNamed(
  { market, state }: Connected,
  named: string | undefined,
): Promise<KnownElection> {
  const electionId = named === undefined ? null : idNamed("election", named);
  const offer = pasteable(state, "coupon offer --as SPONSOR --amount UNITS");
  return withRemedies(
    { E_ELECTION_UNKNOWN: `run \`${offer}\`` },
    knownElection(market, electionId),
  );
}

/** What is printed of an election. */
export async function electionFacts({ market }: Connected, electionId: Bytes32): Promise<Facts> {
  const election = await knownElection(market, electionId);
  const winner = await winnerOf(market, election);
  return {
    election: electionId,
    sponsor: election.sponsor,
    rule: election.rule,
    bar: election.bar,
    from: election.from,
    to: election.to,
    seedBlock: election.seedBlock,
    seedHash: election.seed,
    claimEnds: moment(election.claimEnds),
    couponUnits: election.couponUnits,
    winner: winner?.vehicle ?? null,
    winnersScore: winner?.score ?? null,
    leader: election.leader,
    redeemed: election.redeemed,
  };
}
