/** Auctions in the state folder: which one a command is about, and its area and round key. */
import { areaFromJson, areaHash, type Area } from "../../offchain/core/messages/area.ts";
import {
  auctionIdOf,
  PHASES,
  type AuctionTerms,
  type Bytes32,
  type Phase,
} from "../../offchain/core/messages/market.ts";
import {
  roundKeyFromJson,
  roundKeyHash,
  type RoundKey,
} from "../../offchain/core/messages/roundKey.ts";
import type { Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { auctionSchema } from "../stores/state.ts";

export interface KnownAuction {
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly area: Area;
  readonly roundKey: RoundKey;
  /** Folder in the state. */
  readonly path: string;
}

const LATEST = "latest-auction.json";

/** Where an auction's files are. @throws InputError for a name that is no id */
export function auctionPath(auctionId: string): string {
  if (/^0x[0-9a-f]{64}$/.test(auctionId)) return `auctions/${auctionId}`;
  throw new InputError(`--auction: expected an id of 32 bytes in hexadecimal, got ${auctionId}`);
}

/**
 * The auction named, or the one opened last.
 * @throws StateError if the folder does not hold it; InputError unless the chain has these terms and they name this key
 *   and area; as `roundKeyFromJson`, `areaFromJson`.
 */
export async function knownAuction(
  { market, state }: Pick<Connected, "market" | "state">,
  named: string | undefined,
): Promise<KnownAuction> {
  const auctionId = named ?? (await latestAuction(state));
  const path = auctionPath(auctionId);
  const file = await state.read(`${path}/auction.json`, auctionSchema);
  const { terms } = file;
  const roundKey = roundKeyFromJson(file.roundKey);
  const area = areaFromJson(file.area);
  await assertOnChain(market, auctionId, terms);
  assertCommitted(roundKey, terms);
  assertArea(area, terms);
  return { auctionId, terms, area, roundKey, path };
}

/** Notes an auction as the one that commands mean if they name none. */
export async function noteLatest({ state }: Connected, auctionId: Bytes32): Promise<void> {
  await state.write(LATEST, auctionId);
}

/** The phase that the next transaction is going to meet. */
export async function phaseOf({ market }: Connected, auctionId: Bytes32): Promise<Phase> {
  const phase = await market.contracts.auctions.phaseOf(auctionId, { blockTag: "pending" });
  return PHASES[Number(phase)] ?? "none";
}

/** The id of an auction is a hash of its terms: those in the file have to be the ones that it was opened with. */
async function assertOnChain(
  { contracts, venue }: Connected["market"],
  auctionId: Bytes32,
  terms: AuctionTerms,
): Promise<void> {
  const { matcher } = await contracts.auctions.auctionOf(auctionId);
  if (auctionIdOf(venue, matcher, terms) === auctionId) return;
  throw new InputError(`the terms in the file are not those of auction ${auctionId} on this chain`);
}

/** The key in the file has to be the one that the terms name. */
function assertCommitted(roundKey: RoundKey, terms: AuctionTerms): void {
  const hash = roundKeyHash(roundKey);
  if (hash === terms.roundKeyHash) return;
  throw new InputError(`the auction's round key is ${terms.roundKeyHash}, the file holds ${hash}`);
}

/** And so has the area. */
function assertArea(area: Area, terms: AuctionTerms): void {
  const hash = areaHash(area);
  if (hash === terms.areaHash) return;
  throw new InputError(`the auction's area is ${terms.areaHash}, the file holds ${hash}`);
}

async function latestAuction(state: Connected["state"]): Promise<string> {
  if (!(await state.has(LATEST))) {
    throw new InputError(`no auction in ${state.folder}: run \`npx hardhat auction open\` first`);
  }
  return JSON.parse(await state.readText(LATEST)) as string;
}
