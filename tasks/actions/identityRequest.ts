/**
 * `identity request`: makes keys for a new participant (or takes those the state folder holds), and
 * writes down, signed with them, what the authority is asked to certify. Nothing is sent.
 */
import { Wallet } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { requestEnrolment } from "../../offchain/core/messages/applicant.ts";
import { registryOf } from "../../offchain/market/participants.ts";
import { enrolmentRequests } from "../stores/enrolments.ts";
import {
  applicantOf,
  operatorNamed,
  siteOpeningOf,
  type OperatorArguments,
} from "../support/applicants.ts";
import { connectToKeep } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { personFor } from "../support/people.ts";
import { placeNamed, type PlaceArguments } from "../support/places.ts";
import { printFacts } from "../support/print.ts";

export interface IdentityRequestArguments extends PlaceArguments, OperatorArguments {
  readonly state: string;
  readonly as: string;
  readonly power: number;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityRequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const runBy = operatorNamed(args);
    const { market, state, deployment } = await connectToKeep(hre, args.state);
    const place = placeNamed(deployment.corner, args);
    const person = await personFor(state, { ...args, x: place.xM, y: place.yM });
    const account = new Wallet(person.privateKey);
    const registry = await registryOf(market);
    const site = siteOpeningOf(person);
    await enrolmentRequests.write(
      args.out,
      await requestEnrolment(account, registry, applicantOf(person, runBy), site),
    );
    const { name, kind, participantId } = person;
    printFacts(
      { name, kind, account: account.address, participantId, request: args.out },
      args.json,
    );
  });
}
