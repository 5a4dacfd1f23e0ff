/**
 * Two worlds with the same outcome and nothing else in common: what a server sees must not say in
 * which of them it is.
 */
import { expect } from "chai";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { expectFlat } from "../support/primitives/flat.ts";
import type { Records } from "../support/attacks/city.ts";
import { playBare, playServers, type PlayedServers } from "../support/attacks/servers.ts";
import { bitsSeen, toldApart } from "../support/attacks/telling.ts";

/**
 * Fields of a request: x, y, price, maxDistance², two bids. Of an offer: x, y, price, two asks,
 * opening.
 */
const SMALL: Records = {
  requests: [[10n, 20n, 900n, 10_000n, 3n, 4n]],
  offers: [
    [11n, 90n, 100n, 0n, 0n, 5n],
    [12n, 21n, 901n, 0n, 0n, 5n],
    [13n, 22n, 700n, 0n, 0n, 5n],
    [14n, 23n, 100n, 4n, 0n, 5n],
  ],
};
const LARGE: Records = {
  requests: [[65_000n, 61_000n, 16_000_000n, 2n ** 33n, 12_000_000n, 9_000_000n]],
  offers: [
    [30_000n, 20_000n, 15_000_000n, 11_000_000n, 8_000_000n, 2n ** 543n],
    [60_000n, 55_000n, 16_000_001n, 11_000_000n, 8_000_000n, 2n ** 543n],
    [60_000n, 60_000n, 2_000_000n, 11_000_000n, 8_000_000n, 2n ** 543n],
    [65_000n, 61_000n, 10_000n, 12_000_001n, 8_000_000n, 2n ** 543n],
  ],
};
const WINNER = 2;
const RUNS = 100;

describe("two worlds with the same winner", function () {
  this.timeout(120_000);

  const played: Record<"small" | "large", PlayedServers[]> = { small: [], large: [] };

  before(async () => {
    for (let run = 0; run < RUNS; run += 1) {
      played.small.push(await playServers(seededRng(`small ${run}`), SMALL));
      played.large.push(await playServers(seededRng(`large ${run}`), LARGE));
    }
  });

  it("end alike", () => {
    for (const { matching } of [...played.small, ...played.large]) {
      expect(matching.winners).to.deep.equal([WINNER]);
    }
  });

  it("open the same bits: that somebody wins, and who", () => {
    const opened = [...played.small, ...played.large].map(({ cloud }) => {
      const [theirs, own] = [cloud.heard.at(-1)?.words ?? [], cloud.said.at(-1) ?? []];
      return [...theirs].map((word, k) => word ^ (own[k] ?? 0)).join("");
    });
    // Feasible, and place 2 with the low bit first.
    expect(new Set(opened)).to.deep.equal(new Set(["101"]));
  });

  for (const who of ["cloud", "proxy"] as const) {
    it(`look alike to the ${who}, bit by bit`, () => {
      const [small, large] = [played.small, played.large].map((all) =>
        all.map((one) => bitsSeen(one[who])),
      );
      const told = toldApart(small ?? [], large ?? []);
      expect(told).to.be.at.most(4 / Math.sqrt(RUNS));
    });

    it(`give the ${who} bytes of which each is equally frequent`, () => {
      for (const world of [played.small, played.large]) {
        const counts = new Array<number>(256).fill(0);
        for (const byte of world.flatMap((one) => paddedBytes(one, who))) {
          counts[byte] = (counts[byte] ?? 0) + 1;
        }
        expect(counts).to.have.lengthOf(256);
        expectFlat(counts, expect);
      }
    });
  }

  it("straw man: are told apart with certainty by a single field that is not masked", async () => {
    const withPrice = async (world: Records, name: string): Promise<readonly Uint8Array[]> =>
      Promise.all(
        Array.from({ length: 30 }, async (_, run) => {
          const { cloud } = await playServers(seededRng(`${name} ${run}`), world);
          const price = Number(world.requests[0]?.[2] ?? 0n);
          const heard = [...cloud.heard, { from: "dealer" as const, words: Uint32Array.of(price) }];
          return bitsSeen({ ...cloud, heard });
        }),
      );
    expect(toldApart(await withPrice(SMALL, "small"), await withPrice(LARGE, "large"))).to.equal(1);
  });

  it("straw man: are told apart with certainty if nothing is masked", async () => {
    const bare = async (world: Records): Promise<readonly PlayedServers[]> =>
      Promise.all([0, 1, 2, 3].map(() => playBare(world)));
    const [small, large] = [await bare(SMALL), await bare(LARGE)];
    for (const who of ["cloud", "proxy"] as const) {
      const seen = (all: readonly PlayedServers[]) => all.map((one) => bitsSeen(one[who]));
      expect(toldApart(seen(small), seen(large)), who).to.equal(1);
    }
  });
});

/** Of messages that are not opened to both: the last of a buyer says who wins. */
function paddedBytes(played: PlayedServers, who: "cloud" | "proxy"): readonly number[] {
  const opened = 3;
  return played[who].heard
    .filter(({ from, words }) => from !== "server" || words.length > opened)
    .flatMap(({ words }) => [...new Uint8Array(words.slice().buffer)]);
}
