/**
 * The credentials of a market in the state folder: what is published of them, the authority's key
 * and the tracers' shares. They are made once, each tracer dealing for itself, so that fewer than
 * the threshold open nothing.
 *
 *   credentials/parameters.json                     what is published, and the name of its founding
 *   credentials/foundings/<founding>/issuer.json    the authority's key
 *   credentials/foundings/<founding>/tracers/<a>.json   what tracer a holds
 *
 * Parameters of an older version name no founding: its secrets lie beside them.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import { encodeScalar } from "../../offchain/core/credential/group.ts";
import { issuerKeyFrom, type IssuerKeyPair } from "../../offchain/core/credential/issuerKey.ts";
import {
  acceptParameters,
  type CredentialParameters,
  type PublishedParameters,
} from "../../offchain/core/credential/parameters.ts";
import { acceptShare, type TracerShare } from "../../offchain/core/credential/tracers.ts";
import {
  addressForm,
  bytes32Form,
  decimalForm,
  hexForm,
} from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { booksIn } from "./books.ts";
import type { Connected } from "../support/connection.ts";
import { folderRegister } from "./registrarBooks.ts";
import { StateError, type State } from "./state.ts";
import { folderStationBooks } from "./stationBooks.ts";
import { restEpochs } from "../../offchain/core/credential/registrar.ts";
import type { FoundedCredentials } from "../../offchain/market/joining.ts";
import type { RegistrarDesk } from "../../offchain/parties/authority/desk.ts";
import type { RegistrarStore } from "../../offchain/parties/authority/store.ts";
import type { StationStore } from "../../offchain/parties/station/store.ts";
import { pasteable } from "../support/hints.ts";
import { requireWithin } from "../support/ranges.ts";

/** What everybody knows. */
export interface MarketCredentials {
  readonly parameters: CredentialParameters;
  readonly published: PublishedParameters;
  /** How long an epoch lasts. */
  readonly epochSeconds: number;
  /** Where the secrets that belong to it are, within the state folder of who holds them. */
  readonly secretsFolder: string;
}

const FOLDER = "credentials";
const PARAMETERS = `${FOLDER}/parameters.json`;
export const parametersSchema = z.strictObject({
  chainId: decimalForm,
  identities: addressForm,
  threshold: z.number().int(),
  members: z.number().int(),
  epochSeconds: z.number().int().positive(),
  issuerKey: hexForm,
  dealings: z.array(hexForm),
  founding: z.uuid().optional(),
});
const issuerSchema = z.strictObject({ secret: bytes32Form });
const tracerSchema = z.strictObject({ index: z.number().int(), shares: z.array(bytes32Form) });

/**
 * The market's credentials.
 * @throws StateError if there are none, they are damaged, or another market's
 */
export async function credentialsOf(
  connected: Pick<Connected, "state" | "market">,
): Promise<MarketCredentials> {
  const { state, market } = connected;
  const known = await state.readIfThere(PARAMETERS, parametersSchema);
  if (known === undefined) {
    const first = `run \`${pasteable(state, "identity credential --as MEMBER")}\` first, or unpack a parcel of the authority`;
    throw new StateError(`no credentials in ${state.folder} yet: ${first}`);
  }
  const registry = { chainId: BigInt(known.chainId), identities: known.identities };
  const identities = await market.contracts.identities.getAddress();
  if (registry.chainId !== market.chainId || registry.identities !== identities) {
    const which = `${known.identities} on chain ${known.chainId}`;
    throw new StateError(
      `${state.folder}/${PARAMETERS} is for the market at ${which}: name the folder of this one with --state`,
    );
  }
  const { threshold, members, epochSeconds, founding } = known;
  const secretsFolder = founding === undefined ? FOLDER : foundingFolder(founding);
  const issuerKey = hexToBytes(known.issuerKey);
  const dealings = known.dealings.map(hexToBytes);
  const published = { registry, threshold, members, issuerKey, dealings };
  return undamaged(state, PARAMETERS, () => {
    return { parameters: acceptParameters(published), published, epochSeconds, secretsFolder };
  });
}

export function hasCredentials({ state }: Pick<Connected, "state">): Promise<boolean> {
  return state.has(PARAMETERS);
}

/**
 * Issuer's key and tracers' shares, in a folder of their own; what is published comes last and
 * names that folder, so that what was interrupted is done again. False, with nothing kept, if the
 * market has credentials already: of two that found at once, one is first.
 */
export async function keepCredentials(
  { state }: Pick<Connected, "state">,
  { published, issuerKey, tracers }: FoundedCredentials,
  epochSeconds: number,
): Promise<boolean> {
  const founding = randomUUID();
  const folder = foundingFolder(founding);
  const issuer = { secret: bytesToHex(encodeScalar(issuerKey.secret)) };
  await state.writeSecret(issuerPath(folder), issuer);
  for (const { index, shares } of tracers) {
    await state.writeSecret(tracerPath(folder, index), { index, shares: shares.map(bytesToHex) });
  }
  const { registry, threshold, members, dealings } = published;
  const isFirst = await state.create(PARAMETERS, {
    ...registry,
    threshold,
    members,
    epochSeconds,
    issuerKey: bytesToHex(published.issuerKey),
    dealings: dealings.map(bytesToHex),
    founding,
  });
  if (isFirst) return true;
  const secrets = [issuerPath(folder), ...tracers.map(({ index }) => tracerPath(folder, index))];
  for (const path of secrets) await state.remove(path);
  return false;
}

/** The authority's key. @throws StateError if it is not there or damaged */
async function issuerKeyOf(
  { state }: Pick<Connected, "state">,
  { published, secretsFolder }: MarketCredentials,
): Promise<IssuerKeyPair> {
  const path = issuerPath(secretsFolder);
  const { secret } = await state.read(path, issuerSchema);
  return undamaged(state, path, () => issuerKeyFrom(published.issuerKey, hexToBytes(secret)));
}

/**
 * What tracer `index` holds.
 * @throws InputError for an index that is none; StateError as `issuerKeyOf`
 */
export async function tracerShareOf(
  { state }: Pick<Connected, "state">,
  { published, secretsFolder }: MarketCredentials,
  index: number,
): Promise<TracerShare> {
  const { threshold, members, dealings } = published;
  requireWithin("tracer", index, { least: 1, most: members });
  const path = tracerPath(secretsFolder, index);
  const { shares } = await state.read(path, tracerSchema);
  const received = dealings.map((dealing, dealer) => ({
    dealing,
    share: hexToBytes(shares[dealer] ?? "0x"),
  }));
  return undamaged(state, path, () => acceptShare({ threshold, members }, index, received));
}

export function registerOf(
  { state }: Pick<Connected, "state">,
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
  connected: Pick<Connected, "state">,
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

function foundingFolder(founding: string): string {
  return `${FOLDER}/foundings/${founding}`;
}

function issuerPath(secretsFolder: string): string {
  return `${secretsFolder}/issuer.json`;
}

function tracerPath(secretsFolder: string, index: number): string {
  return `${secretsFolder}/tracers/${index}.json`;
}
