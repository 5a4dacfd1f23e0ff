/**
 * RFC 9497 (POPRF, ristretto255): coins. The official vectors have a public input and a key of
 * their own, which no coin has; so they check a second writing of the RFC, and that one checks the
 * mint and the purse.
 */
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { expect } from "chai";
import { z } from "zod";
import type { Coin } from "../../../offchain/core/funding/coin.ts";
import {
  answerFromBytes,
  coinsToBytes,
  requestFromBytes,
  requestToBytes,
} from "../../../offchain/core/funding/formats.ts";
import { redeemCoins, signCoins } from "../../../offchain/core/funding/mint.ts";
import { memoryMintBook } from "../../../offchain/core/funding/mintBook.ts";
import { acceptCoins, askForCoins } from "../../../offchain/core/funding/purse.ts";
import { bigintToBytes, concatBytes } from "../../../offchain/core/primitives/bytes.ts";
import { EPOCH, mintOf } from "../../support/funding/coins.ts";
import { counterRng } from "../../support/primitives/draws.ts";
import { bytesShape, officialOrSkip } from "../../support/vectors/official.ts";
import {
  blindedElement,
  blindEvaluated,
  deriveSecret,
  evaluatedDirectly,
  finalized,
  isProof,
  proofOf,
  publicKeyOf,
} from "../../support/vectors/referencePoprf.ts";

const listShape = z.string().transform((list) => list.split(",").map((part) => fromHex(part)));
const suiteShape = z.object({
  identifier: z.string(),
  mode: z.number(),
  seed: bytesShape,
  keyInfo: bytesShape.optional(),
  skSm: bytesShape,
  pkSm: bytesShape.optional(),
  vectors: z.array(
    z.object({
      Info: bytesShape.optional(),
      Input: listShape,
      Blind: listShape,
      BlindedElement: listShape,
      EvaluationElement: listShape,
      Output: listShape,
      Proof: z.object({ proof: bytesShape, r: bytesShape }).optional(),
    }),
  ),
});
type Suite = z.infer<typeof suiteShape>;
type Vector = Suite["vectors"][number];

/** 1 + 2 + 16 of the smallest coins: three denominations. */
const AMOUNT_UNITS = 19_000n;

describe("RFC 9497, POPRF over ristretto255", () => {
  let suite: Suite;
  before(function () {
    const suites = officialOrSkip(this)("rfc9497-voprf.json", z.array(suiteShape));
    const found = suites.find((one) => one.identifier === "ristretto255-SHA512" && one.mode === 2);
    if (found === undefined) throw new RangeError("expected vectors of the POPRF");
    suite = found;
  });

  it("has three vectors, of one input and of two", () => {
    expect(suite.vectors.map(({ Input }) => Input.length)).to.deep.equal([1, 1, 2]);
  });

  it("is what the second writing computes: keys, elements, proofs and outputs", () => {
    const secret = deriveSecret(suite.seed, suite.keyInfo ?? new Uint8Array());
    expect(secret).to.deep.equal(suite.skSm);
    expect(publicKeyOf(secret)).to.deep.equal(suite.pkSm);
    for (const vector of suite.vectors) {
      const { Info: info = new Uint8Array(), Input, Blind, Output, Proof } = vector;
      const blinded = Input.map((input, i) => blindedElement(input, at(Blind, i)));
      expect(blinded).to.deep.equal(vector.BlindedElement);
      const evaluated = blinded.map((element) => blindEvaluated(secret, info, element));
      expect(evaluated).to.deep.equal(vector.EvaluationElement);
      const nonce = Proof?.r ?? new Uint8Array();
      expect(proofOf(secret, info, batchOf(vector), nonce)).to.deep.equal(Proof?.proof);
      const outputs = Input.map((input, i) => {
        return finalized(input, at(Blind, i), at(evaluated, i), info);
      });
      expect(outputs).to.deep.equal(Output);
      expect(Input.map((input) => evaluatedDirectly(secret, info, input))).to.deep.equal(Output);
    }
  });

  it("is the function of the library behind coins, which refuses an altered proof", () => {
    for (const vector of suite.vectors) {
      const { Info = new Uint8Array(), Input, Blind, Output, Proof } = vector;
      const poprf = ristretto255_oprf.poprf(Info);
      expect(Input.map((input) => poprf.evaluate(suite.skSm, input))).to.deep.equal(Output);
      const { tweakedKey } = poprf.blind(at(Input, 0), suite.pkSm ?? new Uint8Array());
      const items = batchOf(vector).map((item, i) => {
        return { ...item, input: at(Input, i), blind: at(Blind, i) };
      });
      const proof = Proof?.proof ?? new Uint8Array();
      expect(poprf.finalizeBatch(items, proof, tweakedKey)).to.deep.equal(Output);
      const altered = proof.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
      expect(() => poprf.finalizeBatch(items, altered, tweakedKey)).to.throw();
    }
  });
});

describe("coins, by the second writing of RFC 9497", () => {
  const mint = mintOf("official");
  const { secret, publicKey } = mint.key;

  it("come from a key that the RFC derives", () => {
    const seed = counterRng("mint official").bytes(32);
    const label = new TextEncoder().encode("ChargeVeil/FUND-v1/mint");
    expect(deriveSecret(seed, label)).to.deep.equal(secret);
    expect(publicKeyOf(secret)).to.deep.equal(publicKey);
  });

  it("are what the RFC makes of their serials, and their proofs hold", () => {
    const rng = counterRng("official coins");
    const { request, pending } = askForCoins({ publicKey, epoch: EPOCH }, AMOUNT_UNITS, rng);
    const { answer } = signCoins(mint, request, AMOUNT_UNITS, rng);
    const coins = acceptCoins(pending, answer);
    const asked = requestFromBytes(request).coins;
    const { evaluated, proofs } = answerFromBytes(
      answer,
      asked.map(({ exponent }) => exponent),
    );
    expect(coins.map(({ exponent }) => exponent)).to.deep.equal([0, 1, 4]);
    for (const [i, { exponent, serial, output }] of coins.entries()) {
      const info = infoOf(exponent);
      const { blinded } = at(asked, i);
      expect(output).to.deep.equal(evaluatedDirectly(secret, info, serial));
      expect(at(evaluated, i)).to.deep.equal(blindEvaluated(secret, info, blinded));
      const batch = [{ blinded, evaluated: at(evaluated, i) }];
      expect(isProof(publicKey, info, batch, at(proofs, i))).to.equal(true);
      expect(isProof(publicKey, infoOf(exponent + 1), batch, at(proofs, i))).to.equal(false);
    }
  });

  it("are taken from a holder who has only read the RFC", async () => {
    const [serial, blind] = [counterRng("serial").bytes(32), deriveSecret(secret, infoOf(0))];
    const blinded = blindedElement(serial, blind);
    const request = requestToBytes({ epoch: EPOCH, coins: [{ exponent: 3, blinded }] });
    const { answer } = signCoins(mint, request, 8_000n, counterRng("answer"));
    const { evaluated } = answerFromBytes(answer, [3]);
    const output = finalized(serial, blind, at(evaluated, 0), infoOf(3));
    const coin: Coin = { epoch: EPOCH, exponent: 3, serial, output };
    const worth = await redeemCoins(mint, memoryMintBook(), coinsToBytes([coin]));
    expect(worth).to.equal(8_000n);
  });
});

/** The public input of a coin: label ‖ 0x00 ‖ u32 epoch ‖ u8 exponent. */
function infoOf(exponent: number): Uint8Array {
  const label = new TextEncoder().encode("ChargeVeil/FUND-v1/coin\0");
  return concatBytes(label, bigintToBytes(BigInt(EPOCH), 4), Uint8Array.of(exponent));
}

function batchOf({ BlindedElement, EvaluationElement }: Vector) {
  return BlindedElement.map((blinded, i) => ({ blinded, evaluated: at(EvaluationElement, i) }));
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function at<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`expected an index below ${list.length}`);
  return element;
}
