/** What the two servers see of a strict round: random words, the winners, and who was out of range. */
import { expect } from "chai";
import {
  matchInShares,
  type OfferShare,
  type RequestShare,
  type SharedMatching,
} from "../../../offchain/matching/sharedMatching.ts";
import { offerShareOf, requestShareOf } from "../../../offchain/matching/shares.ts";
import {
  drawMasks,
  offerLayout,
  packRecord,
  unpackMasked,
} from "../../../offchain/messages/packedRecord.ts";
import type { Rng } from "../../../offchain/primitives/random.ts";
import { seededRng } from "../../../offchain/simulation/seededRng.ts";
import {
  expectUniform,
  sharesOf,
  twoParties,
  type TwoParties,
} from "../primitives/sharing/twoParties.ts";

/** x, y, price, maxDistance², two bids. */
type Request = readonly bigint[];
/** x, y, price, two asks, opening. */
type Offer = readonly bigint[];

const NEAR: Request = [1_000n, 1_000n, 500_000n, 640_000n, 0n, 0n];
const CHEAP: Offer = [1_100n, 1_000n, 300_000n, 0n, 0n, 7n];

function shared<Share>(
  rng: Rng,
  records: readonly (readonly bigint[])[],
  shareOf: (summands: readonly bigint[]) => Share,
): readonly [readonly Share[], readonly Share[]] {
  const both = records.map((fields) => sharesOf(rng, fields));
  return [both.map(([mine]) => shareOf([...mine])), both.map(([, theirs]) => shareOf([...theirs]))];
}

async function match(
  parties: TwoParties,
  rng: Rng,
  requests: readonly Request[],
  offers: readonly Offer[],
): Promise<SharedMatching> {
  const [requestsOfFirst, requestsOfSecond] = shared<RequestShare>(rng, requests, requestShareOf);
  const [offersOfFirst, offersOfSecond] = shared<OfferShare>(rng, offers, offerShareOf);
  const onBuyer = (): Promise<void> => Promise.resolve();
  const [atFirst, atSecond] = await Promise.all([
    matchInShares(parties.first, { requests: requestsOfFirst, offers: offersOfFirst, onBuyer }),
    matchInShares(parties.second, { requests: requestsOfSecond, offers: offersOfSecond, onBuyer }),
  ]);
  expect(atSecond).to.deep.equal(atFirst);
  return atFirst;
}

describe("matching on shares", () => {
  it("gives both parties the same winners", async () => {
    const rng = seededRng("winners");
    const dear: Offer = [1_000n, 1_000n, 500_001n, 0n, 0n, 7n];
    const { winners } = await match(twoParties(rng), rng, [NEAR, NEAR], [dear, CHEAP]);
    expect(winners).to.deep.equal([1, null]);
  });

  it("names records out of range, whatever the field, and leaves them out", async () => {
    const limits = [16n, 16n, 24n, 34n, 24n, 24n];
    for (const [k, bits] of limits.entries()) {
      for (const value of [2n ** bits, 2n ** 63n, -1n, 2n ** 40n + 5n]) {
        const rng = seededRng(`range ${k} ${value}`);
        const wrong = NEAR.map((field, place) => (place === k ? value : field));
        const result = await match(twoParties(rng), rng, [wrong, NEAR], [CHEAP]);
        expect([...result.invalidRequests], `field ${k} of ${value}`).to.deep.equal([0]);
        expect(result.winners).to.deep.equal([null, 0]);
      }
    }
    const rng = seededRng("offer range");
    const wrong = CHEAP.map((field, place) => (place === 2 ? -1n : field));
    const result = await match(twoParties(rng), rng, [NEAR], [wrong, CHEAP]);
    expect([...result.invalidOffers]).to.deep.equal([0]);
    expect(result.winners).to.deep.equal([1]);
  });

  it("exchanges uniformly random words, whatever the records are", async () => {
    for (const [name, request] of [
      ["all zero", [0n, 0n, 0n, 0n, 0n, 0n]],
      ["ordinary", NEAR],
    ] as const) {
      const rng = seededRng(`uniform ${name}`);
      const parties = twoParties(rng);
      const offers = Array.from({ length: 40 }, () => CHEAP);
      await match(
        parties,
        rng,
        Array.from({ length: 8 }, () => request),
        offers,
      );
      for (const words of parties.sent) {
        // What is opened at the end of each buyer are single bits, whose words are mostly 0.
        const masked = words.filter((word) => word > 1);
        expect(masked.length).to.be.greaterThan(10_000);
        expectUniform(masked, expect);
      }
    }
  });

  it("opens nothing of a place where nobody is feasible", async () => {
    const far: Offer = [60_000n, 60_000n, 1n, 0n, 0n, 7n];
    const opened = async (offers: readonly Offer[]): Promise<readonly number[]> => {
      const rng = seededRng("nobody");
      const parties = twoParties(rng);
      expect((await match(parties, rng, [NEAR], offers)).winners).to.deep.equal([null]);
      const [first, second] = parties.sent.map((words) =>
        words.slice(-(1 + Math.log2(offers.length))),
      );
      return (first ?? []).map((word, k) => word ^ (second?.[k] ?? 0));
    };
    const nearer: Offer = [50_000n, 60_000n, 1n, 0n, 0n, 7n];
    expect(await opened([far, far, far, nearer])).to.deep.equal([0, 0, 0]);
    expect(await opened([nearer, far, far, far])).to.deep.equal([0, 0, 0]);
  });
});

describe("a packed record", () => {
  it("is unpacked with its masks, field by field", () => {
    const rng = seededRng("packed");
    const layout = offerLayout(2);
    const record = packRecord(layout, CHEAP);
    const { masks, plaintext } = drawMasks(layout, rng);
    const masked = unpackMasked(layout, record + plaintext);
    expect(masked.map((field, k) => field - (masks[k] ?? 0n))).to.deep.equal(CHEAP);
  });

  it("refuses a field that does not fit, and another number of fields", () => {
    const layout = offerLayout(2);
    const tooWide = CHEAP.map((field, k) => (k === 0 ? 65_536n : field));
    expect(() => packRecord(layout, tooWide)).to.throw(RangeError);
    expect(() => packRecord(layout, CHEAP.slice(1))).to.throw(RangeError);
    expect(() =>
      packRecord(
        layout,
        CHEAP.map(() => -1n),
      ),
    ).to.throw(RangeError);
  });

  it("looks the same to the cloud whatever is in it: bits of masked slots are uniform", () => {
    const rng = seededRng("slots");
    const layout = offerLayout(2);
    const words: number[] = [];
    for (let k = 0; k < 600; k += 1) {
      const masked = unpackMasked(
        layout,
        packRecord(layout, CHEAP) + drawMasks(layout, rng).plaintext,
      );
      words.push(
        Number(BigInt.asUintN(32, masked[0] ?? 0n)),
        Number(BigInt.asUintN(32, masked[2] ?? 0n)),
      );
    }
    expectUniform(words, expect);
  });
});
