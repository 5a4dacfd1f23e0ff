/** The cashier's books: what is issued, taken and owed. */
import { expect } from "chai";
import fc from "fast-check";
import {
  coinFunction,
  denominationsOf,
  totalUnits,
} from "../../../../offchain/core/funding/coin.ts";
import { coinsToBytes } from "../../../../offchain/core/funding/formats.ts";
import {
  closePages,
  exchangeCoins,
  generateMintKey,
  publishMint,
  redeemCoins,
  signCoins,
} from "../../../../offchain/core/funding/mint.ts";
import { memoryMintBook } from "../../../../offchain/core/funding/mintBook.ts";
import { acceptCoins, askForCoins } from "../../../../offchain/core/funding/purse.ts";
import {
  asyncRefusal,
  counterRng,
  refusal,
  underNodeEnv,
} from "../../../support/primitives/draws.ts";
import {
  bought,
  coinsOf,
  DEPOSIT_UNITS,
  EPOCH,
  mintOf,
  paid,
  type Till,
} from "../../../support/funding/coins.ts";
import { runs } from "../../../support/runs.ts";

describe("the mint", () => {
  const mint = mintOf("books");
  const rng = counterRng("books");

  it("owes what it issued until it comes back", async () => {
    const { book, coins } = await bought(mint, DEPOSIT_UNITS, rng);
    expect(await book.owedUnits()).to.equal(DEPOSIT_UNITS);
    expect(await redeemCoins(mint, book, coinsToBytes(coins))).to.equal(DEPOSIT_UNITS);
    expect(await book.owedUnits()).to.equal(0n);
  });

  it("issues what was paid, rounded down to whole coins, neither more nor less", () => {
    const asking = (units: bigint, paidUnits: bigint): string => {
      const { request } = askForCoins(publishMint(mint), units, rng);
      return refusal(() => signCoins(mint, request, paidUnits, rng));
    };
    expect(asking(7_321_000n, 7_321_999n)).to.equal("accepted");
    expect(asking(7_322_000n, 7_321_999n)).to.equal("FundingError E_AMOUNT");
    expect(asking(7_320_000n, 7_321_999n)).to.equal("FundingError E_AMOUNT");
    expect(asking(0n, -1n)).to.equal("FundingError E_AMOUNT");
  });

  it("takes an amount and gives the rest back in new coins", async () => {
    const before = await bought(mint, DEPOSIT_UNITS, rng);
    const after = await paid(mint, before, 9_000_000n, rng);
    expect(totalUnits(after.coins)).to.equal(6_000_000n);
    expect(await after.book.owedUnits()).to.equal(6_000_000n);
    const last = await redeemCoins(mint, after.book, coinsToBytes(after.coins));
    expect(last).to.equal(6_000_000n);
  });

  it("renews small coins to large ones for nothing", async () => {
    const book = memoryMintBook();
    const halves = [await bought(mint, 4_000n, rng, book), await bought(mint, 4_000n, rng, book)];
    const coins = halves.flatMap((half) => half.coins);
    const { request, pending } = askForCoins(publishMint(mint), 8_000n, rng);
    const payment = { coins: coinsToBytes(coins), change: request };
    const answer = await exchangeCoins(mint, book, payment, 0n, rng);
    expect(acceptCoins(pending, answer).map(({ exponent }) => exponent)).to.deep.equal([3]);
    expect(await book.owedUnits()).to.equal(8_000n);
  });

  it("gives no change beyond what the coins are worth", async () => {
    const { book, coins } = await bought(mint, 8_000n, rng);
    const exchange = (change: bigint, amount: bigint): Promise<string> => {
      const { request } = askForCoins(publishMint(mint), change, rng);
      const payment = { coins: coinsToBytes(coins), change: request };
      return asyncRefusal(() => exchangeCoins(mint, book, payment, amount, rng));
    };
    expect(await exchange(4_000n, 5_000n)).to.equal("FundingError E_AMOUNT");
    expect(await exchange(2_000n, 5_000n)).to.equal("FundingError E_AMOUNT");
    expect(await exchange(9_000n, -1_000n)).to.equal("FundingError E_AMOUNT");
    // What was refused has taken nothing.
    expect(await exchange(3_000n, 5_000n)).to.equal("accepted");
  });

  it("takes all coins of a set, or none if one is bad", async () => {
    const { book, coins } = await bought(mint, DEPOSIT_UNITS, rng);
    const bad = coins.map((coin, i) => {
      return i === coins.length - 1 ? { ...coin, output: new Uint8Array(64) } : coin;
    });
    expect(await asyncRefusal(() => redeemCoins(mint, book, coinsToBytes(bad)))).to.equal(
      "FundingError E_COIN",
    );
    expect(await redeemCoins(mint, book, coinsToBytes(coins))).to.equal(DEPOSIT_UNITS);
  });

  it("takes a coin for one of two payments that come at once, and nothing of the other", async () => {
    const { book, coins } = await bought(mint, 3_000n, rng);
    const [shared] = coins;
    const more = await bought(mint, 4_000n, rng, book);
    if (shared === undefined) throw new RangeError("expected a coin");
    const both = [coins, [...more.coins, shared]].map(coinsToBytes);
    const outcomes = await Promise.all(
      both.map((bytes) => asyncRefusal(() => redeemCoins(mint, book, bytes))),
    );
    expect(outcomes).to.deep.equal(["accepted", "FundingError E_SPENT"]);
    expect(await book.owedUnits()).to.equal(4_000n);
    expect(await redeemCoins(mint, book, coinsToBytes(more.coins))).to.equal(4_000n);
  });

  it("gives change to one of two exchanges of the same coins at once", async () => {
    const { book, coins } = await bought(mint, 8_000n, rng);
    const exchange = (): Promise<string> => {
      const { request } = askForCoins(publishMint(mint), 3_000n, rng);
      const payment = { coins: coinsToBytes(coins), change: request };
      return asyncRefusal(() => exchangeCoins(mint, book, payment, 5_000n, rng));
    };
    const outcomes = await Promise.all([exchange(), exchange()]);
    expect(outcomes).to.deep.equal(["accepted", "FundingError E_SPENT"]);
    expect(await book.owedUnits()).to.equal(3_000n);
  });

  it("issues in one epoch, takes those of the last, and lets older ones lapse", async () => {
    const { book, coins } = await bought(mint, 8_000n, rng);
    const [next, late] = [1, 2].map((later) => ({ ...mint, epoch: EPOCH + later }));
    if (next === undefined || late === undefined) throw new Error("expected two epochs");
    const { request } = askForCoins(publishMint(mint), 8_000n, rng);
    expect(refusal(() => signCoins(next, request, 8_000n, rng))).to.equal("FundingError E_EPOCH");
    const early = { ...mint, epoch: EPOCH - 1 };
    for (const other of [late, early]) {
      expect(await asyncRefusal(() => redeemCoins(other, book, coinsToBytes(coins)))).to.equal(
        "FundingError E_EPOCH",
      );
    }
    expect(await closePages(next, book)).to.equal(0n);
    const [one, ...rest] = coins;
    if (one === undefined) throw new RangeError("expected a coin");
    expect(await redeemCoins(next, book, coinsToBytes([one]))).to.equal(8_000n);
    expect(rest).to.deep.equal([]);
    expect(await asyncRefusal(() => bought(mint, 4_000n, rng, book))).to.equal(
      "FundingError E_EPOCH",
    );
    await bought(next, 4_000n, rng, book);
    const [after, last] = [3, 4].map((later) => ({ ...mint, epoch: EPOCH + later }));
    if (after === undefined || last === undefined) throw new Error("expected two more epochs");
    expect(await closePages(late, book)).to.equal(0n);
    expect(await asyncRefusal(() => closePages(next, book))).to.equal("FundingError E_EPOCH");
    expect(await closePages(after, book)).to.equal(4_000n);
    expect(await closePages(last, book)).to.equal(0n);
    expect(await book.owedUnits()).to.equal(0n);
  });

  it("owes at any time what holders have, whatever they do", async () => {
    const amount = fc.bigInt(0n, 40_000n).map((coins) => coins * 1_000n);
    const steps = fc.array(fc.record({ pays: fc.boolean(), amount }), { maxLength: 6 });
    const draws = counterRng("conservation");
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        let till: Till = { book: memoryMintBook(), coins: [] };
        let [moneyIn, moneyOut] = [0n, 0n];
        for (const step of run) {
          const has = totalUnits(till.coins);
          if (step.pays && step.amount <= has) {
            till = await paid(mint, till, step.amount, draws);
            moneyOut += step.amount;
          } else {
            const more = await bought(mint, step.amount, draws, till.book);
            till = { book: more.book, coins: [...till.coins, ...more.coins] };
            moneyIn += step.amount;
          }
          expect(await till.book.owedUnits()).to.equal(moneyIn - moneyOut);
          expect(totalUnits(till.coins)).to.equal(moneyIn - moneyOut);
        }
      }),
      { numRuns: runs(8, 15), seed: 5 },
    );
  });

  it("gives one proof a denomination, however many coins", () => {
    const most = 3n * 16_777_216_000n;
    const { request, pending } = askForCoins(publishMint(mint), most, rng);
    const { answer } = signCoins(mint, request, most, rng);
    expect(denominationsOf(most)).to.deep.equal([24, 24, 24]);
    expect(answer).to.have.length(3 * 32 + 64);
    const serials = acceptCoins(pending, answer).map(({ serial }) => serial);
    expect(new Set(serials.map(String)).size).to.equal(3);
  });

  it("has a key of its own from its generator, which has to be unpredictable", async () => {
    const { secret, publicKey } = mint.key;
    expect([secret.length, publicKey.length]).to.deep.equal([32, 32]);
    expect(mintOf("another").key.publicKey).not.to.deep.equal(publicKey);
    const { request } = askForCoins(publishMint(mint), 8_000n, rng);
    const tries = [
      () => generateMintKey(rng),
      () => signCoins(mint, request, 8_000n, rng),
      () => askForCoins(publishMint(mint), 8_000n, rng),
    ];
    const refused = await underNodeEnv("production", () => tries.map(refusal));
    expect(refused).to.deep.equal(tries.map(() => "RandomError E_RNG_DETERMINISTIC"));
  });

  it("computes from the coin in clear what the holder got blindly", () => {
    const coins = coinsOf(mint, 5_000n, rng);
    for (const { epoch, exponent, serial, output } of coins) {
      expect(coinFunction(epoch, exponent).evaluate(mint.key.secret, serial)).to.deep.equal(output);
    }
  });
});
