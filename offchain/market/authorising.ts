/**
 * How a member comes to an account that it trades from, in one slot and never again. Vehicle and
 * station shake hands: the vehicle knows that it talks to the certified station, the station that
 * somebody with a credential is there, once in this scope. The account signs what it asks for, so
 * that the chain takes nothing else for it. The station relays the authorisation; the vehicle's own
 * accounts, if it has any, appear nowhere.
 */
import { Wallet } from "ethers";
import { send, type Market } from "../chain/market.ts";
import type { Role } from "../core/credential/attributes.ts";
import {
  AUTHORISED_ENERGY_WH,
  authorisationMessage,
  type SignedAuthorisation,
} from "../core/credential/handshake/authorisation.ts";
import type { StationTerms } from "../core/credential/handshake/station.ts";
import type { ExpectedStation } from "../core/credential/handshake/vehicle.ts";
import type { Credential } from "../core/credential/holder.ts";
import type { CredentialParameters } from "../core/credential/parameters.ts";
import { auctionScope, stationScopeId, type StationScope } from "../core/credential/scope.ts";
import { LONGEST_AUTHORISATION_SECONDS } from "../core/messages/lifetimes.ts";
import { ANY_SCOPE, PARTICIPANT_KINDS, type AuctionTerms } from "../core/messages/market.ts";
import type { Rng } from "../core/primitives/random.ts";
import type { StationDesk } from "../parties/station/desk.ts";
import {
  sessionAccountIn,
  type SessionAccount,
  type SessionAccountStore,
} from "../parties/vehicle/sessionAccount.ts";
import { shakeHands } from "./handshake.ts";
import { StepError } from "./stepError.ts";

/** What a vehicle in an auction does. */
export const AUCTION_ROLE: Role = "charge";

/** A member that wants an account for a slot. */
export interface UnnamedVehicle {
  /** Of the occasion's epoch, to charge. */
  readonly credential: Credential;
  readonly store: SessionAccountStore;
  readonly rng: Rng;
}

/** What vehicle and station know alike, each for itself. */
export interface AuctionOccasion {
  readonly terms: Pick<AuctionTerms, "areaHash" | "slotStart" | "slotEnd" | "scope">;
  /** Of the credentials that count. */
  readonly epoch: number;
  /** Unix seconds, not ahead of the chain's next block. */
  readonly nowSeconds: number;
}

/** An account that may trade. */
export interface AuthorisedSession {
  readonly account: SessionAccount;
  readonly signed: SignedAuthorisation;
}

/**
 * A fresh account, authorised on chain for an auction's area and slot until the slot's end: a
 * second auction of the slot may follow. The account's keys are kept before they are shown; after
 * an interruption the same account is finished.
 * @throws StepError E_AUCTION_SCOPE for an auction of other credentials or of another station,
 *   E_AUCTION_TIME for one whose slot has begun or is too far ahead; RefusedHandshakeError if the
 *   station refuses; CredentialError if the vehicle does not believe it; RefusedError
 */
export async function authoriseAccount(
  market: Market,
  parameters: CredentialParameters,
  vehicle: UnnamedVehicle,
  station: StationDesk,
  occasion: AuctionOccasion,
): Promise<AuthorisedSession> {
  const expected = await expectedStation(market, parameters, station, occasion);
  assertUsable(expected, occasion);
  const scope = stationScopeId(expected);
  const account = await sessionAccountIn(vehicle.store, scope, vehicle.rng);
  const { credential } = vehicle;
  const signed = await shakeHands(
    parameters,
    { expected, credential, account: new Wallet(account.privateKey), rng: vehicle.rng },
    { ...station, terms: stationTerms(parameters, station, occasion) },
  );
  await relay(market, station, signed);
  return { account, signed };
}

/** @throws StepError E_AUCTION_SCOPE, E_AUCTION_TIME */
function assertUsable(station: StationScope, { terms, nowSeconds }: AuctionOccasion): void {
  const scope = stationScopeId(station);
  if (terms.scope !== ANY_SCOPE && terms.scope !== scope) {
    const scopes = `its scope is ${terms.scope}, that of this station for its area and slot ${scope}`;
    const message = `the auction is of another station, or of other credentials: ${scopes}`;
    const remedy = "ask the matcher that has opened it, or take another auction";
    throw new StepError("E_AUCTION_SCOPE", `${message}; ${remedy}`, {
      expected: scope,
      got: terms.scope,
    });
  }
  const beginsIn = Number(terms.slotStart) - nowSeconds;
  const endsIn = Number(terms.slotEnd) - nowSeconds;
  if (beginsIn <= 0 || endsIn > LONGEST_AUTHORISATION_SECONDS) {
    const range = `still begins and ends within ${LONGEST_AUTHORISATION_SECONDS} seconds`;
    const got = `it begins in ${beginsIn} and ends in ${endsIn}`;
    const message = `expected an auction whose slot ${range}, ${got}: take another one or wait`;
    throw new StepError("E_AUCTION_TIME", message, { beginsIn, endsIn });
  }
}

/**
 * Whom the vehicle expects: what the chain says of the station, and not what the station says of
 * itself.
 */
async function expectedStation(
  { contracts }: Market,
  parameters: CredentialParameters,
  { wallet }: StationDesk,
  { terms, epoch, nowSeconds }: AuctionOccasion,
): Promise<ExpectedStation> {
  const { identities } = contracts;
  const known = await identities.participantOf(await wallet.getAddress());
  const isPile = PARTICIPANT_KINDS[Number(known.kind)] === "pile";
  return {
    authority: await identities.authority(),
    siteCommitment: isPile ? known.premises : null,
    ...auctionScope(parameters, known.participantId, terms),
    epoch,
    nowSeconds,
    maxEnergyWh: AUTHORISED_ENERGY_WH,
  };
}

function stationTerms(
  parameters: CredentialParameters,
  { certificate, certificateSignature }: StationDesk,
  { terms, epoch }: AuctionOccasion,
): StationTerms {
  return {
    certificate,
    certificateSignature,
    ...auctionScope(parameters, certificate.participantId, terms),
    roles: [AUCTION_ROLE],
    epoch,
    maxEnergyWh: AUTHORISED_ENERGY_WH,
  };
}

/**
 * By the station, which pays for it. Not again for an account that an interrupted run has relayed,
 * or that somebody else relays at this moment: anybody may, and it is the same.
 */
async function relay(
  market: Market,
  { wallet }: StationDesk,
  { authorisation, signature, consent }: SignedAuthorisation,
): Promise<void> {
  const { identities } = market.contracts;
  const isRelayed = async (): Promise<boolean> => {
    const { scope } = await identities.authorisationOf(authorisation.account);
    return scope === stationScopeId(authorisation);
  };
  if (await isRelayed()) return;
  const message = authorisationMessage(authorisation);
  try {
    await send(market, identities.connect(wallet).authorise(message, signature, consent));
  } catch (error) {
    if (!(await isRelayed())) throw error;
  }
}
