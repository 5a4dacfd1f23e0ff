/** `coupon offer`: locks a coupon and opens an election for it. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ELECTION_RULES, type ElectionRule } from "../../offchain/core/messages/election.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { offerCoupon } from "../../offchain/market/elections.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts } from "../support/elections.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireWithin } from "../support/ranges.ts";
import { MOST_UNITS } from "../support/widths.ts";

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

export default function action(
  args: CouponOfferArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireWithin("amount", args.amount, { least: 1n, most: MOST_UNITS, unit: "token units" });
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const { market, faucet } = connected;
    const desk = { wallet, faucet, rng: systemRng };
    const electionId = await offerCoupon(market, desk, {
      rule: ruleNamed(args.rule),
      couponUnits: args.amount,
      from: BigInt(args.from),
      seedBlocks: args.seedBlocks,
      claimSeconds: args.claimSeconds,
    });
    printFacts(await electionFacts(connected, electionId), args.json);
  });
}

function ruleNamed(name: string): ElectionRule {
  const rule = ELECTION_RULES.find((one) => one === name);
  if (rule !== undefined) return rule;
  throw new InputError(`--rule: expected ${ELECTION_RULES.join(" or ")}, got ${name}`);
}
