/** Public auctions on the command line: which one is meant, and what the chain says of it. */
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import {
  knowPublic,
  publicState,
  type KnownPublicAuction,
} from "../../offchain/market/auction/publicAuction.ts";
import { folderPublicBoard, latestPublicIn } from "../stores/publicBoard.ts";
import type { Connected } from "./connection.ts";
import { pasteable } from "./hints.ts";
import { idNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";

/**
 * The public auction named, or the one opened last.
 * @throws InputError if there is none; StepError unless the chain has its terms; StateError
 */
export async function knownPublic(
  { market, state }: Connected,
  named: string | undefined,
): Promise<KnownPublicAuction> {
  const auctionId = named === undefined ? await latestIn(state) : idNamed("auction", named);
  return knowPublic(market, folderPublicBoard(state), auctionId);
}

/** What is shown of a public auction. */
export async function publicFacts(
  { market }: Connected,
  { auctionId, terms }: KnownPublicAuction,
): Promise<Facts> {
  const known = await publicState(market, auctionId);
  const { phase, vehicle, biddingEnds, openingEnds, leading, bids, ended } = known;
  return {
    auction: auctionId,
    vehicle,
    phase,
    biddingEnds: moment(biddingEnds),
    openingEnds: moment(openingEnds),
    slotStart: moment(terms.slotStart),
    slotEnds: moment(terms.slotEnd),
    maxPricePerKwhUnits: terms.rule.maxPricePerKwh,
    minDecrementUnits: terms.rule.minDecrement,
    bids,
    leader: leading?.pile ?? null,
    pricePerKwhUnits: leading?.pricePerKwh ?? null,
    powerW: leading?.powerW ?? null,
    effectivePriceUnits: leading?.effectivePriceUp ?? null,
    bidBondUnits: terms.bidBond,
    vehicleDepositUnits: terms.vehicleDeposit,
    ended,
  };
}

async function latestIn(state: Connected["state"]): Promise<Bytes32> {
  const latest = await latestPublicIn(state);
  if (latest !== null) return latest;
  const open = pasteable(state, "auction public open --as VEHICLE");
  throw new InputError(`no public auction in ${state.folder}: run \`${open}\` first`);
}
