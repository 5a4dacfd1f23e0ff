/** Open auctions in the state folder: which one a command is about, its terms and the invitations to it. */
import { z } from "zod";
import type { Bytes32, Phase } from "../../offchain/core/messages/market.ts";
import { PHASES } from "../../offchain/core/messages/market.ts";
import {
  openAuctionIdOf,
  type OpenTerms,
  type OpenVenue,
} from "../../offchain/core/messages/openAuction.ts";
import type { Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import type { Facts } from "./print.ts";
import { moment } from "./print.ts";
import { invitationSchema, openTermsSchema } from "../stores/state.ts";

export interface KnownPublicAuction {
  readonly auctionId: Bytes32;
  readonly terms: OpenTerms;
  /** Folder in the state. */
  readonly path: string;
}

export type StoredInvitation = z.infer<typeof invitationSchema>;

const LATEST = "latest-public-auction.json";

/** The contract that open auctions are bound to. */
export function openVenueOf({ market, deployment }: Connected): OpenVenue {
  return { chainId: market.chainId, openAuctions: deployment.openAuctions };
}

/** Where an open auction's files are. @throws InputError for a name that is no id */
export function publicPath(auctionId: string): string {
  if (/^0x[0-9a-f]{64}$/.test(auctionId)) return `public/${auctionId}`;
  throw new InputError(`--auction: expected an id of 32 bytes in hexadecimal, got ${auctionId}`);
}

/**
 * The open auction named, or the one opened last.
 * @throws StateError if the folder does not hold it; InputError unless the chain has these terms.
 */
export async function knownPublic(
  connected: Connected,
  named: string | undefined,
): Promise<KnownPublicAuction> {
  const auctionId = named ?? (await latestPublic(connected));
  const path = publicPath(auctionId);
  const terms = await connected.state.read(`${path}/terms.json`, openTermsSchema);
  const { vehicle } = await connected.market.contracts.openAuctions.auctionOf(auctionId);
  if (openAuctionIdOf(openVenueOf(connected), vehicle, terms) !== auctionId) {
    const message = `the terms in the file are not those of auction ${auctionId} on this chain`;
    throw new InputError(message);
  }
  return { auctionId, terms, path };
}

/** Notes an open auction as the one that commands mean if they name none. */
export async function noteLatestPublic({ state }: Connected, auctionId: Bytes32): Promise<void> {
  await state.write(LATEST, auctionId);
}

/** The invitation of `pile`. @throws InputError if the folder holds none */
export async function invitationFor(
  { state }: Connected,
  { auctionId, path }: KnownPublicAuction,
  pile: string,
): Promise<StoredInvitation> {
  const file = `${path}/invitations/${pile}.json`;
  if (await state.has(file)) return state.read(file, invitationSchema);
  throw new InputError(`${pile} is not invited to auction ${auctionId}`);
}

/** What the chain says of an open auction. */
export async function publicFacts(
  { market }: Connected,
  { auctionId }: KnownPublicAuction,
): Promise<Facts> {
  const { openAuctions } = market.contracts;
  const pending = { blockTag: "pending" };
  const known = await openAuctions.auctionOf(auctionId, pending);
  const hasBid = known.bidCount !== 0n;
  return {
    auction: auctionId,
    vehicle: known.vehicle,
    phase: phaseNamed(await openAuctions.phaseOf(auctionId, pending)),
    biddingEnds: moment(known.biddingEnds),
    openingEnds: moment(known.openingEnds),
    maxPricePerKwhUnits: known.rule.maxPricePerKwh,
    minDecrementUnits: known.rule.minDecrement,
    bids: known.bidCount,
    leader: hasBid ? known.leader : null,
    pricePerKwhUnits: hasBid ? known.pricePerKwh : null,
    powerW: hasBid ? known.powerW : null,
    effectivePriceUnits: hasBid ? known.effectivePriceUp : null,
    bidBondUnits: known.bidBond,
    vehicleDepositUnits: known.vehicleDeposit,
    ended: known.ended,
  };
}

function phaseNamed(phase: bigint): Phase {
  return PHASES[Number(phase)] ?? "none";
}

async function latestPublic({ state }: Connected): Promise<string> {
  if (!(await state.has(LATEST))) {
    const hint = "run `npx hardhat auction public open` first";
    throw new InputError(`no public auction in ${state.folder}: ${hint}`);
  }
  return JSON.parse(await state.readText(LATEST)) as string;
}
