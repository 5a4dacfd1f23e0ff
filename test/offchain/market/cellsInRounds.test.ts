/**
 * Rounds in which uploads name cells: the same matches from fewer comparisons, and who lies is
 * alone with it.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import {
  reciprocalBuckets,
  type CloakRule,
} from "../../../offchain/core/cloak/reciprocalBuckets.ts";
import { unitedRequest } from "../../../offchain/core/cloak/unitedRequest.ts";
import { cellOf } from "../../../offchain/core/cloak/grid.ts";
import { sortedCells, type Area, type Cell } from "../../../offchain/core/messages/area.ts";
import { ANYWHERE, NO_SET } from "../../../offchain/core/messages/upload.ts";
import type { RoundOutcome } from "../../../offchain/market/matching.ts";
import { seededRng, seededStream } from "../../../offchain/study/worlds/seededRng.ts";
import type { Position } from "../../../offchain/study/worlds/world.ts";
import { bytes32 } from "../../support/matching/crowdRound.ts";
import { play, type Located } from "../../support/matching/playing.ts";
import {
  accounts,
  crowd,
  expectOracle,
  partiesOf,
  pile,
  rehearseRound,
  times,
  trip,
  type Buyer,
  type ClearRound,
  type Crowd,
  type Seller,
} from "../../support/matching/rounds.ts";
import { runs } from "../../support/runs.ts";

const AREA: Area = { cellM: 250, west: 0, south: 0, columns: 24, rows: 24, reachM: 1_500 };
const MOST = 7;

const place = fc.record({ xM: fc.nat({ max: 5_999 }), yM: fc.nat({ max: 5_999 }) });
const cell = fc.record({ column: fc.nat({ max: 23 }), row: fc.nat({ max: 23 }) });
const price = fc.constantFrom(190_000n, 260_000n, 350_000n);
const flags = fc.tuple(fc.boolean(), fc.boolean());
/** Cells that hide somebody's own; null for no cells at all. */
const decoys = fc.option(fc.array(cell, { maxLength: 4 }), { freq: 6 });
const wish = fc.record({
  position: place,
  maxPricePerKwh: price,
  maxDistanceM: fc.constantFrom(0, 300, 900, 1_500),
  needs: flags,
});
const supply = fc.record({ position: place, pricePerKwh: price, offers: flags });
const worlds = fc.record({
  wishes: fc.array(fc.tuple(wish, decoys), { maxLength: MOST }),
  supplies: fc.array(fc.tuple(supply, decoys), { maxLength: MOST }),
});

const positionOf = (party: Buyer | Seller): Position =>
  "trip" in party ? party.trip.position : party.pile.position;
const nameOf = (party: Buyer | Seller): string =>
  "trip" in party ? party.trip.name : party.pile.name;
const own = (party: Buyer | Seller): Cell => cellOf(positionOf(party), AREA.cellM);
const pairs = ({ matches, unmatched }: RoundOutcome) => ({
  matched: matches.map(({ vehicle, pile: at }) => [vehicle, at]),
  unmatched,
});

/** People all over a town of 6 km × 6 km. */
function town(buyers: number, sellers: number): ClearRound {
  const stream = seededStream("cells in rounds", "town");
  const position = (): Position => ({
    xM: stream.uniformInt(0, 6_000),
    yM: stream.uniformInt(0, 6_000),
  });
  return {
    trips: times(buyers, (k) => ({ ...trip(k), position: position(), maxDistanceM: 1_200 })),
    piles: times(sellers, (k) => ({
      ...pile(k),
      position: position(),
      pricePerKwh: BigInt(stream.uniformInt(300_000, 500_000)),
    })),
  };
}

describe("cells in rounds", function () {
  this.timeout(120_000);
  let everybody: Crowd;

  before(async () => {
    everybody = await crowd(40);
  });

  it("decide as the oracle and as without cells, from no more comparisons", async () => {
    let [compared, without] = [0, 0];
    await fc.assert(
      fc.asyncProperty(worlds, bytes32, async ({ wishes, supplies }, seed) => {
        const parties = partiesOf(everybody, {
          trips: wishes.map(([one], k) => ({ ...trip(k), ...one })),
          piles: supplies.map(([one], k) => ({ ...pile(k), ...one })),
        });
        const hidden = new Map([
          ...wishes.map(([, some], k) => [trip(k).name, some] as const),
          ...supplies.map(([, some], k) => [pile(k).name, some] as const),
        ]);
        const locate = (party: Buyer | Seller): Located => {
          const some = hidden.get(nameOf(party)) ?? null;
          if (some === null) return ANYWHERE;
          return { setId: NO_SET, cells: sortedCells([own(party), ...some]) };
        };
        const result = await play(parties, locate).run(seed, { area: AREA });
        expectOracle(parties, seed, result);
        const all = await play(parties).run(seed, { area: AREA });
        expect(pairs(result)).to.deep.equal(pairs(all));
        compared += result.comparedPairs;
        without += all.comparedPairs;
      }),
      { numRuns: runs(15, 60), seed: 0xce11 },
    );
    expect(compared / without).to.be.within(0.1, 0.9);
  });

  describe("of several waves, with buckets", () => {
    const rule: CloakRule = { k: 4, l: 2, leastSpreadM: 0, mostSpreadM: 3_000, cellM: 250 };
    const seed = id("several waves");
    const parties = () => partiesOf(everybody, town(36, 30));

    /** Whoever is in a bucket sends what all in it send, whoever is in none its own cell. */
    const bucketsOf = (buyers: readonly Buyer[]): ReadonlyMap<string, Located> => {
      const placed = buyers.map((buyer) => ({ nym: nameOf(buyer), cell: own(buyer) }));
      const { buckets } = reciprocalBuckets(placed, rule, seededRng("buckets"));
      return new Map(
        buckets.flatMap((bucket) =>
          bucket.map(({ nym }) => {
            const { setId, cells } = unitedRequest(
              bucket,
              1,
              bucket.map(() => new Uint8Array(1)),
            );
            return [nym, { setId, cells }] as const;
          }),
        ),
      );
    };
    const locating = (located: ReadonlyMap<string, Located>) => (party: Buyer | Seller) =>
      located.get(nameOf(party)) ?? { setId: NO_SET, cells: [own(party)] };

    it("decide as the oracle, from far fewer comparisons", async () => {
      const all = parties();
      const located = bucketsOf(all.buyers);
      expect(located.size).to.be.at.least(30);
      const result = await play(all, locating(located)).run(seed, { area: AREA });
      expectOracle(all, seed, result);
      expect(result.matches.length).to.be.at.least(12);
      expect(result.comparedPairs).to.be.within(100, 500);
    });

    it("rehearsed, find the same who lead", async () => {
      const playing = play(parties(), locating(bucketsOf(parties().buyers)));
      const { matches } = await playing.run(seed, { area: AREA });
      const { leaders } = await rehearseRound(playing, { seed, area: AREA });
      expect(leaders).to.deep.equal(matches.map(({ pile: at }) => at));
    });

    it("carry the same bytes in all uploads of a bucket", () => {
      const all = parties();
      const located = bucketsOf(all.buyers);
      const { requests } = play(all, locating(located));
      const texts = requests
        .filter(({ upload }) => upload.setId !== NO_SET)
        .map(({ upload: { setId, cells } }) => JSON.stringify({ setId, cells }));
      const members = [...Map.groupBy(texts, (text) => text).values()];
      expect(texts.length).to.equal(located.size);
      for (const copies of members) expect(copies.length).to.be.within(4, 7);
      const names = new Set(requests.map(({ upload }) => upload.setId));
      names.delete(NO_SET);
      expect(members.length).to.equal(names.size);
    });

    it("leave out who names other cells than its own, and nobody else", async () => {
      const all = parties();
      const honest = await play(all, locating(new Map())).run(seed, { area: AREA });
      const winner = all.buyers.find((one) => accounts([one])[0] === honest.matches[0]?.vehicle);
      if (winner === undefined) throw new Error("expected somebody who is matched");
      const nowhere: Area = { ...AREA, columns: 100 };
      const away = { setId: NO_SET, cells: [{ column: 99, row: 23 }] };
      const locate = locating(new Map([[nameOf(winner), away]]));
      const result = await play(all, locate).run(seed, { area: nowhere });
      const others = { ...all, buyers: all.buyers.filter((one) => one !== winner) };
      expect(result.unmatched).to.include(accounts([winner])[0]);
      const rest = await play(others).run(seed, { area: nowhere });
      expect(pairs(result).matched).to.deep.equal(pairs(rest).matched);
    });
  });
});
