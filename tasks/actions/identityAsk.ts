/**
 * `identity ask`: makes the keys of a member (or takes those the state folder holds), and writes
 * down, signed with them, what the registrar is asked for. The member's secret stays; its
 * commitment goes. Nothing is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { epochAt } from "../../offchain/core/credential/attributes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { askToJoinMarket } from "../../offchain/market/joining.ts";
import { credentialsOf } from "../stores/credentials.ts";
import { holderNamed, membershipIn } from "../stores/holders.ts";
import { joinLetters } from "../stores/joining.ts";
import { connectToKeep } from "../support/connection.ts";
import { roleNamed } from "../support/members.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface IdentityAskArguments {
  readonly state: string;
  readonly as: string;
  readonly role: string;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityAskArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const role = roleNamed(args.role);
    const connected = await connectToKeep(hre, args.state);
    const { parameters, epochSeconds } = await credentialsOf(connected);
    const attributes = { role, epoch: epochAt(await connected.now(), epochSeconds) };
    const vehicle = { store: membershipIn(connected, args.as), rng: systemRng };
    const { as: name } = args;
    await joinLetters.write(
      args.out,
      await askToJoinMarket(parameters, vehicle, { name, attributes }),
    );
    const { memberId } = await holderNamed(connected, name);
    printFacts({ name, memberId, ...attributes, request: args.out }, args.json);
  });
}
