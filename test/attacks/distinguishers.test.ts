/**
 * Two worlds with the same outcome and nothing else in common: what a server sees must not say in which of them it is. Of
 * `strict` it says nothing. Of `masked` it says how long each number is, but for a shift by one of many equally likely
 * amounts; and of the digits of a number, not only of its length, no more than that.
 */
import { expect } from "chai";
import { MODE_NAMES } from "../../offchain/messages/roundKey.ts";
import { bitLength } from "../../offchain/primitives/bytes.ts";
import { randomBelow, randomBits, type Rng } from "../../offchain/primitives/random.ts";
import { ORDER_SPREAD, SIGN_SPREAD } from "../../offchain/primitives/sharing/maskedBlocks.ts";
import { seededRng } from "../../offchain/simulation/seededRng.ts";
import { advantage } from "../offchain/primitives/sharing/advantage.ts";
import { expectFlat } from "../offchain/primitives/sharing/flat.ts";
import type { Records } from "./support/city.ts";
import { openedByCloud, playBare, playServers, type PlayedServers } from "./support/servers.ts";
import { bitsSeen, toldApart } from "./support/telling.ts";

/** Fields of a request: x, y, price, maxDistance², two bids. Of an offer: x, y, price, two asks, opening. */
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

  for (const mode of MODE_NAMES) {
    const played: Record<"small" | "large", PlayedServers[]> = { small: [], large: [] };

    before(async () => {
      for (let run = 0; run < RUNS; run += 1) {
        played.small.push(await playServers(mode, seededRng(`small ${run}`), SMALL));
        played.large.push(await playServers(mode, seededRng(`large ${run}`), LARGE));
      }
    });

    it(`end alike in \`${mode}\``, () => {
      for (const { matching } of [...played.small, ...played.large]) {
        expect(matching.winners).to.deep.equal([WINNER]);
      }
    });

    if (mode === "strict") {
      it("open the same bits in `strict`: that somebody wins, and who", () => {
        const opened = [...played.small, ...played.large].map(({ cloud }) => {
          const [theirs, own] = [cloud.heard.at(-1)?.words ?? [], cloud.said.at(-1) ?? []];
          return [...theirs].map((word, k) => word ^ (own[k] ?? 0)).join("");
        });
        // Feasible, and place 2 with the low bit first.
        expect(new Set(opened)).to.deep.equal(new Set(["101"]));
      });
    }

    for (const who of ["cloud", "proxy"] as const) {
      it(`look alike to the ${who} of \`${mode}\`, bit by bit`, () => {
        const [small, large] = [played.small, played.large].map((all) =>
          all.map((one) => bitsSeen(one[who])),
        );
        const told = toldApart(small ?? [], large ?? []);
        expect(told).to.be.at.most(4 / Math.sqrt(RUNS));
      });

      it(`give the ${who} of \`${mode}\` bytes of which each is equally frequent`, () => {
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
  }

  it("straw man: are told apart with certainty by a single field that is not masked", async () => {
    const withPrice = async (world: Records, name: string): Promise<readonly Uint8Array[]> =>
      Promise.all(
        Array.from({ length: 30 }, async (_, run) => {
          const { cloud } = await playServers("strict", seededRng(`${name} ${run}`), world);
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

describe("two worlds with the same signs and order, to the cloud of `masked`", () => {
  const BUYERS = 40;
  const ROUNDS = 25;

  /** Many equal buyers that take none of two sellers: everything but the margins and the gap is the same. */
  const worldOf = (distance: bigint, price: bigint, feature: bigint, gap: bigint): Records => ({
    requests: Array.from({ length: BUYERS }, () => [0n, 0n, price, 0n, feature, 0n]),
    offers: [
      [distance, 0n, 0n, 0n, 0n, 7n],
      [distance, 0n, gap, 0n, 0n, 7n],
    ],
  });
  /** 2^5.5 times as much everywhere: another length, and the digits that are farthest from those of the first. */
  const near = worldOf(1_024n, 32_768n, 1_024n, 256n);
  const far = worldOf(6_889n, 1_482_910n, 46_341n, 11_585n);
  const LENGTHS_APART = 5.6;

  interface Seen {
    readonly distances: bigint[];
    readonly prices: bigint[];
    readonly features: bigint[];
    readonly gaps: bigint[];
  }
  const seen: Record<"near" | "far", Seen> = { near: nothing(), far: nothing() };

  before(async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await look(seen.near, near, `near ${round}`);
      await look(seen.far, far, `far ${round}`);
    }
  });

  for (const [what, spread] of [
    ["distances", SIGN_SPREAD],
    ["prices", SIGN_SPREAD],
    ["features", SIGN_SPREAD],
    ["gaps", ORDER_SPREAD],
  ] as const) {
    for (const [statistic, of] of [
      ["length", lengthOf],
      ["leading digits", leadingDigits],
    ] as const) {
      it(`differ in the ${statistic} of ${what} by no more than the hint that is stated`, () => {
        const [one, other] = [seen.near[what], seen.far[what]];
        const fourSigma = 4 * Math.sqrt(1 / (2 * one.length));
        expect(one.length).to.be.at.least(BUYERS * ROUNDS);
        const told = advantage(one.map(of), other.map(of));
        expect(told).to.be.at.most(LENGTHS_APART / spread + fourSigma);
      });
    }
  }

  it("straw man: multipliers that are uniform among those of a length show the leading digits", () => {
    const rng = seededRng("uniform of a length");
    const masked = (value: bigint): readonly number[] =>
      Array.from({ length: 2_000 }, () => {
        const multiplier = uniformOfALength(rng);
        return leadingDigits(multiplier * (2n * value + 1n) + randomBelow(rng, multiplier));
      });
    expect(advantage(masked(32_768n), masked(1_482_910n))).to.be.above(0.12);
  });

  function nothing(): Seen {
    return { distances: [], prices: [], features: [], gaps: [] };
  }

  async function look(into: Seen, world: Records, name: string): Promise<void> {
    const { cloud, matching } = await playServers("masked", seededRng(name), world);
    expect(matching.winners).to.deep.equal(world.requests.map(() => null));
    for (const { margins, scores } of openedByCloud(cloud)) {
      const [lower = 0n, higher = 0n] = [...scores].sort((x, y) => (x < y ? -1 : 1));
      into.gaps.push(higher - lower);
      for (const place of [0, 4]) {
        const [distance = 0n, price = 0n, feature = 0n] = margins.slice(place);
        into.distances.push(distance);
        into.prices.push(price);
        into.features.push(feature);
      }
    }
  }
});

/** Of messages that are not opened to both: the last of `strict` says who wins, some of `masked` are a place or a seller. */
function paddedBytes(played: PlayedServers, who: "cloud" | "proxy"): readonly number[] {
  const opened = 3;
  return played[who].heard
    .filter(({ from, words }) => from !== "server" || words.length > opened)
    .flatMap(({ words }) => [...new Uint8Array(words.slice().buffer)]);
}

function lengthOf(number: bigint): number {
  return bitLength(number < 0n ? -number : number);
}

/** From 1 to below 2. */
function leadingDigits(number: bigint): number {
  const digits = (number < 0n ? -number : number).toString(2).slice(0, 53).padEnd(53, "0");
  return Number.parseInt(digits, 2) / 2 ** 52;
}

function uniformOfALength(rng: Rng): bigint {
  const length = 64 + Number(randomBelow(rng, BigInt(SIGN_SPREAD)));
  return (1n << BigInt(length)) + randomBits(rng, length);
}
