/** `coupon offer`: locks a coupon and opens an election for it. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ELECTION_RULES, type ElectionRule } from "../../offchain/core/messages/election.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { offerCoupon } from "../../offchain/market/elections.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts } from "../support/elections.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireWithin, STAKE } from "../support/ranges.ts";

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

/** As the contract has it: 31 days. */
const LONGEST_CLAIM_SECONDS = 31 * 86_400;
/** As many as there can be in that time. */
const MOST_SEED_BLOCKS = LONGEST_CLAIM_SECONDS;

export default function action(
  args: CouponOfferArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireUsable(args);
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const { market, faucet } = connected;
    const rule = ruleNamed(args.rule);
    const desk = { wallet, faucet, rng: systemRng };
    const electionId = await offerCoupon(market, desk, {
      rule,
      couponUnits: args.amount,
      from: BigInt(args.from),
      seedBlocks: args.seedBlocks,
      claimSeconds: args.claimSeconds,
    });
    printFacts(await electionFacts(connected, electionId), args.json);
  });
}

/** What the contract would not take, or what nobody could claim. */
function requireUsable({ amount, from, seedBlocks, claimSeconds }: CouponOfferArguments): void {
  requireWithin("amount", amount, STAKE);
  requireWithin("from", from, { least: 1 });
  requireWithin("seed-blocks", seedBlocks, { least: 0, most: MOST_SEED_BLOCKS });
  requireWithin("claim-seconds", claimSeconds, { least: 1, most: LONGEST_CLAIM_SECONDS });
}

function ruleNamed(name: string): ElectionRule {
  const rule = ELECTION_RULES.find((one) => one === name);
  if (rule !== undefined) return rule;
  throw new InputError(`--rule: expected ${ELECTION_RULES.join(" or ")}, got ${name}`);
}
