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
  EMPTY_BOOK,
  exchangeCoins,
  generateMintKey,
  issueCoins,
  owedUnits,
  publishMint,
  redeemCoins,
} from "../../../../offchain/core/funding/mint.ts";
import { acceptCoins, askForCoins } from "../../../../offchain/core/funding/purse.ts";
import { counterRng, refusal, underNodeEnv } from "../../../support/primitives/draws.ts";
import {
  bought,
  DEPOSIT_UNITS,
  EPOCH,
  mintOf,
  paid,
  type Till,
} from "../../../support/funding/coins.ts";

describe("the mint", () => {
  const mint = mintOf("books");
  const rng = counterRng("books");

  it("owes what it issued until it comes back", () => {
    const { book, coins } = bought(mint, DEPOSIT_UNITS, rng);
    expect(owedUnits(book)).to.equal(DEPOSIT_UNITS);
    const redeemed = redeemCoins(mint, book, coinsToBytes(coins));
    expect(redeemed.units).to.equal(DEPOSIT_UNITS);
    expect(owedUnits(redeemed.book)).to.equal(0n);
    expect(owedUnits(book), "the book before").to.equal(DEPOSIT_UNITS);
  });

  it("issues what was paid, rounded down to whole coins, neither more nor less", () => {
    const asking = (units: bigint, paidUnits: bigint): string => {
      const { request } = askForCoins(publishMint(mint), units, rng);
      return refusal(() => issueCoins(mint, EMPTY_BOOK, request, paidUnits, rng));
    };
    expect(asking(7_321_000n, 7_321_999n)).to.equal("accepted");
    expect(asking(7_322_000n, 7_321_999n)).to.equal("FundingError E_AMOUNT");
    expect(asking(7_320_000n, 7_321_999n)).to.equal("FundingError E_AMOUNT");
    expect(asking(0n, -1n)).to.equal("FundingError E_AMOUNT");
  });

  it("takes an amount and gives the rest back in new coins", () => {
    const before = bought(mint, DEPOSIT_UNITS, rng);
    const after = paid(mint, before, 9_000_000n, rng);
    expect(totalUnits(after.coins)).to.equal(6_000_000n);
    expect(owedUnits(after.book)).to.equal(6_000_000n);
    const last = redeemCoins(mint, after.book, coinsToBytes(after.coins));
    expect(last.units).to.equal(6_000_000n);
  });

  it("renews small coins to large ones for nothing", () => {
    const halves = [1, 2].reduce<Till>(
      (till) => {
        const more = bought(mint, 4_000n, rng, till.book);
        return { book: more.book, coins: [...till.coins, ...more.coins] };
      },
      { book: EMPTY_BOOK, coins: [] },
    );
    const { request, pending } = askForCoins(publishMint(mint), 8_000n, rng);
    const payment = { coins: coinsToBytes(halves.coins), change: request };
    const { answer, book } = exchangeCoins(mint, halves.book, payment, 0n, rng);
    expect(acceptCoins(pending, answer).map(({ exponent }) => exponent)).to.deep.equal([3]);
    expect(owedUnits(book)).to.equal(8_000n);
  });

  it("gives no change beyond what the coins are worth", () => {
    const { book, coins } = bought(mint, 8_000n, rng);
    const exchange = (change: bigint, amount: bigint): string => {
      const { request } = askForCoins(publishMint(mint), change, rng);
      const payment = { coins: coinsToBytes(coins), change: request };
      return refusal(() => exchangeCoins(mint, book, payment, amount, rng));
    };
    expect(exchange(3_000n, 5_000n)).to.equal("accepted");
    expect(exchange(4_000n, 5_000n)).to.equal("FundingError E_AMOUNT");
    expect(exchange(2_000n, 5_000n)).to.equal("FundingError E_AMOUNT");
    expect(exchange(9_000n, -1_000n)).to.equal("FundingError E_AMOUNT");
  });

  it("takes all coins of a set, or none if one is bad", () => {
    const { book, coins } = bought(mint, DEPOSIT_UNITS, rng);
    const bad = coins.map((coin, i) => {
      return i === coins.length - 1 ? { ...coin, output: new Uint8Array(64) } : coin;
    });
    expect(refusal(() => redeemCoins(mint, book, coinsToBytes(bad)))).to.equal(
      "FundingError E_COIN",
    );
    expect(redeemCoins(mint, book, coinsToBytes(coins)).units).to.equal(DEPOSIT_UNITS);
  });

  it("issues in one epoch, takes those of the last, and lets older ones lapse", () => {
    const { book, coins } = bought(mint, 8_000n, rng);
    const [next, late] = [1, 2].map((later) => ({ ...mint, epoch: EPOCH + later }));
    if (next === undefined || late === undefined) throw new Error("expected two epochs");
    const { request } = askForCoins(publishMint(mint), 8_000n, rng);
    expect(refusal(() => issueCoins(next, book, request, 8_000n, rng))).to.equal(
      "FundingError E_EPOCH",
    );
    const early = { ...mint, epoch: EPOCH - 1 };
    expect(redeemCoins(next, book, coinsToBytes(coins)).units).to.equal(8_000n);
    for (const other of [late, early]) {
      expect(refusal(() => redeemCoins(other, book, coinsToBytes(coins)))).to.equal(
        "FundingError E_EPOCH",
      );
    }
    expect(closePages(next, book)).to.deep.equal({ lapsedUnits: 0n, book });
    expect(closePages(late, book)).to.deep.equal({ lapsedUnits: 8_000n, book: EMPTY_BOOK });
  });

  it("owes at any time what holders have, whatever they do", () => {
    const amount = fc.bigInt(0n, 40_000n).map((coins) => coins * 1_000n);
    const steps = fc.array(fc.record({ pays: fc.boolean(), amount }), { maxLength: 6 });
    const draws = counterRng("conservation");
    fc.assert(
      fc.property(steps, (run) => {
        let till: Till = { book: EMPTY_BOOK, coins: [] };
        let [moneyIn, moneyOut] = [0n, 0n];
        for (const step of run) {
          const has = totalUnits(till.coins);
          if (step.pays && step.amount <= has) {
            till = paid(mint, till, step.amount, draws);
            moneyOut += step.amount;
          } else {
            const more = bought(mint, step.amount, draws, till.book);
            till = { book: more.book, coins: [...till.coins, ...more.coins] };
            moneyIn += step.amount;
          }
          expect(owedUnits(till.book)).to.equal(moneyIn - moneyOut);
          expect(totalUnits(till.coins)).to.equal(moneyIn - moneyOut);
        }
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it("gives one proof a denomination, however many coins", () => {
    const most = 3n * 16_777_216_000n;
    const { request, pending } = askForCoins(publishMint(mint), most, rng);
    const { answer } = issueCoins(mint, EMPTY_BOOK, request, most, rng);
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
      () => issueCoins(mint, EMPTY_BOOK, request, 8_000n, rng),
      () => askForCoins(publishMint(mint), 8_000n, rng),
    ];
    const refused = await underNodeEnv("production", () => tries.map(refusal));
    expect(refused).to.deep.equal(tries.map(() => "RandomError E_RNG_DETERMINISTIC"));
  });

  it("computes from the coin in clear what the holder got blindly", () => {
    const { coins } = bought(mint, 5_000n, rng);
    for (const { epoch, exponent, serial, output } of coins) {
      expect(coinFunction(epoch, exponent).evaluate(mint.key.secret, serial)).to.deep.equal(output);
    }
  });
});
