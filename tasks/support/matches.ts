/** A player's match: the sealed delivery in the state folder, and what it says when its owner opens it. */
import { decisionProof } from "../../offchain/core/messages/decisionTree.ts";
import type { Bytes32, Opening } from "../../offchain/core/messages/market.ts";
import type { Position } from "../../offchain/core/messages/records.ts";
import { read } from "../../offchain/chain/market.ts";
import { receiveVehicle } from "../../offchain/parties/pile/trading.ts";
import { receiveMatch, type CertifiedPile } from "../../offchain/parties/vehicle/trading.ts";
import { knownAuction, type KnownAuction } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { bidSchema, resultSchema, wishSchema } from "../stores/state.ts";

export interface OpenedMatch {
  readonly session: Bytes32;
  readonly opening: Opening;
  readonly proof: readonly Bytes32[];
  /** Where the counterpart is. */
  readonly counterpart: Position;
}

/** Opens the delivery that is for `player`. @throws InputError if there is none */
export async function openMatch(
  connected: Connected,
  player: Player,
  named: string | undefined,
): Promise<OpenedMatch> {
  const auction = await knownAuction(connected, named);
  const { matches } = await connected.state.read(`${auction.path}/result.json`, resultSchema);
  const account = player.wallet.address;
  const match = matches.find(({ vehicle, pile }) => vehicle === account || pile === account);
  if (match === undefined) {
    throw new InputError(`${player.person.name} is not matched in auction ${auction.auctionId}`);
  }
  const proof = decisionProof(
    matches.map(({ decision }) => decision),
    match.decision,
  );
  const opened =
    match.vehicle === account
      ? await asVehicle(connected, player, auction, match.toVehicle)
      : await asPile(connected, player, auction, match.toPile);
  return { session: match.decision, proof, ...opened };
}

type Delivery = Parameters<typeof receiveMatch>[3];
type Opened = Pick<OpenedMatch, "opening" | "counterpart">;

async function asVehicle(
  { market, state }: Connected,
  { sealKeys, wallet, person }: Player,
  { auctionId, path }: KnownAuction,
  delivery: Delivery,
): Promise<Opened> {
  const { identities, auctions } = market.contracts;
  const standing = await auctions.requestOf(auctionId, wallet.address);
  if (BigInt(standing) === 0n) {
    throw new InputError(`${person.name} has no standing request in auction ${auctionId} any more`);
  }
  const asked = await state.read(`${path}/wishes/${standing}.json`, wishSchema);
  const pileOf = async (cpId: Bytes32): Promise<CertifiedPile> => {
    const account = await read(market, identities.accountOf(cpId));
    const { siteCommitment } = await read(market, identities.participantOf(account));
    return { account, siteCommitment };
  };
  const { venue } = market;
  const wish = { ...asked, auctionId };
  const { opening, site } = await receiveMatch(venue, wish, sealKeys, delivery, pileOf);
  return { opening, counterpart: site };
}

async function asPile(
  { market, state }: Connected,
  { sealKeys, wallet, person }: Player,
  { auctionId, path }: KnownAuction,
  delivery: Delivery,
): Promise<Opened> {
  const standing = await market.contracts.auctions.bidOf(auctionId, wallet.address);
  if (BigInt(standing) === 0n) {
    throw new InputError(`${person.name} has no standing bid in auction ${auctionId} any more`);
  }
  const bid = await state.read(`${path}/bids/${standing}.json`, bidSchema);
  const { opening, position } = await receiveVehicle(sealKeys, bid, delivery);
  return { opening, counterpart: position };
}
