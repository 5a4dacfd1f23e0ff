/** `coupon offer`: locks a coupon and opens an election for it. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  ELECTION_RULES,
  electionIdOf,
  quartileBar,
  readCandidates,
  type ElectionRule,
  type ElectionTerms,
} from "../../offchain/chain/bookkeeper.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerNamed, type Connected } from "../support/connection.ts";
import { electionFacts, knownElection } from "../support/elections.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { ensureStake } from "../support/stake.ts";

export interface CouponOfferArguments {
  readonly state: string;
  readonly as: string;
  readonly rule: string;
  readonly amount: bigint;
  readonly from: number;
  readonly seedBlocks: number;
  readonly claimSeconds: number;
  readonly json: boolean;
}

/** The transaction that opens the election is in the next block; the seed has to be later. */
const FIRST_SEED_BLOCK = 2;

export default function action(
  args: CouponOfferArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const sponsor = await playerNamed(connected, args.as);
    const rule = ruleNamed(args.rule);
    // Depositing takes blocks, from which the block that decides is counted.
    await ensureStake(connected, sponsor, args.amount);
    const terms = await termsOf(connected, rule, args);
    const { chainId, contracts } = connected.market;
    const { coupons } = contracts;
    await send(connected.market, coupons.connect(sponsor.wallet).open(terms));
    const address = await coupons.getAddress();
    const electionId = electionIdOf(chainId, address, sponsor.wallet.address, terms);
    const election = await knownElection(connected, electionId);
    printFacts(await electionFacts(connected, election), args.json);
  });
}

async function termsOf(
  connected: Connected,
  rule: ElectionRule,
  args: CouponOfferArguments,
): Promise<ElectionTerms> {
  const { contracts, provider } = connected.market;
  const from = BigInt(args.from);
  const to = await contracts.reputation.lastEvaluation();
  if (from < 1n || from > to) {
    throw new InputError(`--from: expected an evaluation from 1 to ${to}, got ${from}`);
  }
  const candidates = rule === "draw" ? await readCandidates(contracts, from, to) : [];
  return {
    rule: BigInt(ELECTION_RULES.indexOf(rule)),
    bar: BigInt(quartileBar(candidates)),
    from,
    to,
    seedBlock: BigInt((await provider.getBlockNumber()) + FIRST_SEED_BLOCK + args.seedBlocks),
    claimEnds: BigInt((await connected.now()) + args.claimSeconds),
    coupon: args.amount,
    nonce: bytesToHex(systemRng.bytes(32)),
  };
}

function ruleNamed(name: string): ElectionRule {
  const rule = ELECTION_RULES.find((one) => one === name);
  if (rule !== undefined) return rule;
  throw new InputError(`--rule: expected ${ELECTION_RULES.join(" or ")}, got ${name}`);
}
