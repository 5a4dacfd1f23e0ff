/**
 * `identity authorise`: a member shows its credential to a station, the matcher or a pile, for the area and slot of an
 * auction; the station's authorisation of a fresh account goes on chain, and the account becomes a person of the state
 * folder, under whose name all other tasks act. Nothing in that file leads to the member.
 */
import { hexlify, Wallet } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { z } from "zod";
import { epochAt, type Role } from "../../offchain/core/credential/attributes.ts";
import { authorisationMessage } from "../../offchain/core/credential/handshake/authorisation.ts";
import type { SignedAuthorisation } from "../../offchain/core/credential/handshake/authorisation.ts";
import type { Credential } from "../../offchain/core/credential/holder.ts";
import type { StationSide, VehicleSide } from "../../offchain/market/handshake.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import { ANY_SCOPE, PARTICIPANT_KINDS, type Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { send } from "../../offchain/chain/market.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import { knownAuction } from "../support/auctions.ts";
import { certificateOf } from "../stores/certificates.ts";
import {
  connect,
  personPath,
  playerNamed,
  type Connected,
  type Player,
} from "../support/connection.ts";
import {
  credentialsOf,
  scopeHashOf,
  scopeOf,
  stationBooksOf,
  type MarketCredentials,
} from "../stores/credentials.ts";
import { ensureGasMoney } from "../support/gasMoney.ts";
import { authorisedBetween, type Named } from "../support/handshake.ts";
import { credentialIn, holderNamed, type Holder } from "../stores/holders.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import type { Person } from "../stores/state.ts";

export interface IdentityAuthoriseArguments {
  readonly state: string;
  readonly as: string;
  readonly with: string;
  readonly auction: string | undefined;
  readonly session: string;
  readonly json: boolean;
}

/** What a vehicle in an auction does. */
const AUCTION_ROLE: Role = "charge";
/** More than any car's battery, and the same for all, so that it says nothing. */
const MAX_ENERGY_WH = 200_000;

export default function action(
  args: IdentityAuthoriseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    await requireNew(connected, args.session);
    const credentials = await credentialsOf(connected);
    const auction = await knownAuction(connected, args.auction);
    const now = await connected.now();
    const epoch = epochAt(now, credentials.epochSeconds);
    const holder = await holderNamed(connected, args.as);
    const credential = currentCredential(connected, credentials, holder, epoch);
    const occasion = await occasionOf(connected, credentials, auction, now);
    const station = await stationNamed(connected, args.with, occasion);
    const account = await freshAccount(connected, args.session, occasion.scopeHash);
    const vehicle = await vehicleSide(connected, station, occasion, holder, credential, account);
    const signed = await authorisedBetween(credentials.parameters, vehicle, station);
    await relay(connected, signed);
    await ensureGasMoney(connected, signed.authorisation.account);
    await keepPerson(connected, args.session, account, signed);
    printFacts(factsOf(args, signed), args.json);
  });
}

/** What station and vehicle compute alike, from the auction and the clock. */
interface Occasion {
  readonly auction: AnnouncedAuction;
  readonly scopeHash: Bytes32;
  readonly epoch: number;
  readonly now: number;
  readonly longestSeconds: number;
}

async function requireNew({ state }: Connected, session: string): Promise<void> {
  if (session === "") throw new InputError("--session: expected a name for the session's account");
  if (await state.has(personPath(session))) {
    throw new InputError(`--session: ${session} is there already, and each session has its own`);
  }
}

function currentCredential(
  connected: Connected,
  credentials: MarketCredentials,
  holder: Holder,
  epoch: number,
): Credential {
  const { joined, name } = holder;
  const renewed = `run \`npx hardhat identity credential --as ${name}\``;
  if (joined === null) throw new InputError(`${name} has no credential yet: ${renewed}`);
  if (joined.epoch !== epoch) {
    const epochs = `of epoch ${joined.epoch}, and this is epoch ${epoch}`;
    throw new InputError(`${name}'s credential is ${epochs}: ${renewed}`);
  }
  if (joined.role !== AUCTION_ROLE) {
    const roles = `is to ${joined.role}, and an auction is for who wants to ${AUCTION_ROLE}`;
    throw new InputError(`${name}'s credential ${roles}`);
  }
  return credentialIn(connected, credentials, holder, joined);
}

/** @throws InputError for an auction under other parameters, over, or too far ahead */
async function occasionOf(
  { market }: Connected,
  credentials: MarketCredentials,
  auction: AnnouncedAuction,
  now: number,
): Promise<Occasion> {
  const { auctionId, terms } = auction;
  const scopeHash = scopeHashOf(credentials, terms);
  if (terms.scope !== ANY_SCOPE && terms.scope !== scopeHash) {
    const scopes = `its scope is ${terms.scope}, that of its area and slot ${scopeHash}`;
    throw new InputError(`auction ${auctionId} is not for this market's credentials: ${scopes}`);
  }
  const longestSeconds = Number(await market.contracts.identities.MAX_AUTHORISATION_SECONDS());
  const leftSeconds = Number(terms.openingEnds) - now;
  if (leftSeconds <= 0 || leftSeconds > longestSeconds) {
    const range = `to end within ${longestSeconds} seconds`;
    throw new InputError(`auction ${auctionId}: expected ${range}, it ends in ${leftSeconds}`);
  }
  const epoch = epochAt(now, credentials.epochSeconds);
  return { auction, scopeHash, epoch, now, longestSeconds };
}

async function stationNamed(
  connected: Connected,
  name: string,
  { auction, epoch }: Occasion,
): Promise<Named<StationSide>> {
  if (name === "") throw new InputError("--with: expected the name of a matcher or a pile");
  const { person, wallet }: Player = await playerNamed(connected, name);
  if (person.kind === "vehicle") {
    throw new InputError(`--with: expected a matcher or a pile, ${name} is a vehicle`);
  }
  const { certificate, signature } = await certificateOf(connected, name);
  const terms = {
    certificate,
    certificateSignature: signature,
    scope: scopeOf(auction.terms),
    roles: [AUCTION_ROLE],
    epoch,
    slotEnds: Number(auction.terms.openingEnds),
    maxEnergyWh: MAX_ENERGY_WH,
  };
  const books = stationBooksOf(connected, person.participantId);
  return { name, terms, signer: wallet, books };
}

/** Whom the vehicle expects: what the chain says of the station, and not what the station says of itself. */
async function vehicleSide(
  { market }: Connected,
  { signer }: StationSide,
  { auction, epoch, now, longestSeconds }: Occasion,
  { name }: Holder,
  credential: Credential,
  account: Account,
): Promise<Named<VehicleSide>> {
  const { identities } = market.contracts;
  const known = await identities.participantOf(await signer.getAddress());
  const isPile = PARTICIPANT_KINDS[Number(known.kind)] === "pile";
  const expected = {
    authority: await identities.authority(),
    stationId: known.participantId,
    siteCommitment: isPile ? known.siteCommitment : null,
    scope: scopeOf(auction.terms),
    epoch,
    nowSeconds: now,
    longestSeconds,
  };
  return { name, expected, credential, account: new Wallet(account.privateKey) };
}

const accountSchema = z.strictObject({
  scope: bytes32Form,
  privateKey: bytes32Form,
  sealPublicKey: hexForm,
  sealPrivateKey: hexForm,
});
type Account = z.infer<typeof accountSchema>;

/**
 * Keys that nobody has seen, kept before they are shown, so that what is interrupted is finished with the same account. In
 * another scope they would link the two, if only for the station: there the name gets others.
 */
async function freshAccount(
  { state }: Connected,
  session: string,
  scope: Bytes32,
): Promise<Account> {
  const path = `credentials/accounts/${session}.json`;
  if (await state.has(path)) {
    const kept = await state.read(path, accountSchema);
    if (kept.scope === scope) return kept;
  }
  const seal = await generateSealKeyPair(systemRng);
  const account = {
    scope,
    privateKey: bytesToHex(systemRng.bytes(32)),
    sealPublicKey: hexlify(seal.publicKey),
    sealPrivateKey: hexlify(seal.privateKey),
  };
  await state.writeSecret(path, account);
  return account;
}

/** By the operator, who pays for it: anybody may. Not again for an account that an interrupted run has relayed. */
async function relay(
  { market, operator }: Connected,
  { authorisation, signature }: SignedAuthorisation,
): Promise<void> {
  const { identities } = market.contracts;
  const { scope } = await identities.authorisationOf(authorisation.account);
  if (scope === authorisation.scope) return;
  const message = { ...authorisation, role: authorisationMessage(authorisation).role ?? 0 };
  await send(market, identities.connect(operator).authorise(message, signature));
}

async function keepPerson(
  { state }: Connected,
  name: string,
  { privateKey, sealPublicKey, sealPrivateKey }: Account,
  { authorisation }: SignedAuthorisation,
): Promise<void> {
  const person: Person = {
    name,
    kind: "vehicle",
    privateKey,
    participantId: authorisation.nymHash,
    sealPublicKey,
    sealPrivateKey,
    site: null,
  };
  await state.writeSecret(personPath(name), person);
}

function factsOf(
  args: IdentityAuthoriseArguments,
  { authorisation }: SignedAuthorisation,
): Parameters<typeof printFacts>[0] {
  const { account, nymHash, scope, role, notAfter, maxEnergyWh } = authorisation;
  return {
    session: args.session,
    account,
    participantId: nymHash,
    scope,
    station: args.with,
    role,
    until: moment(notAfter),
    maxEnergyWh,
  };
}
