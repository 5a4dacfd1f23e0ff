import { expect } from "chai";
import { offerLayout, requestLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../../../offchain/core/messages/records.ts";
import type { Ciphertext } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { openRecords } from "../../../../offchain/parties/cloud/opening.ts";
import { maskRecords, summandsFromMasks } from "../../../../offchain/parties/proxy/masking.ts";
import {
  bidOf,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
} from "../../../support/matching/crowdRound.ts";
import { expectUniform } from "../../../support/primitives/twoParties.ts";
import { counterRng, refusal, underNodeEnv } from "../../../support/primitives/draws.ts";

const { privateKey, roundKey } = dealtKey();
const { shortKey } = roundKey;
const { n, nSquared } = privateKey.publicKey;
const [REQUEST, OFFER] = [requestLayout(2), offerLayout(2)];

describe("the proxy's masks", () => {
  let request: Ciphertext;
  let offer: Ciphertext;

  before(async () => {
    request = (await requestOf(await person("vehicle"))).record;
    offer = (await bidOf(await person("pile"))).upload.record;
  });

  it("leave each field as the sum of what the cloud opens and what the proxy has", () => {
    const rng = counterRng("masks");
    const requests = maskRecords(shortKey, REQUEST, [request], rng);
    const offers = maskRecords(shortKey, OFFER, [offer], rng);
    const summands = summandsFromMasks(requests, offers);
    const sums = (
      layout: readonly number[],
      masked: Ciphertext | undefined,
      mine: readonly bigint[] | undefined,
    ): readonly bigint[] => {
      const [opened] = openRecords(privateKey, layout, masked === undefined ? [] : [masked]);
      return (opened ?? []).map((value, k) => value + (mine?.[k] ?? 0n));
    };
    expect(sums(REQUEST, requests[0]?.masked, summands.requests[0])).to.deep.equal(
      requestFields(CLEAR_REQUEST),
    );
    expect(sums(OFFER, offers[0]?.masked, summands.offers[0])).to.deep.equal(
      offerFields(CLEAR_OFFER),
    );
  });

  it("make what the cloud opens uniform, whatever is in the record", () => {
    const rng = counterRng("uniform masks");
    const records = Array.from({ length: 60 }, () => offer);
    const masked = maskRecords(shortKey, OFFER, records, rng).map((one) => one.masked);
    const words = openRecords(privateKey, OFFER, masked).flatMap((fields) =>
      fields.map((field) => Number(BigInt.asUintN(32, field))),
    );
    expectUniform(words, expect);
  });

  it("are other ones every time, and so are the ciphertexts", () => {
    const twice = [request, request, request];
    const masked = maskRecords(shortKey, REQUEST, twice, counterRng("every time"));
    const all = masked.flatMap(({ masks, masked: { value } }) => [...masks, value]);
    expect(new Set(all).size).to.equal(3 * (REQUEST.length + 1));
  });

  it("do not tell by themselves which upload a masked record was", () => {
    const [one] = maskRecords(shortKey, REQUEST, [request], counterRng("which"));
    const offsets = REQUEST.map((_, k) =>
      REQUEST.slice(0, k).reduce((sum, bits) => sum + bits + 82, 0),
    );
    const plaintext = (one?.masks ?? []).reduce(
      (sum, mask, k) => sum + (mask << BigInt(offsets[k] ?? 0)),
      0n,
    );
    const unmasked = (request.value * (1n + plaintext * n)) % nSquared;
    expect(one?.masked.value).not.to.equal(unmasked);
  });

  it("are drawn from no repeatable generator outside tests", async () => {
    const draw = (): readonly string[] => [
      refusal(() => maskRecords(shortKey, REQUEST, [request], counterRng("repeatable"))),
    ];
    expect(await underNodeEnv("production", draw)).to.deep.equal([
      "RandomError E_RNG_DETERMINISTIC",
    ]);
  });
});
