/**
 * `identity credential`: somebody becomes a member, if it is none, and joins for the current epoch.
 * The registrar checks papers before it registers a member; whoever runs this plays both.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  epochAt,
  ROLES,
  type Attributes,
  type Role,
} from "../../offchain/core/credential/attributes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { connectToKeep, type Connected } from "../support/connection.ts";
import { registrarOf, type MarketCredentials } from "../stores/credentials.ts";
import { membershipIn } from "../stores/holders.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { withRemedies, type Remedies } from "../support/remedies.ts";
import { type JoinedEpoch, joinMarket } from "../../offchain/market/joining.ts";
import { credentialsOrNew } from "../support/founding.ts";

export interface IdentityCredentialArguments {
  readonly state: string;
  readonly as: string;
  readonly role: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityCredentialArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const role = roleNamed(args.role);
    const credentials = await credentialsOrNew(connected);
    const { epochSeconds } = credentials;
    const attributes = { role, epoch: epochAt(await connected.now(), epochSeconds) };
    const { memberId, isNew } = await joined(connected, credentials, args.as, attributes);
    if (!isNew) {
      process.stderr.write(`${args.as} has its credential of epoch ${attributes.epoch} already\n`);
    }
    const endsAt = (attributes.epoch + 1) * epochSeconds;
    printFacts({ name: args.as, memberId, ...attributes, validUntil: moment(endsAt) }, args.json);
  });
}

async function joined(
  connected: Connected,
  credentials: MarketCredentials,
  name: string,
  attributes: Attributes,
): Promise<JoinedEpoch> {
  const vehicle = { store: membershipIn(connected, name), rng: systemRng };
  const registrar = await registrarOf(connected, credentials);
  const joining = joinMarket(registrar, vehicle, { name, attributes });
  return withRemedies(remediesFor(name, attributes), joining);
}

function roleNamed(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InputError(`--role: expected ${ROLES.join(" or ")}, got ${text}`);
}

/** What the registrar refuses, in the words of a person. */
function remediesFor(name: string, { epoch, role }: Attributes): Remedies {
  return {
    E_MEMBER: () =>
      `${name} is excluded: the registrar does not let it into epoch ${epoch}; the authority may lift that`,
    E_ROLE: () =>
      `--role: ${name} is registered without papers to ${role}: ask for the role that it has`,
    E_IDENTIFIER: () =>
      `${name} has joined under another identifier, whose authorisations may not be over: wait for the next epoch`,
  };
}
