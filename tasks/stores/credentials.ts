/**
 * The credentials of a market in the state folder: what is published of them, the authority's key
 * and the tracers' shares. They are made once, each tracer dealing for itself, so that fewer than
 * the threshold open nothing.
 */
import { z } from "zod";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import { encodeScalar } from "../../offchain/core/credential/group.ts";
import { issuerKeyFrom, type IssuerKeyPair } from "../../offchain/core/credential/issuerKey.ts";
import {
  acceptParameters,
  type CredentialParameters,
  type PublishedParameters,
} from "../../offchain/core/credential/parameters.ts";
import { scopeId, scopeOfTerms } from "../../offchain/core/credential/scope.ts";
import { acceptShare, type TracerShare } from "../../offchain/core/credential/tracers.ts";
import {
  addressForm,
  bytes32Form,
  decimalForm,
  hexForm,
} from "../../offchain/core/messages/forms.ts";
import type { AuctionTerms, Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { booksIn } from "./books.ts";
import type { Connected } from "../support/connection.ts";
import { InputError } from "../support/outcome.ts";
import { folderRegister } from "./registrarBooks.ts";
import { StateError, type State } from "./state.ts";
import { folderStationBooks } from "./stationBooks.ts";
import { restEpochs } from "../../offchain/core/credential/registrar.ts";
import type { FoundedCredentials } from "../../offchain/market/joining.ts";
import type { RegistrarDesk } from "../../offchain/parties/authority/desk.ts";
import type { RegistrarStore } from "../../offchain/parties/authority/store.ts";
import type { StationStore } from "../../offchain/parties/station/store.ts";

/** What everybody knows. */
export interface MarketCredentials {
  readonly parameters: CredentialParameters;
  readonly published: PublishedParameters;
  /** How long an epoch lasts. */
  readonly epochSeconds: number;
}

const FOLDER = "credentials";
const PARAMETERS = `${FOLDER}/parameters.json`;
const ISSUER = `${FOLDER}/issuer.json`;
const parametersSchema = z.strictObject({
  chainId: decimalForm,
  identities: addressForm,
  threshold: z.number().int(),
  members: z.number().int(),
  epochSeconds: z.number().int().positive(),
  issuerKey: hexForm,
  dealings: z.array(hexForm),
});
const issuerSchema = z.strictObject({ secret: bytes32Form });
const tracerSchema = z.strictObject({ index: z.number().int(), shares: z.array(bytes32Form) });

/**
 * The market's credentials.
 * @throws StateError if there are none, they are damaged, or another market's
 */
export async function credentialsOf(connected: Connected): Promise<MarketCredentials> {
  const { state, market } = connected;
  if (!(await state.has(PARAMETERS))) {
    const first = "run `npx hardhat identity credential` or `identity tracers` first";
    throw new StateError(`no credentials in ${state.folder} yet: ${first}`);
  }
  const known = await state.read(PARAMETERS, parametersSchema);
  const registry = { chainId: BigInt(known.chainId), identities: known.identities };
  const identities = await market.contracts.identities.getAddress();
  if (registry.chainId !== market.chainId || registry.identities !== identities) {
    const which = `${known.identities} on chain ${known.chainId}`;
    throw new StateError(`${state.folder}/${PARAMETERS} is for the market at ${which}`);
  }
  const { threshold, members, epochSeconds } = known;
  const issuerKey = hexToBytes(known.issuerKey);
  const dealings = known.dealings.map(hexToBytes);
  const published = { registry, threshold, members, issuerKey, dealings };
  return undamaged(state, PARAMETERS, () => {
    return { parameters: acceptParameters(published), published, epochSeconds };
  });
}

export function hasCredentials({ state }: Connected): Promise<boolean> {
  return state.has(PARAMETERS);
}

/**
 * Issuer's key and tracers' shares; what is published comes last, so that what was interrupted is
 * done again.
 */
export async function keepCredentials(
  { state }: Connected,
  { published, issuerKey, tracers }: FoundedCredentials,
  epochSeconds: number,
): Promise<void> {
  await state.writeSecret(ISSUER, { secret: bytesToHex(encodeScalar(issuerKey.secret)) });
  for (const { index, shares } of tracers) {
    await state.writeSecret(tracerPath(index), { index, shares: shares.map(bytesToHex) });
  }
  const { registry, threshold, members, dealings } = published;
  await state.write(PARAMETERS, {
    ...registry,
    threshold,
    members,
    epochSeconds,
    issuerKey: bytesToHex(published.issuerKey),
    dealings: dealings.map(bytesToHex),
  });
}

/** The authority's key. @throws StateError if it is not there or damaged */
async function issuerKeyOf(
  { state }: Connected,
  { published }: MarketCredentials,
): Promise<IssuerKeyPair> {
  const { secret } = await state.read(ISSUER, issuerSchema);
  return undamaged(state, ISSUER, () => issuerKeyFrom(published.issuerKey, hexToBytes(secret)));
}

/**
 * What tracer `index` holds.
 * @throws InputError for an index that is none; StateError as `issuerKeyOf`
 */
export async function tracerShareOf(
  { state }: Connected,
  { published }: MarketCredentials,
  index: number,
): Promise<TracerShare> {
  const { threshold, members, dealings } = published;
  if (index < 1 || index > members) {
    throw new InputError(`--tracer: expected 1 to ${members}, got ${index}`);
  }
  const { shares } = await state.read(tracerPath(index), tracerSchema);
  const received = dealings.map((dealing, dealer) => ({
    dealing,
    share: hexToBytes(shares[dealer] ?? "0x"),
  }));
  const path = tracerPath(index);
  return undamaged(state, path, () => acceptShare({ threshold, members }, index, received));
}

/** Where and when an auction's vehicles have one account each, as the chain knows it. */
export function scopeHashOf(
  { parameters }: MarketCredentials,
  terms: Pick<AuctionTerms, "areaHash" | "slotStart" | "slotEnd">,
): Bytes32 {
  return bytesToHex(scopeId(parameters, scopeOfTerms(terms)));
}

export function registerOf(
  { state }: Connected,
  { epochSeconds }: Pick<MarketCredentials, "epochSeconds">,
): RegistrarStore {
  const books = booksIn(`${state.folder}/${FOLDER}/register`);
  return folderRegister(books, restEpochs(epochSeconds));
}

export function stationBooksOf({ state }: Connected, stationId: Bytes32): StationStore {
  return folderStationBooks(booksIn(`${state.folder}/${FOLDER}/stations/${stationId}`));
}

/** The registrar at work. @throws StateError as `issuerKeyOf` */
export async function registrarOf(
  connected: Connected,
  credentials: MarketCredentials,
): Promise<RegistrarDesk> {
  const issuerKey = await issuerKeyOf(connected, credentials);
  const store = registerOf(connected, credentials);
  return { parameters: credentials.parameters, issuerKey, store, rng: systemRng };
}

/**
 * What `parse` makes of a file.
 * @throws StateError, which names the file, for what no scheme accepts
 */
export function undamaged<T>({ folder }: State, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new StateError(`${folder}/${path} is not what it should be: ${error.message}`);
  }
}

function tracerPath(index: number): string {
  return `${FOLDER}/tracers/${index}.json`;
}
