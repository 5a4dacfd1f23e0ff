/**
 * What of a state folder a party hands on to others, and whose each file is by the chain. Nobody
 * hands on what is another's: a file that came first under another's name would stand in the way of
 * the true one. No pattern leads out of the folder, and none to a secret.
 */
import type { z } from "zod";
import { read, type Market } from "../../offchain/chain/market.ts";
import { eventsOf } from "../../offchain/chain/events.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { uploadName } from "../../offchain/core/messages/sealedUpload.ts";
import { auctionSchema, closingSchema, resultSchema, boxSchema } from "../stores/auctions.ts";
import { certificateForm } from "../stores/certificates.ts";
import { parametersSchema } from "../stores/credentials.ts";
import { openTermsSchema, invitationSchema } from "../stores/publicBoard.ts";
import { confirmationSchema, readingSchema } from "../stores/registerStore.ts";
import { rulingSchema } from "../stores/rulingStore.ts";

export type SenderRole = "authority" | "matcher" | "vehicle" | "pile" | "arbiter";

/** Whose word a parcel is. */
export interface Sender {
  readonly account: Address;
  readonly roles: readonly SenderRole[];
}

/** Whether a file is the account's, by what the chain knows. @param parts of its path */
type IsOf = (market: Market, account: Address, parts: readonly string[]) => Promise<boolean>;

export interface Handed {
  /** Whose it is to hand on. */
  readonly role: SenderRole;
  /** A pattern for each part of the path. */
  readonly path: readonly RegExp[];
  readonly isOf: IsOf;
  /** Of what is in it; null for a text that is judged where it is used. */
  readonly form: z.ZodType | null;
  /** Whether a later one takes the place of an earlier one; else the first one stays. */
  readonly isRenewed: boolean;
}

const ID = /^0x[0-9a-f]{64}$/;
const ID_FILE = /^0x[0-9a-f]{64}\.json$/;
const UPLOAD_FILE = /^0x[0-9a-fA-F]{40}-0x[0-9a-f]{64}\.json$/;
const ACCOUNT_FILE = /^0x[0-9a-fA-F]{40}\.json$/;

const sentByAuthority: IsOf = () => Promise.resolve(true);

const isNamedAfter: IsOf = (_market, account, parts) =>
  Promise.resolve(stem(parts.at(-1)) === account);

const ofAuctionsMatcher: IsOf = async ({ contracts }, account, [, auctionId = ""]) =>
  (await contracts.auctions.auctionOf(auctionId)).matcher === account;

const ofPublicHost: IsOf = async ({ contracts }, account, [, auctionId = ""]) =>
  (await contracts.openAuctions.auctionOf(auctionId)).vehicle === account;

const ofRequester: IsOf = async ({ contracts }, account, [, auctionId, , file]) => {
  const { auctions } = contracts;
  const events = await eventsOf(auctions, auctions.filters.RequestCommitted(auctionId, account));
  return isNamedFor(account, events, file);
};

const ofBidder: IsOf = async ({ contracts }, account, [, auctionId, , file]) => {
  const { auctions } = contracts;
  const events = await eventsOf(auctions, auctions.filters.BidCommitted(auctionId, account));
  return isNamedFor(account, events, file);
};

/** Whether a file is of one of the account's own commitments, and of no other's like it. */
function isNamedFor(
  account: Address,
  events: readonly { readonly args: { readonly commitment: Bytes32 } }[],
  file: string | undefined,
): boolean {
  return events.some(
    ({ args: { commitment } }) => uploadName({ account, commitment }) === stem(file),
  );
}

const ofSessionsParty =
  (party: "vehicle" | "pile"): IsOf =>
  async (market, account, [, file]) =>
    (await read(market, market.contracts.sessions.sessionOf(stem(file))))[party] === account;

/** What somebody says of its own session; a stranger's word has no place beside it. */
function ofReader(party: "vehicle" | "pile"): IsOf {
  return async (market, account, parts) =>
    (await isNamedAfter(market, account, parts)) &&
    (await ofSessionsParty(party)(market, account, parts));
}

const PARAMETERS = [["credentials", "parameters.json"], parametersSchema] as const;
const CERTIFICATE = [
  ["certificates", /^[a-z0-9][a-z0-9_-]{0,31}\.json$/i],
  certificateForm,
] as const;
const AUCTION = [["auctions", ID, "auction.json"], auctionSchema] as const;
const CLOSING = [["auctions", ID, "rounds", /^[0-9]{1,3}\.json$/], closingSchema] as const;
const RESULT = [["auctions", ID, "result.json"], resultSchema] as const;
const REQUEST = [["auctions", ID, "requests", UPLOAD_FILE], boxSchema] as const;
const OFFER = [["auctions", ID, "offers", UPLOAD_FILE], boxSchema] as const;
const PUBLIC_TERMS = [["public", ID, "terms.json"], openTermsSchema] as const;
const INVITATION = [["public", ID, "invitations", ACCOUNT_FILE], invitationSchema] as const;
const CONFIRMATION = [["confirmations", ID_FILE], confirmationSchema] as const;
const RECORDS = [["records", /^0x[0-9a-f]{64}\.ocmf$/], null] as const;
const READING = [["readings", ID, ACCOUNT_FILE], readingSchema] as const;
const RULING = [["rulings", ID, /^[0-9]{1,39}$/, ACCOUNT_FILE], rulingSchema] as const;

const HANDED: readonly Handed[] = [
  kept("authority", sentByAuthority, PARAMETERS),
  renewed("authority", sentByAuthority, CERTIFICATE),
  kept("matcher", ofAuctionsMatcher, AUCTION),
  kept("matcher", ofAuctionsMatcher, CLOSING),
  kept("matcher", ofAuctionsMatcher, RESULT),
  kept("vehicle", ofRequester, REQUEST),
  kept("pile", ofBidder, OFFER),
  kept("vehicle", ofPublicHost, PUBLIC_TERMS),
  kept("vehicle", ofPublicHost, INVITATION),
  kept("vehicle", ofSessionsParty("vehicle"), CONFIRMATION),
  kept("pile", ofSessionsParty("pile"), RECORDS),
  renewed("vehicle", ofReader("vehicle"), READING),
  renewed("pile", ofReader("pile"), READING),
  kept("arbiter", isNamedAfter, RULING),
];

/** Patterns of everything that somebody with these roles may have to hand on. */
export function handedBy(roles: readonly SenderRole[]): readonly Handed[] {
  return HANDED.filter(({ role }) => roles.includes(role));
}

/** As what the sender hands on a file; undefined if it is not the sender's. */
export async function handedAs(
  market: Market,
  { account, roles }: Sender,
  path: string,
): Promise<Handed | undefined> {
  const parts = path.split("/");
  const handed = handedBy(roles).find(
    ({ path: patterns }) =>
      parts.length === patterns.length &&
      patterns.every((pattern, i) => pattern.test(parts[i] ?? "")),
  );
  if (handed === undefined) return undefined;
  return (await handed.isOf(market, account, parts)) ? handed : undefined;
}

/** Where files of a kind lie, and what is in them. */
type FilesOf = readonly [path: readonly (string | RegExp)[], form: z.ZodType | null];

function kept(role: SenderRole, isOf: IsOf, [path, form]: FilesOf): Handed {
  return { role, path: path.map(patternOf), isOf, form, isRenewed: false };
}

function renewed(role: SenderRole, isOf: IsOf, files: FilesOf): Handed {
  return { ...kept(role, isOf, files), isRenewed: true };
}

function patternOf(part: string | RegExp): RegExp {
  return typeof part === "string" ? new RegExp(`^${part.replaceAll(".", "\\.")}$`) : part;
}

/** A file's name without its ending. */
function stem(file: string | undefined): string {
  return (file ?? "").replace(/\.[a-z]+$/, "");
}
