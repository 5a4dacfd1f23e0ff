/**
 * `auction public open`: a vehicle opens the auction of its own request, in public, and locks the
 * deposit.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { OpenTerms, ScoreRule } from "../../offchain/core/messages/openAuction.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import {
  openPublic,
  slotOfAccount,
  type OpenSlot,
} from "../../offchain/market/auction/publicAuction.ts";
import { noteLatestPublic } from "../stores/publicBoard.ts";
import { connectToKeep, playerOfKind } from "../support/connection.ts";
import { publicDeskOf } from "../support/desks.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { shortSlotNotice } from "../support/shortSlots.ts";
import { publicFacts } from "../support/publicAuctions.ts";
import {
  PUBLIC_DISTANCE,
  PUBLIC_POWER,
  PUBLIC_PRICE,
  requireWithin,
  STAKE,
  type Range,
} from "../support/ranges.ts";

export interface PublicOpenArguments {
  readonly state: string;
  readonly as: string;
  readonly maxPrice: bigint;
  readonly decrement: bigint;
  readonly weights: string;
  readonly referencePower: number;
  readonly maxDistance: number;
  readonly quietSeconds: number;
  readonly biddingSeconds: number;
  readonly openingSeconds: number;
  readonly slotSeconds: number;
  readonly bond: bigint;
  readonly deposit: bigint;
  readonly json: boolean;
}

const ALL_PERCENT = 100;
const BPS_PER_PERCENT = 100n;
/** Nothing is divided by it, and no bid is undercut by nothing. */
const SCALE_PRICE: Range = { ...PUBLIC_PRICE, least: 1 };
/** As wide as on chain. */
const QUIET: Range = { least: 1, most: 65_535 };
/** What `OpenAuction` takes from the opening to the end of the slot, in seconds. */
const SPAN: Range = { least: 1, most: 31 * 86_400 };

export default function action(
  args: PublicOpenArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireUsable(args);
    const connected = await connectToKeep(hre, args.state);
    const vehicle = await playerOfKind(connected, args.as, "vehicle");
    const own = await slotOfAccount(connected.market, vehicle.wallet.address);
    const terms = termsFor(args, BigInt(await connected.now()), own);
    const desk = publicDeskOf(connected, vehicle);
    const auction = await openPublic(connected.market, desk, terms);
    const notice = await shortSlotNotice(connected.market, terms.slotEnd - terms.slotStart);
    if (notice !== null) process.stderr.write(`${notice}\n`);
    await noteLatestPublic(connected.state, auction.auctionId);
    printFacts(await publicFacts(connected, auction), args.json);
  });
}

/** @throws InputError for what the contract would not take */
function requireUsable(args: PublicOpenArguments): void {
  requireWithin("max-price", args.maxPrice, SCALE_PRICE);
  requireWithin("decrement", args.decrement, SCALE_PRICE);
  requireWithin("reference-power", args.referencePower, PUBLIC_POWER);
  requireWithin("max-distance", args.maxDistance, { ...PUBLIC_DISTANCE, least: 1 });
  requireWithin("quiet-seconds", args.quietSeconds, QUIET);
  requireWithin("bidding-seconds", args.biddingSeconds, SPAN);
  requireWithin("opening-seconds", args.openingSeconds, SPAN);
  requireWithin("slot-seconds", args.slotSeconds, SPAN);
  requireWithin("bond", args.bond, STAKE);
  requireWithin("deposit", args.deposit, STAKE);
}

/** For the account's own slot, if it has one. */
function termsFor(args: PublicOpenArguments, now: bigint, own: OpenSlot | null): OpenTerms {
  const biddingEnds = now + BigInt(args.biddingSeconds);
  const openingEnds = biddingEnds + BigInt(args.openingSeconds);
  if (own !== null && openingEnds > own.slotStart) {
    const left = `its slot begins in ${own.slotStart - now} s`;
    const message = `--bidding-seconds and --opening-seconds: ${left}, got ${openingEnds - now} s`;
    throw new InputError(`${message}: shorten them, or take an account of a later slot`);
  }
  const chosen = { slotStart: openingEnds, slotEnd: openingEnds + BigInt(args.slotSeconds) };
  return {
    rule: ruleFor(args),
    quietSeconds: BigInt(args.quietSeconds),
    biddingEnds,
    openingEnds,
    ...(own ?? chosen),
    bidBond: args.bond,
    vehicleDeposit: args.deposit,
    nonce: bytesToHex(systemRng.bytes(32)),
  };
}

function ruleFor(args: PublicOpenArguments): ScoreRule {
  const [price = 0, power = 0, quality = 0, distance = 0] = weightsOf(args.weights);
  return {
    maxPricePerKwh: args.maxPrice,
    minDecrement: args.decrement,
    priceBps: BigInt(price) * BPS_PER_PERCENT,
    powerBps: BigInt(power) * BPS_PER_PERCENT,
    qualityBps: BigInt(quality) * BPS_PER_PERCENT,
    distanceBps: BigInt(distance) * BPS_PER_PERCENT,
    referencePowerW: BigInt(args.referencePower),
    maxDistanceM: BigInt(args.maxDistance),
  };
}

/** Four whole percentages that add up, the first of them not 0. */
function weightsOf(text: string): readonly number[] {
  const weights = text.split(",").map((part) => (/^[0-9]{1,3}$/.test(part) ? Number(part) : NaN));
  const sum = weights.reduce((left, right) => left + right, 0);
  if (weights.length === 4 && sum === ALL_PERCENT && weights[0] !== 0) return weights;
  const expected = "four percentages that add up to 100, the price's not 0";
  throw new InputError(`--weights: expected ${expected}, got ${text}`);
}
