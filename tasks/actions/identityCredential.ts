/**
 * `identity credential`: somebody becomes a member, if it is none, and joins for the current epoch. The registrar checks
 * papers before it registers a member; whoever runs this plays both.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  epochAt,
  ROLES,
  type Attributes,
  type Role,
} from "../../offchain/core/credential/attributes.ts";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import { askToJoin } from "../../offchain/core/credential/holder.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { admitToEpoch } from "../../offchain/parties/authority/credentials.ts";
import { connect, type Connected } from "../support/connection.ts";
import {
  credentialsOrNew,
  issuerKeyOf,
  registerOf,
  USUAL_TERMS,
  type MarketCredentials,
} from "../stores/credentials.ts";
import {
  credentialIn,
  hasHolder,
  holderNamed,
  keepHolder,
  newHolder,
  type Holder,
  type Joined,
} from "../stores/holders.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";

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
    const connected = await connect(hre, args.state);
    const role = roleNamed(args.role);
    const isKnown = await hasHolder(connected, args.as);
    const holder = isKnown ? await holderNamed(connected, args.as) : newHolder(args.as);
    const credentials = await credentialsOrNew(connected, USUAL_TERMS);
    const { epochSeconds } = credentials;
    const attributes = { role, epoch: epochAt(await connected.now(), epochSeconds) };
    if (isIn(holder.joined, attributes)) {
      credentialIn(connected, credentials, holder, holder.joined);
      process.stderr.write(`${args.as} has its credential of epoch ${attributes.epoch} already\n`);
    } else {
      // The keys are kept before the registrar knows them: a member whose keys are lost cannot join again.
      if (!isKnown) await keepHolder(connected, holder);
      register(connected, credentials, holder, role);
      const joined = await join(connected, credentials, holder, attributes);
      await keepHolder(connected, { ...holder, joined });
    }
    const endsAt = (attributes.epoch + 1) * epochSeconds;
    const { memberId } = holder;
    printFacts({ name: args.as, memberId, ...attributes, until: moment(endsAt) }, args.json);
  });
}

function roleNamed(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InputError(`--role: expected ${ROLES.join(" or ")}, got ${text}`);
}

function isIn(joined: Joined | null, { role, epoch }: Attributes): joined is Joined {
  return joined?.role === role && joined.epoch === epoch;
}

/** The registrar's look at the papers. A car that gives energy back can take it as well, and not the other way round. */
function register(
  connected: Connected,
  credentials: MarketCredentials,
  { name, memberId, longTermKey }: Holder,
  role: Role,
): void {
  const books = registerOf(connected, credentials);
  if (books.knownMember(memberId) !== undefined) return;
  if (books.memberNamed(name) !== undefined) {
    throw new InputError(`--as: another member called ${name} is registered, with other keys`);
  }
  const roles: readonly Role[] = role === "discharge" ? ["charge", "discharge"] : ["charge"];
  const longTerm = longTermKey.publicKey;
  books.keep({ memberId, name, longTermKey: longTerm, roles, isExcluded: false });
}

async function join(
  connected: Connected,
  credentials: MarketCredentials,
  holder: Holder,
  attributes: Attributes,
): Promise<Joined> {
  const { parameters } = credentials;
  const { memberId, longTermKey, secret } = holder;
  const issuerKey = await issuerKeyOf(connected, credentials);
  const ask = (nonce: Uint8Array): Uint8Array =>
    askToJoin(parameters, secret, longTermKey, { memberId, nonce, attributes }, systemRng);
  const books = registerOf(connected, credentials);
  try {
    const { epoch } = attributes;
    const answer = admitToEpoch(parameters, issuerKey, books, epoch, ask, systemRng);
    const joined = { ...attributes, answer };
    credentialIn(connected, credentials, holder, joined);
    return joined;
  } catch (error) {
    throw refusalOf(error, holder.name, attributes) ?? error;
  }
}

/** In the words of a person; null for what is no refusal of the registrar's. */
function refusalOf(error: unknown, name: string, attributes: Attributes): InputError | null {
  if (!(error instanceof CredentialError)) return null;
  const { epoch, role } = attributes;
  const reasons: Partial<Record<CredentialError["code"], string>> = {
    E_MEMBER: `${name} is excluded: the registrar does not let it into epoch ${epoch}`,
    E_ROLE: `--role: ${name} is registered without papers to ${role}`,
    E_IDENTIFIER: `${name} has joined under another identifier, whose authorisations may not be over`,
  };
  const reason = reasons[error.code];
  return reason === undefined ? null : new InputError(reason);
}
