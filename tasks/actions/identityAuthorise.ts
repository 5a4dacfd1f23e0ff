/**
 * `identity authorise`: a member shows its credential to a station, the matcher or a pile, for the
 * area and slot of an auction; the station's authorisation of a fresh account goes on chain, and
 * the account becomes a person of the state folder, under whose name all other tasks act. Nothing
 * in that file leads to the member.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { epochAt } from "../../offchain/core/credential/attributes.ts";
import {
  nymHashOf,
  type SignedAuthorisation,
} from "../../offchain/core/credential/handshake/authorisation.ts";
import type { Credential } from "../../offchain/core/credential/holder.ts";
import { stationScopeId } from "../../offchain/core/credential/scope.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { knownAuction } from "../support/auctions.ts";
import { certificateOf } from "../stores/certificates.ts";
import { connectToKeep, personPath, playerNamed, type Connected } from "../support/connection.ts";
import { credentialsOf, stationBooksOf, type MarketCredentials } from "../stores/credentials.ts";
import { credentialIn, holderNamed } from "../stores/holders.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import type { Person } from "../stores/state.ts";
import { keepSessionPerson, sessionTaken } from "../support/people.ts";
import { authoriseAccount, AUCTION_ROLE } from "../../offchain/market/authorising.ts";
import type { StationDesk } from "../../offchain/parties/station/desk.ts";
import { MembershipError } from "../../offchain/parties/vehicle/membership.ts";
import type { SessionAccount } from "../../offchain/parties/vehicle/sessionAccount.ts";
import { sessionAccountsIn } from "../stores/sessionAccounts.ts";
import { ensureGasMoney } from "../../offchain/market/gasMoney.ts";
import { pasteable } from "../support/hints.ts";

export interface IdentityAuthoriseArguments {
  readonly state: string;
  readonly as: string;
  readonly with: string;
  readonly auction: string | undefined;
  readonly session: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityAuthoriseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    await requireNew(connected, args.session);
    const credentials = await credentialsOf(connected);
    const auction = await knownAuction(connected, args.auction);
    const nowSeconds = await connected.now();
    const epoch = epochAt(nowSeconds, credentials.epochSeconds);
    const vehicle = {
      credential: await currentCredential(connected, credentials, args.as, epoch),
      store: sessionAccountsIn(connected.state, args.session),
      rng: systemRng,
    };
    const station = await stationNamed(connected, args.with);
    const occasion = { terms: auction.terms, epoch, nowSeconds };
    const { market } = connected;
    const { parameters } = credentials;
    const { account, signed } = await authoriseAccount(
      market,
      parameters,
      vehicle,
      station,
      occasion,
    );
    await ensureGasMoney(market, connected.operator, signed.authorisation.account);
    await keepSessionPerson(connected.state, personOf(args.session, account, signed));
    printFacts(factsOf(args, signed), args.json);
  });
}

async function requireNew({ state }: Connected, session: string): Promise<void> {
  if (session === "") throw new InputError("--session: expected a name for the session's account");
  if (await state.has(personPath(session, "session"))) {
    throw sessionTaken(session);
  }
}

async function currentCredential(
  connected: Connected,
  credentials: MarketCredentials,
  name: string,
  epoch: number,
): Promise<Credential> {
  const membership = await holderNamed(connected, name);
  const attributes = { epoch, role: AUCTION_ROLE };
  try {
    return credentialIn(connected, credentials, name, membership, attributes);
  } catch (error) {
    if (!(error instanceof MembershipError)) throw error;
    const joined = pasteable(connected.state, `identity credential --as ${name}`);
    const renewed = `run \`${joined}\``;
    throw new InputError(`--as ${name}: ${error.message} (${renewed})`);
  }
}

async function stationNamed(connected: Connected, name: string): Promise<StationDesk> {
  if (name === "") throw new InputError("--with: expected the name of a matcher or a pile");
  const { person, wallet } = await playerNamed(connected, name);
  if (person.kind === "vehicle") {
    throw new InputError(`--with: expected a matcher or a pile, ${name} is a vehicle`);
  }
  const { certificate, signature } = await certificateOf(connected, person);
  const store = stationBooksOf(connected, person.participantId);
  return { certificate, certificateSignature: signature, wallet, store, rng: systemRng };
}

function personOf(
  name: string,
  { privateKey, sealKeys }: SessionAccount,
  { authorisation }: SignedAuthorisation,
): Person {
  return {
    name,
    kind: "vehicle",
    privateKey,
    participantId: nymHashOf(authorisation),
    sealPublicKey: bytesToHex(sealKeys.publicKey),
    sealPrivateKey: bytesToHex(sealKeys.privateKey),
    site: null,
  };
}

function factsOf(
  args: IdentityAuthoriseArguments,
  { authorisation }: SignedAuthorisation,
): Parameters<typeof printFacts>[0] {
  const { account, role, slotEnd, maxEnergyWh } = authorisation;
  return {
    name: args.session,
    account,
    participantId: nymHashOf(authorisation),
    scope: stationScopeId(authorisation),
    station: args.with,
    role,
    validUntil: moment(slotEnd),
    maxEnergyWh,
  };
}
