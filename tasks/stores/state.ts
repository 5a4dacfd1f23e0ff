/**
 * The state folder of the single tasks: what each party keeps between two commands. Secrets are
 * files of mode 0600 in folders of mode 0700; files are written whole or not at all. One folder can
 * hold several parties, which is how a person plays them all; in a deployment each has its own.
 *
 *   deployment.json                   addresses of the market
 *   people/<name>.json      secret    account, seal key, certified site
 *   certificates/<name>.json          the authority's certificate of a participant
 *   credentials/parameters.json       what is published of the market's credentials
 *   credentials/foundings/  secret    keys of authority and tracers (credentials.ts)
 *   credentials/register/   secret    the registrar's books (registrarBooks.ts)
 *   credentials/holders/<name>.json secret  a member's keys and its last credential
 *   credentials/accounts/<session>/   secret    fresh keys of a session, a file a scope
 *   credentials/stations/<id>/ secret     a station's books (stationBooks.ts)
 *   cases/<id>/             secret    what is to be traced, parts and the opening
 *   auctions/, commitments.json       sealed auctions (auctions.ts)
 *   servers/                secret    attempts that proxy and cloud took part in (attempts.ts)
 *   public/                           public auctions (publicBoard.ts)
 *   meters/<name>.json        secret  a simulated meter: its key, first registers and pagination
 *   meters/<name>/<n>.json    secret  registers and pagination after what it signed next to number n
 *   meters/<name>.pub                 its public key
 *   records/<session>.ocmf            what a simulated meter signed for a session
 *   confirmations/<session>.json      the begin reading that the vehicle signed
 *   readings/<session>/<account>.json   the reading that a party has signed last
 *   parcels/<account>.json            when the last parcel was packed that was taken from somebody
 *   rulings/<session>/<amount>/<arbiter>.json   what an arbiter has signed under an amount
 */
import { join } from "node:path";
import { z } from "zod";
import type { Address } from "../../offchain/core/messages/market.ts";
import {
  createFile,
  namesIn,
  removeFile,
  replaceFile,
  SECRET_FILE,
  textOf,
} from "../../offchain/services/files.ts";
import { jsonText } from "../support/jsonText.ts";

export class StateError extends Error {
  override readonly name = "StateError";
  readonly code = "E_STATE";
}

export const bigintDigits = z.string().regex(/^[0-9]+$/);
/** A number in decimal digits. */
export const bigintText = bigintDigits.transform(BigInt);
export const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
/** As wide as on chain. */
export const uint = (bits: number) => bigintText.refine((value) => value >> BigInt(bits) === 0n);

/** Who created the contracts of a market, through which factory. */
const originSchema = z.strictObject({ factory: hex, creator: hex, salt: hex });

/** What a market was deployed with, besides what stands next to it in the file. */
const termsSchema = z.strictObject({
  authority: hex,
  authoriseSeconds: z.number().int(),
  plugInSeconds: z.number().int(),
  settleSeconds: z.number().int(),
  disputeSeconds: z.number().int(),
  arbitrationSeconds: z.number().int(),
  minEnergyWh: bigintText,
  minAmountUnits: bigintText,
  reputation: z.strictObject({
    minCredibility: z.number().int(),
    threshold: z.number().int(),
    maxCredibility: z.number().int(),
    probationFactor: z.number().int(),
    probationPowerW: z.number().int(),
    minWeightWad: bigintText,
  }),
});

const marketSchema = z.strictObject({
  chainId: z.string(),
  token: hex,
  tokenIsDemo: z.boolean(),
  identities: hex,
  escrow: hex,
  reputation: hex,
  auctions: hex,
  openAuctions: hex,
  meters: hex,
  sessions: hex,
  coupons: hex,
  /** Who decides whether a presentation may be traced. */
  court: hex,
  /** Who rules on disputes; nobody where settlements are final at once. */
  arbiters: z.array(hex).default([]),
  /** How many of several arbiters have to sign the same. */
  quorum: z.number().int().min(0).default(0),
  /** Where the frame's south-west corner lies, in degrees; null if nobody has said. */
  corner: z.strictObject({ latitude: z.number(), longitude: z.number() }).nullable().default(null),
  /** How it can be told what the contracts are; null where nobody has noted it. */
  origin: originSchema.nullable().default(null),
  terms: termsSchema.nullable().default(null),
});

export const deploymentSchema = marketSchema.extend({
  /** Of a later market: what its users approve, and the market on whose escrow it stands. */
  gate: hex.nullable().default(null),
  beside: marketSchema.nullable().default(null),
});
/** A market that has an escrow of its own. */
export type FirstMarket = z.infer<typeof marketSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;

export const personSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(["vehicle", "pile", "matcher"]),
  privateKey: hex,
  participantId: hex,
  sealPublicKey: hex,
  sealPrivateKey: hex,
  site: z
    .strictObject({ xM: z.number(), yM: z.number(), siteSalt: hex, powerW: z.number() })
    .nullable(),
});
export type Person = z.infer<typeof personSchema>;

export interface State {
  readonly folder: string;
  readonly has: (path: string) => Promise<boolean>;
  /**
   * @throws StateError if the file is missing or is not what it should be; names the file, never
   *   its content.
   */
  readonly read: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  /** Undefined if there is no such file. @throws StateError as `read` */
  readonly readIfThere: <T>(path: string, schema: z.ZodType<T>) => Promise<T | undefined>;
  /** The same for what is no JSON. */
  readonly textIfThere: (path: string) => Promise<string | undefined>;
  readonly write: (path: string, content: unknown) => Promise<void>;
  /** The same for what is no JSON. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  readonly writeSecret: (path: string, content: unknown) => Promise<void>;
  /** False if there was such a file, which stays: of two that create it at once, one is first. */
  readonly create: (path: string, content: unknown) => Promise<boolean>;
  /** The same for a secret. */
  readonly createSecret: (path: string, content: unknown) => Promise<boolean>;
  /** False if it was not there. */
  readonly remove: (path: string) => Promise<boolean>;
  /** Names of the files in a folder; none if there is no such folder. */
  readonly list: (path: string) => Promise<readonly string[]>;
}

const PUBLIC_FILE = 0o644;
const RESTORE = "restore it from a copy, or begin in another folder";

/**
 * The state in `folder`; nothing is created before something is written. What is not there is said
 * to be missing, and nothing else is: a file that cannot be read is a fault of the system, whose
 * error goes on.
 */
export function stateIn(folder: string): State {
  const at = (path: string): string => join(folder, path);
  const readIfThere = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await textOf(at(path));
    return text === undefined ? undefined : parse(at(path), text, schema);
  };
  return {
    folder,
    readIfThere,
    textIfThere: (path) => textOf(at(path)),
    has: async (path) => (await textOf(at(path))) !== undefined,
    read: async (path, schema) => {
      const content = await readIfThere(path, schema);
      if (content !== undefined) return content;
      throw new StateError(`the state folder ${folder} holds no ${path}`);
    },
    write: (path, content) => replaceFile(at(path), jsonText(content), PUBLIC_FILE),
    writeText: (path, text) => replaceFile(at(path), text, PUBLIC_FILE),
    writeSecret: (path, content) => replaceFile(at(path), jsonText(content), SECRET_FILE),
    create: (path, content) => createFile(at(path), jsonText(content), PUBLIC_FILE),
    createSecret: (path, content) => createFile(at(path), jsonText(content), SECRET_FILE),
    remove: (path) => removeFile(at(path)),
    list: (path) => namesIn(at(path)),
  };
}

/**
 * What somebody else has handed in: undefined for a file that is not what it should be, too, which
 * is nobody's word.
 */
export async function handedIn<T>(
  state: State,
  path: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  try {
    return await state.readIfThere(path, schema);
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** Of whom a folder has a file each, `<account>.json`, in the order of their names. */
export async function accountsIn(state: State, folder: string): Promise<readonly Address[]> {
  const names = await state.list(folder);
  const accounts = names.flatMap(
    (name) => /^(0x[0-9a-fA-F]{40})\.json$/.exec(name)?.slice(1) ?? [],
  );
  return accounts.toSorted();
}

/** Whether a text is JSON of this form. */
export function isOfForm(text: string, schema: z.ZodType): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** @throws StateError, which names the file and the place and never the content */
export function parse<T>(path: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new StateError(`${path} is not JSON: ${RESTORE}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  const place = where === "" ? "" : `, at ${where}`;
  throw new StateError(`${path} is not what it should be${place}: ${RESTORE}`);
}
