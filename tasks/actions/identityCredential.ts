/**
 * `identity credential`: a member keeps the credential that the registrar has answered with.
 * Without an answer: somebody becomes a member, if it is none, and joins for the current epoch. The
 * registrar checks papers before it registers a member; whoever runs this plays both.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { epochAt, type Role } from "../../offchain/core/credential/attributes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { connectToKeep, type Connected } from "../support/connection.ts";
import { credentialsOf, registrarOf, type MarketCredentials } from "../stores/credentials.ts";
import { membershipIn } from "../stores/holders.ts";
import { joinAnswers } from "../stores/joining.ts";
import { refusedByRegistrar, refusedInAnswer, roleNamed } from "../support/members.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import { type JoinedEpoch, joinMarket, keepMembership } from "../../offchain/market/joining.ts";
import { credentialsOrNew } from "../support/founding.ts";

export interface IdentityCredentialArguments {
  readonly state: string;
  readonly as: string;
  readonly answer: string | undefined;
  readonly role: string;
  readonly json: boolean;
}

type Kept = Pick<JoinedEpoch, "memberId" | "credential">;

export default function action(
  args: IdentityCredentialArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const role = roleNamed(args.role);
    const connected = await connectToKeep(hre, args.state);
    const { answer: file } = args;
    const credentials = await (file === undefined ? credentialsOrNew : credentialsOf)(connected);
    const { memberId, credential } = await (file === undefined
      ? joinHere(connected, credentials, args.as, role)
      : keepAnswer(connected, credentials, args.as, file));
    const { attributes } = credential;
    const endsAt = (attributes.epoch + 1) * credentials.epochSeconds;
    printFacts({ name: args.as, memberId, ...attributes, validUntil: moment(endsAt) }, args.json);
  });
}

/** All three steps, in a folder that plays member and registrar. */
async function joinHere(
  connected: Connected,
  credentials: MarketCredentials,
  name: string,
  role: Role,
): Promise<Kept> {
  const epoch = epochAt(await connected.now(), credentials.epochSeconds);
  const attributes = { role, epoch };
  const vehicle = { store: membershipIn(connected, name), rng: systemRng };
  const registrar = await registrarOf(connected, credentials);
  const joining = joinMarket(registrar, vehicle, { name, attributes });
  const joined = await withRemedies(refusedByRegistrar(name, epoch, role), joining);
  if (!joined.isNew) {
    process.stderr.write(`${name} has its credential of epoch ${epoch} already\n`);
  }
  return joined;
}

/** The last step alone. */
async function keepAnswer(
  connected: Connected,
  { parameters }: MarketCredentials,
  name: string,
  file: string,
): Promise<Kept> {
  const keeping = keepMembership(
    parameters,
    membershipIn(connected, name),
    await joinAnswers.read(file),
  );
  return withRemedies(refusedInAnswer(name), keeping);
}
