/**
 * What of a state folder a party hands on to others, and whose each file is by the chain. Nobody
 * hands on what is another's: a file that came first under another's name would stand in the way of
 * the true one. No pattern leads out of the folder, and none to a secret.
 */
import { read, type Market } from "../../offchain/chain/market.ts";
import { eventsOf } from "../../offchain/chain/events.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { uploadName } from "../../offchain/core/messages/sealedUpload.ts";

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

const HANDED: readonly Handed[] = [
  kept("authority", sentByAuthority, "credentials", "parameters.json"),
  renewed("authority", sentByAuthority, "certificates", /^[a-z0-9][a-z0-9_-]{0,31}\.json$/i),
  kept("matcher", ofAuctionsMatcher, "auctions", ID, "auction.json"),
  kept("matcher", ofAuctionsMatcher, "auctions", ID, "rounds", /^[0-9]{1,3}\.json$/),
  kept("matcher", ofAuctionsMatcher, "auctions", ID, "result.json"),
  kept("vehicle", ofRequester, "auctions", ID, "requests", UPLOAD_FILE),
  kept("pile", ofBidder, "auctions", ID, "offers", UPLOAD_FILE),
  kept("vehicle", ofPublicHost, "public", ID, "terms.json"),
  kept("vehicle", ofPublicHost, "public", ID, "invitations", ACCOUNT_FILE),
  kept("vehicle", ofSessionsParty("vehicle"), "confirmations", ID_FILE),
  kept("pile", ofSessionsParty("pile"), "records", /^0x[0-9a-f]{64}\.ocmf$/),
  renewed("vehicle", ofReader("vehicle"), "readings", ID, ACCOUNT_FILE),
  renewed("pile", ofReader("pile"), "readings", ID, ACCOUNT_FILE),
  kept("arbiter", isNamedAfter, "rulings", ID, /^[0-9]{1,39}$/, ACCOUNT_FILE),
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

function kept(role: SenderRole, isOf: IsOf, ...path: readonly (string | RegExp)[]): Handed {
  return { role, path: path.map(patternOf), isOf, isRenewed: false };
}

function renewed(role: SenderRole, isOf: IsOf, ...path: readonly (string | RegExp)[]): Handed {
  return { ...kept(role, isOf, ...path), isRenewed: true };
}

function patternOf(part: string | RegExp): RegExp {
  return typeof part === "string" ? new RegExp(`^${part.replaceAll(".", "\\.")}$`) : part;
}

/** A file's name without its ending. */
function stem(file: string | undefined): string {
  return (file ?? "").replace(/\.[a-z]+$/, "");
}
