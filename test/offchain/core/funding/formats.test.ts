/** What the two sides send: one length each, and every field checked. */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { expect } from "chai";
import type { Coin } from "../../../../offchain/core/funding/coin.ts";
import {
  answerFromBytes,
  answerToBytes,
  coinsFromBytes,
  coinsToBytes,
  parametersFromBytes,
  parametersToBytes,
  requestFromBytes,
  requestToBytes,
} from "../../../../offchain/core/funding/formats.ts";
import { concatBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const [G, TWO_G] = [1n, 2n].map((k) => ristretto255.Point.BASE.multiply(k).toBytes());
const POINT = new Uint8Array(G ?? []);
const OTHER = new Uint8Array(TWO_G ?? []);
const IDENTITY = new Uint8Array(32);
/** Above the field's order, and odd: no encoding. */
const NO_POINT = new Uint8Array(32).fill(0xff);

const COIN: Coin = {
  epoch: 20_000,
  exponent: 13,
  serial: new Uint8Array(32).fill(1),
  output: new Uint8Array(64).fill(2),
};
const REQUEST = {
  epoch: 20_000,
  coins: [
    { exponent: 3, blinded: POINT },
    { exponent: 3, blinded: OTHER },
    { exponent: 24, blinded: POINT },
  ],
};

describe("formats of coins", () => {
  it("come back as they were", () => {
    const parameters = { publicKey: POINT, epoch: 20_000 };
    expect(parametersFromBytes(parametersToBytes(parameters))).to.deep.equal(parameters);
    expect(requestFromBytes(requestToBytes(REQUEST))).to.deep.equal(REQUEST);
    const answer = { evaluated: [POINT, OTHER, POINT], proofs: [new Uint8Array(64), COIN.output] };
    expect(answerFromBytes(answerToBytes(answer), [3, 3, 24])).to.deep.equal(answer);
    const coins = [COIN, { ...COIN, exponent: 0 }];
    expect(coinsFromBytes(coinsToBytes(coins))).to.deep.equal(coins);
  });

  it("have the sizes of the specification", () => {
    expect(parametersToBytes({ publicKey: POINT, epoch: 1 })).to.have.length(36);
    expect(requestToBytes(REQUEST)).to.have.length(6 + 33 * 3);
    expect(coinsToBytes([COIN, COIN])).to.have.length(2 + 101 * 2);
  });

  const readers: Readonly<Record<string, readonly [Uint8Array, (bytes: Uint8Array) => unknown]>> = {
    parameters: [parametersToBytes({ publicKey: POINT, epoch: 1 }), parametersFromBytes],
    "a request": [requestToBytes(REQUEST), requestFromBytes],
    "an answer": [
      answerToBytes({ evaluated: [POINT], proofs: [COIN.output] }),
      (bytes) => answerFromBytes(bytes, [3]),
    ],
    coins: [coinsToBytes([COIN]), coinsFromBytes],
  };
  for (const [what, [bytes, read]] of Object.entries(readers)) {
    it(`of ${what} have one length`, () => {
      expect(refusal(() => read(bytes))).to.equal("accepted");
      const others = [
        bytes.subarray(0, -1),
        concatBytes(bytes, Uint8Array.of(0)),
        new Uint8Array(),
      ];
      for (const other of others)
        expect(refusal(() => read(other))).to.equal("FundingError E_LENGTH");
    });
  }

  it("take elements in their one encoding, other than the identity", () => {
    for (const point of [IDENTITY, NO_POINT]) {
      const coins = [{ exponent: 3, blinded: point }];
      const tries = [
        () => parametersFromBytes(parametersToBytes({ publicKey: point, epoch: 1 })),
        () => requestFromBytes(requestToBytes({ epoch: 1, coins })),
        () => answerFromBytes(concatBytes(point, COIN.output), [3]),
      ];
      for (const attempt of tries) expect(refusal(attempt)).to.equal("FundingError E_POINT");
    }
  });

  it("take denominations of the range, in order, and at most 64 coins", () => {
    const asking = (...exponents: readonly number[]): string =>
      refusal(() => {
        const coins = exponents.map((exponent) => ({ exponent, blinded: POINT }));
        return requestFromBytes(requestToBytes({ epoch: 1, coins }));
      });
    expect(asking(25)).to.equal("FundingError E_FIELD");
    expect(asking(4, 3)).to.equal("FundingError E_ORDER");
    expect(asking(...Array.from({ length: 64 }, () => 24))).to.equal("accepted");
    expect(asking(...Array.from({ length: 65 }, () => 24))).to.equal("FundingError E_FIELD");
    const large = coinsToBytes([{ ...COIN, exponent: 25 }]);
    expect(refusal(() => coinsFromBytes(large))).to.equal("FundingError E_FIELD");
  });
});
