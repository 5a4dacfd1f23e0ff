/**
 * `identity admit`: the authority, as the registrar, has looked at somebody's papers, and answers
 * its request to join. What it signs is of use to that member alone.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { epochAt } from "../../offchain/core/credential/attributes.ts";
import { admitToMarket } from "../../offchain/market/joining.ts";
import { credentialsOf, registrarOf } from "../stores/credentials.ts";
import { joinAnswers, joinLetters } from "../stores/joining.ts";
import { connectToKeep } from "../support/connection.ts";
import { refusedInLetter } from "../support/members.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";

export interface IdentityAdmitArguments {
  readonly state: string;
  readonly request: string;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityAdmitArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const credentials = await credentialsOf(connected);
    const { epochSeconds } = credentials;
    const letter = await joinLetters.read(args.request);
    const epoch = epochAt(await connected.now(), epochSeconds);
    const registrar = await registrarOf(connected, credentials);
    const admitting = admitToMarket(registrar, epoch, letter);
    const answer = await withRemedies(refusedInLetter(letter.name, epoch), admitting);
    await joinAnswers.write(args.out, answer);
    const { name, memberId } = answer.naming;
    const validUntil = moment((epoch + 1) * epochSeconds);
    const facts = { name, memberId, role: answer.joined.role, epoch, validUntil };
    printFacts({ ...facts, answer: args.out }, args.json);
  });
}
