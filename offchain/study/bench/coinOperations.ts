/**
 * The operations of blind coins: what a vehicle and the cashier compute for the amount of a typical
 * deposit. The limit is the multiplications of ristretto255 that an operation consists of, bare, by
 * the same library.
 */
import { ristretto255_hasher } from "@noble/curves/ed25519.js";
import { denominationsOf, type Coin } from "../../core/funding/coin.ts";
import { coinsToBytes } from "../../core/funding/formats.ts";
import {
  generateMintKey,
  publishMint,
  redeemCoins,
  signCoins,
  type Mint,
} from "../../core/funding/mint.ts";
import { memoryMintBook } from "../../core/funding/mintBook.ts";
import { acceptCoins, askForCoins } from "../../core/funding/purse.ts";
import { randomBytesOf, type Rng } from "../../core/primitives/random.ts";
import { sideOf } from "./measure.ts";
import { sized, type SizedOperation } from "./sizedOperation.ts";
import type { Part } from "./yardsticks.ts";

/** 15 tokens: seven coins of as many denominations. */
const AMOUNT_UNITS = 15_000_000n;
const EPOCH = 20_000;

/** Everything that a coin goes through, as operations without a peer. */
export function coinOperations(rng: Rng): readonly SizedOperation[] {
  const mint: Mint = { key: generateMintKey(rng), epoch: EPOCH };
  const coins = denominationsOf(AMOUNT_UNITS).length;
  const asked = askForCoins(publishMint(mint), AMOUNT_UNITS, rng);
  const issue = (request: Uint8Array): Uint8Array =>
    signCoins(mint, request, AMOUNT_UNITS, rng).answer;
  const answer = issue(asked.request);
  const paid = coinsToBytes(acceptCoins(asked.pending, answer));
  return [
    sized(asked.request.length, {
      name: "ask for coins",
      how: "seven, of seven denominations",
      unavoidable: "two multiplications a coin",
      inputs: [AMOUNT_UNITS],
      ours: (units) => askForCoins(publishMint(mint), units, rng),
      right: ({ pending }) => pending.coins.length === coins,
      limit: () => [multiplications(2 * coins, rng)],
    }),
    sized(answer.length, {
      name: "issue coins",
      how: "evaluated blind, with a proof a denomination",
      unavoidable: "six multiplications a coin",
      inputs: [asked.request],
      ours: issue,
      right: (bytes) => bytes.length === answer.length,
      limit: () => [multiplications(6 * coins, rng)],
    }),
    sized(paid.length, {
      name: "accept coins",
      how: "proofs checked, unblinded",
      unavoidable: "seven multiplications a coin",
      inputs: [answer],
      ours: (bytes): readonly Coin[] => acceptCoins(asked.pending, bytes),
      right: (accepted) => accepted.length === coins,
      limit: () => [multiplications(7 * coins, rng)],
    }),
    sized(null, {
      name: "redeem coins",
      how: "evaluated again and compared, all or none",
      unavoidable: "a multiplication a coin",
      inputs: [paid],
      ours: (bytes) => redeemCoins(mint, memoryMintBook(), bytes),
      right: (units) => units === AMOUNT_UNITS,
      limit: () => [multiplications(coins, rng)],
    }),
  ];
}

/** By a secret scalar, of a point without a table. */
function multiplications(times: number, rng: Rng): Part {
  const point = ristretto255_hasher.hashToCurve(randomBytesOf(rng, 32));
  const scalar = ristretto255_hasher.hashToScalar(randomBytesOf(rng, 64));
  return { times, side: sideOf(() => point.multiply(scalar)) };
}
