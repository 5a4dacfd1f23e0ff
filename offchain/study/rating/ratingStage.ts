/**
 * Ratings on an EVM without a market around them: `contracts/mocks/RatingStage.sol` stands in for
 * the session contract, so that a figure or a measurement can give thousands of ratings to the real
 * `Reputation`.
 */
import type { Provider, Signer } from "ethers";
import type { RatingStage, Reputation } from "../../../types/ethers-contracts/index.js";
import { USUAL_REPUTATION } from "../../chain/deployment/terms.ts";
import type { OnChain } from "./ratingStudy.ts";

export interface Stage {
  readonly stage: RatingStage;
  readonly reputation: Reputation;
  readonly provider: Provider;
  /** The vehicle that rates. */
  readonly rater: Signer;
  /** Lets others have their blocks. */
  readonly passBlocks: (blocks: number) => Promise<void>;
}

const WAD = 1e18;
/** Spares an estimate a rating. */
const RATE_GAS = 200_000n;

/** The library alone, with the scores as they are, fractions and all. */
export function byLibrary({ stage }: Stage): OnChain {
  return async (_pile, scores) => {
    const ratings = await stage.walk(0n, scores.map(toWad), toWad(1));
    return ratings.map(fromWad);
  };
}

/**
 * `Reputation.rate`, one transaction a score, by a vehicle of full credibility. Scores are 1, 2 or
 * 3.
 */
export function byContract(on: Stage): OnChain {
  let piles = 0;
  return async (_pile, scores) => {
    piles += 1;
    const account = await on.stage.pileAt(piles);
    const ratings: number[] = [];
    for (const [place, score] of scores.entries()) {
      await rate(on, { pile: piles, serial: place, score });
      const [ratingWad] = await on.reputation.pileRatingOf(account);
      ratings.push(fromWad(ratingWad));
    }
    return ratings;
  };
}

export interface StagedRating {
  readonly pile: number;
  /** Tells apart sessions of one vehicle at one pile. */
  readonly serial: number;
  readonly score: number;
}

/** The rater gives one rating, with full credibility. */
export async function rate(
  { reputation, rater }: Stage,
  { pile, serial, score }: StagedRating,
): Promise<void> {
  const vehicle = await rater.getAddress();
  const session = sessionIdOf(vehicle, pile, serial, USUAL_REPUTATION.maxCredibility);
  const given = await reputation.connect(rater).rate(session, score, { gasLimit: RATE_GAS });
  await given.wait();
}

/** As `RatingStage.settled`: vehicle (160 bits), pile (32), serial (56), credibility (8). */
export function sessionIdOf(
  vehicle: string,
  pile: number,
  serial: number,
  credibility: number,
): string {
  const packed =
    (BigInt(vehicle) << 96n) |
    (BigInt(pile) << 64n) |
    (BigInt(serial) << 8n) |
    BigInt.asUintN(8, BigInt(credibility));
  return `0x${packed.toString(16).padStart(64, "0")}`;
}

/** Exact for up to six decimals. */
function toWad(value: number): bigint {
  return BigInt(Math.round(value * 1e6)) * 10n ** 12n;
}

function fromWad(value: bigint): number {
  return Number(value) / WAD;
}
