/** Frozen coins: a mint's key, a request, its answer, and the coins that it makes. */
import { coinId } from "../../../../offchain/core/funding/coin.ts";
import { coinsToBytes, parametersToBytes } from "../../../../offchain/core/funding/formats.ts";
import { generateMintKey, publishMint, signCoins } from "../../../../offchain/core/funding/mint.ts";
import { acceptCoins, askForCoins } from "../../../../offchain/core/funding/purse.ts";
import { EPOCH } from "../../funding/coins.ts";
import { DRAWS, drawsOf, type FrozenFile, hex, hexed } from "./form.ts";

/** 1 + 2 + 16 of the smallest coins. */
const AMOUNT_UNITS = 19_000n;

export function coinVectors(): FrozenFile {
  const mint = { key: generateMintKey(drawsOf("mint")), epoch: EPOCH };
  const published = publishMint(mint);
  const { request, pending } = askForCoins(published, AMOUNT_UNITS, drawsOf("request for coins"));
  const { answer } = signCoins(mint, request, AMOUNT_UNITS, drawsOf("answer with coins"));
  const coins = acceptCoins(pending, answer);
  return {
    what: "Coins of 19,000 units in three denominations: the mint's parameters, a request with what the holder keeps, the answer with its proofs, and the coins as they are paid.",
    draws: `${DRAWS} Labels: frozen/mint, request for coins, answer with coins.`,
    epoch: EPOCH,
    units: String(AMOUNT_UNITS),
    ...hexed({
      mintSecret: mint.key.secret,
      mintKey: mint.key.publicKey,
      parameters: parametersToBytes(published),
      request,
      answer,
      coins: coinsToBytes(coins),
    }),
    kept: pending.coins.map(({ exponent, ...secrets }) => ({ exponent, ...hexed({ ...secrets }) })),
    outputs: coins.map(({ output }) => hex(output)),
    coinIds: coins.map(coinId),
  };
}
