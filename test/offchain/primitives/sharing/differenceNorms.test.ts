import { expect } from "chai";
import fc from "fast-check";
import type { VectorShape } from "../../../../offchain/primitives/sharing/dealer.ts";
import type { Rng } from "../../../../offchain/primitives/random.ts";
import { pairedExchanges } from "../../../../offchain/primitives/sharing/party.ts";
import {
  firstVectors,
  secondVectors,
  differenceNorms,
  vectorCorrections,
  type DifferenceNorms,
} from "../../../../offchain/primitives/sharing/differenceNorms.ts";
import { randomBits } from "../../../../offchain/primitives/random.ts";
import { seededRng } from "../../../../offchain/simulation/seededRng.ts";
import { asyncRefusal } from "../support.ts";
import { expectUniform } from "./twoParties.ts";

type Point = readonly [bigint, bigint];

interface Opened {
  readonly of: (left: number, places: readonly number[]) => Promise<readonly bigint[]>;
  readonly sent: readonly [number[], number[]];
}

/** Both parties at once; their shares are added for whoever asks. */
async function both(
  rng: Rng,
  left: readonly Point[],
  right: readonly Point[],
  pairs: VectorShape["pairs"] = left.map(() => [...right.keys()]),
): Promise<Opened> {
  const [firstSeed, secondSeed] = [rng.bytes(32), rng.bytes(32)];
  const shape = { left: left.length, right: right.length, dimension: 2, pairs };
  const points = [...left, ...right].flat();
  const masks = points.map(() => randomBits(rng, 96));
  const sent: [number[], number[]] = [[], []];
  const [toSecond, toFirst] = pairedExchanges();
  const first = differenceNorms(
    {
      isFirst: true,
      exchange: (words) => {
        sent[0].push(...words);
        return toSecond(words);
      },
    },
    firstVectors(firstSeed, shape),
    shape,
    masks.map((mask) => -mask),
  );
  const second = differenceNorms(
    {
      isFirst: false,
      exchange: (words) => {
        sent[1].push(...words);
        return toFirst(words);
      },
    },
    await secondVectors(secondSeed, shape, vectorCorrections(firstSeed, secondSeed)),
    shape,
    points.map((coordinate, k) => coordinate + (masks[k] ?? 0n)),
  );
  const [ofFirst, ofSecond]: readonly DifferenceNorms[] = await Promise.all([first, second]);
  return {
    of: async (from, places) => {
      const mine = (await ofFirst?.(from, places)) ?? [];
      const theirs = (await ofSecond?.(from, places)) ?? [];
      return mine.map((share, k) => BigInt.asUintN(160, share + (theirs[k] ?? 0n)));
    },
    sent,
  };
}

const coordinate = fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 65_535n }));
const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 5 });

describe("squared distances of shared points", () => {
  it("are those of the points", async () => {
    await fc.assert(
      fc.asyncProperty(points, points, async (left, right) => {
        const { of } = await both(seededRng("distances"), left, right);
        for (const [i, [x, y]] of left.entries()) {
          const want = right.map(([u, v]) => (x - u) ** 2n + (y - v) ** 2n);
          expect(await of(i, [...right.keys()])).to.deep.equal(want);
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it("can be had of any rows and any of the right, in any order", async () => {
    const left: Point[] = [
      [0n, 0n],
      [10n, 0n],
    ];
    const right: Point[] = [
      [0n, 3n],
      [0n, 4n],
      [10n, 5n],
    ];
    const { of } = await both(seededRng("rows"), left, right);
    expect(await of(1, [2, 0])).to.deep.equal([25n, 109n]);
    expect(await of(0, [1])).to.deep.equal([16n]);
    expect(await of(1, [])).to.deep.equal([]);
  });

  it("can be had of the pairs that were asked for, by their places, and of no others", async () => {
    const at = (x: bigint): Point => [x, 0n];
    const { of } = await both(
      seededRng("pairs"),
      [at(0n), at(1n)],
      [at(3n), at(5n), at(9n)],
      [[2], [0, 2]],
    );
    expect(await of(0, [0])).to.deep.equal([81n]);
    expect(await of(1, [1, 0])).to.deep.equal([64n, 4n]);
    expect(await asyncRefusal(() => of(0, [1]))).to.equal("RangeError without a code");
  });

  it("cost each party one uniform opening a coordinate, whatever the points are", async () => {
    for (const at of [0n, 65_535n]) {
      const many = Array.from({ length: 300 }, (): Point => [at, at]);
      const { sent } = await both(seededRng(`uniform ${at}`), many, many);
      for (const words of sent) {
        expect(words).to.have.length(600 * 2 * 5);
        expectUniform(words, expect);
      }
    }
  });
});
