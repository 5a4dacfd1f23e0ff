/** What the two servers of mode `strict` see of each other: random words, and the winners. */
import { expect } from "chai";
import fc from "fast-check";
import { everyPair } from "../../../../offchain/core/matching/candidates.ts";
import type {
  Candidates,
  Matching,
  OnBuyer,
  RecordSummands,
} from "../../../../offchain/core/matching/matching.ts";
import { matchInShares } from "../../../../offchain/core/matching/strictMatching.ts";
import { offerFields, requestFields } from "../../../../offchain/core/messages/records.ts";
import { randomBits, type Rng } from "../../../../offchain/core/primitives/random.ts";
import { matchInTheClear } from "../../../../offchain/study/oracle/plaintextMatcher.ts";
import { seededRng } from "../../../../offchain/study/worlds/seededRng.ts";
import { person } from "../../../support/matching/crowdRound.ts";
import {
  expectUniform,
  twoParties,
  type TwoParties,
} from "../../../support/primitives/twoParties.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import {
  clearOfferOf,
  clearRequestOf,
  clearRounds,
  type ClearRound,
} from "../../../support/matching/rounds.ts";
import { runs } from "../../../support/runs.ts";

/** x, y, price, maxDistance², two bids. */
type Request = readonly bigint[];
/** x, y, price, two asks, opening. */
type Offer = readonly bigint[];

const NEAR: Request = [1_000n, 1_000n, 500_000n, 640_000n, 0n, 0n];
const CHEAP: Offer = [1_100n, 1_000n, 300_000n, 0n, 0n, 7n];

/**
 * What the proxy has and what the cloud opens of some records: masks below 0, and fields under
 * them.
 */
function summandsOf(
  rng: Rng,
  records: readonly (readonly bigint[])[],
): readonly [readonly (readonly bigint[])[], readonly (readonly bigint[])[]] {
  const masks = records.map((fields) => fields.map(() => randomBits(rng, 120)));
  return [
    masks.map((row) => row.map((mask) => -mask)),
    records.map((fields, i) => fields.map((field, k) => field + (masks[i]?.[k] ?? 0n))),
  ];
}

async function match(
  { first, second }: TwoParties,
  rng: Rng,
  requests: readonly Request[],
  offers: readonly Offer[],
  onBuyer: OnBuyer = () => Promise.resolve(),
  candidates: Candidates = everyPair(requests.length, offers.length),
): Promise<Matching> {
  const [requestsOfFirst, requestsOfSecond] = summandsOf(rng, requests);
  const [offersOfFirst, offersOfSecond] = summandsOf(rng, offers);
  const ofFirst: RecordSummands = { requests: requestsOfFirst, offers: offersOfFirst };
  const ofSecond: RecordSummands = { requests: requestsOfSecond, offers: offersOfSecond };
  const [atFirst, atSecond] = await Promise.all([
    matchInShares(first)(ofFirst, candidates, onBuyer),
    matchInShares(second)(ofSecond, candidates, () => Promise.resolve()),
  ]);
  expect(atSecond).to.deep.equal(atFirst);
  return atFirst;
}

describe("matching on shares", () => {
  it("gives both parties the same winners", async () => {
    const rng = seededRng("winners");
    const dear: Offer = [1_000n, 1_000n, 500_001n, 0n, 0n, 7n];
    const { winners, comparedPairs } = await match(
      twoParties(rng),
      rng,
      [NEAR, NEAR],
      [dear, CHEAP],
    );
    expect(winners).to.deep.equal([1, null]);
    expect(comparedPairs).to.equal(2 + 1);
  });

  it("decides as the plaintext oracle on random rounds", async () => {
    const somebody = await person("somebody");
    const rng = seededRng("random rounds");
    await fc.assert(
      fc.asyncProperty(clearRounds(7), async (clear) => {
        const requests = clear.trips.map((trip) =>
          requestFields(clearRequestOf({ trip, person: somebody })),
        );
        const offers = clear.piles.map((pile) =>
          offerFields(clearOfferOf({ pile, person: somebody })),
        );
        const { winners } = await match(twoParties(rng), rng, requests, offers);
        expect(winners).to.deep.equal(oracle(clear));
      }),
      { numRuns: runs(120, 300), seed: 0x5eed },
    );
  });

  it("decides at the corners of the domain, where every number is as large as it can be", async () => {
    const corner = 65_535n;
    const [price, reach] = [2n ** 24n - 1n, (2n ** 17n - 1n) ** 2n];
    const everything: Request = [0n, 0n, price, reach, price, price];
    const farthest: Offer = [corner, corner, 0n, price - 1n, price - 1n, 2n ** 544n - 1n];
    const rng = seededRng("corners");
    const decided = async (request: Request, offers: readonly Offer[]) =>
      (await match(twoParties(rng), rng, [request], offers)).winners;
    expect(await decided(everything, [farthest])).to.deep.equal([0]);
    // As far as an upload can name: 34 bits of squared distance, where honest ones are squares.
    expect(await decided(everything.with(3, 2n ** 34n - 1n), [farthest])).to.deep.equal([0]);
    expect(await decided(everything.with(3, 2n * corner ** 2n), [farthest])).to.deep.equal([0]);
    expect(await decided(everything.with(3, 2n * corner ** 2n - 1n), [farthest])).to.deep.equal([
      null,
    ]);
    expect(await decided(everything.with(2, 0n), [farthest])).to.deep.equal([0]);
    expect(await decided(everything.with(2, 0n), [farthest.with(2, price)])).to.deep.equal([null]);
    expect(await decided(everything.with(4, 0n), [farthest])).to.deep.equal([null]);
  });

  it("waits for whoever is asked before each buyer, and throws what is thrown there", async () => {
    const rng = seededRng("buyers");
    const asked: number[] = [];
    const onBuyer = (index: number): Promise<void> => {
      asked.push(index);
      return index < 1 ? Promise.resolve() : Promise.reject(new RangeError("enough"));
    };
    const interrupted = (): Promise<unknown> =>
      match(twoParties(rng), rng, [NEAR, NEAR, NEAR], [CHEAP, CHEAP], onBuyer);
    expect(await asyncRefusal(interrupted)).to.equal("RangeError without a code");
    expect(asked).to.deep.equal([0, 1]);
  });

  it("refuses summands of records that are none", async () => {
    const rng = seededRng("short");
    const short = (): Promise<unknown> => match(twoParties(rng), rng, [NEAR.slice(0, 3)], [CHEAP]);
    expect(await asyncRefusal(short)).to.equal("RangeError without a code");
    const shortOffer = (): Promise<unknown> =>
      match(twoParties(rng), rng, [NEAR], [CHEAP.slice(0, 3)]);
    expect(await asyncRefusal(shortOffer)).to.equal("RangeError without a code");
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

/** For each buyer the index of its seller, as the plaintext matcher decides. */
function oracle({ trips, piles }: ClearRound): readonly (number | null)[] {
  const { matches } = matchInTheClear({ buyers: trips, sellers: piles });
  return trips.map(({ name }) => {
    const won = piles.findIndex((pile) => pile.name === matches.get(name));
    return won === -1 ? null : won;
  });
}
