/** `coupon offer`: locks a coupon and opens an election for it. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ELECTION_RULES, type ElectionRule } from "../../offchain/core/messages/election.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { offerCoupon } from "../../offchain/market/elections.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts } from "../support/elections.ts";
import { MOST_UNITS } from "../support/widths.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

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
  if (amount < 1n || amount > MOST_UNITS) {
    throw new InputError(`--amount: expected 1 to ${MOST_UNITS}, got ${amount}`);
  }
  if (from < 1) throw new InputError(`--from: expected at least 1, got ${from}`);
  if (seedBlocks > MOST_SEED_BLOCKS) {
    throw new InputError(`--seed-blocks: expected 0 to ${MOST_SEED_BLOCKS}, got ${seedBlocks}`);
  }
  if (claimSeconds >= 1 && claimSeconds <= LONGEST_CLAIM_SECONDS) return;
  const range = `expected 1 to ${LONGEST_CLAIM_SECONDS}`;
  throw new InputError(`--claim-seconds: ${range}, got ${claimSeconds}`);
}

function ruleNamed(name: string): ElectionRule {
  const rule = ELECTION_RULES.find((one) => one === name);
  if (rule !== undefined) return rule;
  throw new InputError(`--rule: expected ${ELECTION_RULES.join(" or ")}, got ${name}`);
}
