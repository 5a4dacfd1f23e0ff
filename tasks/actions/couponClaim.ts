/** `coupon claim`: puts the candidate in the lead that wins by the evaluations. Anyone does it for everyone. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { electionFacts, knownElection, winnerOf } from "../support/elections.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface CouponStepArguments {
  readonly state: string;
  readonly as: string;
  readonly election: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: CouponStepArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const election = await knownElection(connected, args.election);
    if (election.seed === null) {
      throw new InputError(`block ${election.seedBlock}, which decides, is not mined yet`);
    }
    const winner = await winnerOf(connected, election);
    if (winner === null) throw new InputError("no vehicle of these evaluations reaches the bar");
    const { coupons } = connected.market.contracts;
    const { electionId } = election;
    await send(
      connected.market,
      coupons.connect(wallet).claim(electionId, winner.evaluation, winner.ticket),
    );
    const after = await knownElection(connected, electionId);
    printFacts(await electionFacts(connected, after), args.json);
  });
}
