/** Denominations and the function behind a coin. */
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { expect } from "chai";
import fc from "fast-check";
import {
  COIN_UNITS,
  coinFunction,
  coinId,
  coinUnitsDown,
  denominationsOf,
  MAX_COINS,
  MAX_EXPONENT,
  totalUnits,
  unitsOf,
} from "../../../../offchain/core/funding/coin.ts";
import { refusal } from "../../../support/primitives/draws.ts";
import { DEPOSIT_UNITS, mintOf } from "../../../support/funding/coins.ts";

describe("coins", () => {
  it("are worth a power of two of a thousandth of a token", () => {
    expect([0, 1, MAX_EXPONENT].map(unitsOf)).to.deep.equal([1_000n, 2_000n, 16_777_216_000n]);
    for (const exponent of [-1, 0.5, MAX_EXPONENT + 1, NaN]) {
      expect(refusal(() => unitsOf(exponent))).to.equal("FundingError E_FIELD");
    }
  });

  it("make up an amount by its binary digits", () => {
    expect(denominationsOf(DEPOSIT_UNITS)).to.deep.equal([3, 4, 7, 9, 11, 12, 13]);
    expect(denominationsOf(0n)).to.deep.equal([]);
  });

  it("make up every amount of whole coins, ascending, each denomination once below the largest", () => {
    const amounts = fc.bigInt(0n, 39n << BigInt(MAX_EXPONENT)).map((coins) => coins * COIN_UNITS);
    fc.assert(
      fc.property(amounts, (units) => {
        const exponents = denominationsOf(units);
        expect(totalUnits(exponents.map((exponent) => ({ exponent })))).to.equal(units);
        expect(exponents).to.deep.equal(exponents.toSorted((a, b) => a - b));
        const small = exponents.filter((exponent) => exponent < MAX_EXPONENT);
        expect(new Set(small).size).to.equal(small.length);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it("make up no part of a coin, no debt, and nothing that takes too many", () => {
    const most = unitsOf(MAX_EXPONENT) * BigInt(MAX_COINS);
    expect(denominationsOf(most)).to.have.length(MAX_COINS);
    for (const units of [1n, 999n, 1_001n, -1_000n, most + COIN_UNITS]) {
      expect(refusal(() => denominationsOf(units))).to.equal("FundingError E_AMOUNT");
    }
  });

  it("round an amount down by less than one of them", () => {
    expect([0n, 999n, 1_000n, 7_321_999n].map(coinUnitsDown)).to.deep.equal([
      0n,
      0n,
      1_000n,
      7_321_000n,
    ]);
    expect(refusal(() => coinUnitsDown(-1n))).to.equal("FundingError E_AMOUNT");
  });

  it("are the POPRF of RFC 9497 with label, epoch and denomination as its public input", () => {
    const { secret } = mintOf("spec").key;
    const serial = new Uint8Array(32).fill(7);
    const label = Buffer.from("ChargeVeil/FUND-v1/coin\0", "ascii");
    const info = new Uint8Array(Buffer.concat([label, Buffer.from([0, 0, 0x4e, 0x20, 13])]));
    expect(coinFunction(20_000, 13).evaluate(secret, serial)).to.deep.equal(
      ristretto255_oprf.poprf(info).evaluate(secret, serial),
    );
  });

  it("are of an epoch of 32 bits", () => {
    for (const epoch of [-1, 0.5, 2 ** 32]) {
      expect(refusal(() => coinFunction(epoch, 0))).to.equal("FundingError E_FIELD");
    }
  });

  it("are remembered by denomination and serial", () => {
    const coin = { epoch: 1, exponent: 2, serial: new Uint8Array(32), output: new Uint8Array(64) };
    expect(coinId(coin)).to.equal(`0x02${"00".repeat(32)}`);
    expect(coinId({ ...coin, exponent: 3 })).not.to.equal(coinId(coin));
  });
});
