/** The vehicle's coins: asking, believing, choosing. */
import { expect } from "chai";
import fc from "fast-check";
import { type Coin, totalUnits } from "../../../../offchain/core/funding/coin.ts";
import { publishMint, signCoins } from "../../../../offchain/core/funding/mint.ts";
import {
  acceptCoins,
  askForCoins,
  chooseCoins,
  usableCoins,
} from "../../../../offchain/core/funding/purse.ts";
import { counterRng, refusal } from "../../../support/primitives/draws.ts";
import { DEPOSIT_UNITS, mintOf } from "../../../support/funding/coins.ts";

describe("the purse", () => {
  const mint = mintOf("purse");
  const rng = counterRng("purse");

  it("never asks with the same bytes twice", () => {
    const requests = [1, 2].map(() => askForCoins(publishMint(mint), 1_000n, rng));
    const [one, two] = requests.map(({ request }) => String(request));
    expect(one).not.to.equal(two);
  });

  it("asks for nothing where there is no change", () => {
    const { request, pending } = askForCoins(publishMint(mint), 0n, rng);
    const { answer } = signCoins(mint, request, 0n, rng);
    expect(acceptCoins(pending, answer)).to.deep.equal([]);
  });

  it("believes an answer with every proof and no other, whichever byte is changed", () => {
    const { request, pending } = askForCoins(publishMint(mint), 3_000n, rng);
    const { answer } = signCoins(mint, request, 3_000n, rng);
    expect(totalUnits(acceptCoins(pending, answer))).to.equal(3_000n);
    for (let at = 0; at < answer.length; at += 5) {
      const changed = answer.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(
        refusal(() => acceptCoins(pending, changed)),
        `byte ${at}`,
      ).to.match(/^FundingError E_(POINT|PROOF)$/);
    }
  });

  it("refuses the answer to another request", () => {
    const [one, two] = [1, 2].map(() => askForCoins(publishMint(mint), DEPOSIT_UNITS, rng));
    if (one === undefined || two === undefined) throw new Error("expected two requests");
    const { answer } = signCoins(mint, two.request, DEPOSIT_UNITS, rng);
    expect(refusal(() => acceptCoins(one.pending, answer))).to.equal("FundingError E_PROOF");
  });

  it("knows which of its coins are taken in an epoch", () => {
    const coins = [3, 4, 5, 6].map((epoch) => ({ ...coinOf(0), epoch }));
    const usable = usableCoins(coins, { ...publishMint(mint), epoch: 5 });
    expect(usable.map(({ epoch }) => epoch)).to.deep.equal([4, 5]);
  });

  it("pays with its largest coins, as few as reach the amount", () => {
    const coins = [0, 3, 4, 4, 13].map(coinOf);
    const chosen = (units: bigint): unknown => {
      const { paid, kept, changeUnits } = chooseCoins(coins, units);
      return [paid, kept]
        .map((list) => list.map(({ exponent }) => exponent))
        .concat([[Number(changeUnits)]]);
    };
    expect(chosen(0n)).to.deep.equal([[], [13, 4, 4, 3, 0], [0]]);
    expect(chosen(8_192_000n)).to.deep.equal([[13], [4, 4, 3, 0], [0]]);
    expect(chosen(8_200_000n)).to.deep.equal([[13, 4], [4, 3, 0], [8_000]]);
    expect(chosen(8_233_000n)).to.deep.equal([[13, 4, 4, 3, 0], [], [0]]);
  });

  it("pays every amount that it has, and no other", () => {
    const purses = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 20 });
    fc.assert(
      fc.property(purses, fc.double({ min: 0, max: 1, noNaN: true }), (exponents, share) => {
        const coins = exponents.map(coinOf);
        const has = totalUnits(coins);
        const units = BigInt(Math.floor(Number(has / 1_000n) * share)) * 1_000n;
        const { paid, kept, changeUnits } = chooseCoins(coins, units);
        expect(totalUnits(paid)).to.equal(units + changeUnits);
        expect(totalUnits(paid) + totalUnits(kept)).to.equal(has);
        expect(totalUnits(paid.slice(0, -1)) < units || units === 0n).to.equal(true);
        for (const beyond of [has + 1_000n, -1_000n]) {
          expect(refusal(() => chooseCoins(coins, beyond))).to.equal("FundingError E_AMOUNT");
        }
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

function coinOf(exponent: number): Coin {
  return { epoch: 1, exponent, serial: new Uint8Array(32), output: new Uint8Array(64) };
}
