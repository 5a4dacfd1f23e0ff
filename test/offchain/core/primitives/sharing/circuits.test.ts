import {
  correctionBytes,
  correctionsFor,
  DealtError,
  firstDealt,
  secondDealt,
} from "../../../../../offchain/core/primitives/sharing/dealer.ts";
import { expect } from "chai";
import fc from "fast-check";
import {
  anyOf,
  knownPlanes,
  lessThan,
  smallestLane,
  sumBits,
} from "../../../../../offchain/core/primitives/sharing/circuits.ts";
import {
  and,
  constant,
  not,
  PartyError,
  reveal,
  revealSums,
  xor,
  type Bits,
  type Party,
} from "../../../../../offchain/core/primitives/sharing/party.ts";
import {
  bitAt,
  laneOf,
  planesOf,
  planeWhere,
  type Planes,
} from "../../../../../offchain/core/primitives/sharing/planes.ts";
import { seededRng } from "../../../../../offchain/study/worlds/seededRng.ts";
import {
  asBoth,
  expectUniform,
  sharesOf,
  twoParties,
} from "../../../../support/primitives/twoParties.ts";

const word = fc.nat({ max: 0xffff_ffff });
const number40 = fc.bigInt({ min: 0n, max: 2n ** 40n - 1n });

/** XOR shares of planes that a test knows: all of it at the first party, nothing at the second. */
function inputs(party: Party, planes: Planes): Planes {
  return planes.map((plane) => constant(party, plane));
}

async function opened(party: Party, planes: Planes): Promise<Planes> {
  const out: Bits[] = [];
  for (const plane of planes) out.push(await reveal(party, plane));
  return out;
}

describe("computing on shared bits", () => {
  it("ands, xors and negates as if the bits were known", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 9 }),
        async (pairs) => {
          const x = Uint32Array.from(pairs, ([left]) => left);
          const y = Uint32Array.from(pairs, ([, right]) => right);
          const parties = twoParties(seededRng(pairs.length));
          const [result] = await asBoth(parties, async (party) => {
            const [sx, sy] = inputs(party, [x, y]);
            if (sx === undefined || sy === undefined) throw new RangeError("two planes");
            const [product] = await and(party, [sx], [sy]);
            return opened(party, [product ?? sx, xor(sx, sy), not(party, sx)]);
          });
          expect(result[0]).to.deep.equal(x.map((left, k) => left & (y[k] ?? 0)));
          expect(result[1]).to.deep.equal(x.map((left, k) => left ^ (y[k] ?? 0)));
          expect(result[2]).to.deep.equal(x.map((left) => ~left));
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("turns sums modulo 2^64 into bits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(number40, { minLength: 1, maxLength: 70 }), async (values) => {
        const rng = seededRng(values.length);
        const [mine, theirs] = sharesOf(rng, values);
        const [planes] = await asBoth(twoParties(rng), async (party) =>
          opened(party, await sumBits(party, party.isFirst ? mine : theirs, 40)),
        );
        expect(values.map((_, lane) => laneOf(planes, lane))).to.deep.equal(values);
      }),
      { numRuns: 30, seed: 2 },
    );
  });

  it("keeps the sign of negative values in the top bit", async () => {
    const values = [-1n, 0n, 1n, -(2n ** 38n), 2n ** 38n];
    const rng = seededRng("signs");
    const [mine, theirs] = sharesOf(rng, values);
    const [planes] = await asBoth(twoParties(rng), async (party) =>
      opened(party, await sumBits(party, party.isFirst ? mine : theirs, 40)),
    );
    const signs = values.map((_, lane) => bitAt(planes[39] ?? new Uint32Array(), lane));
    expect(signs).to.deep.equal([1, 0, 0, 1, 0]);
  });

  it("compares numbers of every width", async () => {
    for (const bits of [1, 2, 3, 7, 40]) {
      const most = (1n << BigInt(bits)) - 1n;
      const xs = [0n, most, most / 2n, 0n, most, 1n].map((x) => x & most);
      const ys = [0n, most, most / 2n + 1n, most, 0n, 0n].map((y) => y & most);
      const [less] = await asBoth(twoParties(seededRng(bits)), async (party) => {
        const x = knownPlanes(party, BigUint64Array.from(xs), bits);
        const y = knownPlanes(party, BigUint64Array.from(ys), bits);
        return reveal(party, await lessThan(party, x, y));
      });
      const want = xs.map((x, k) => (x < (ys[k] ?? 0n) ? 1 : 0));
      expect(
        xs.map((_, lane) => bitAt(less, lane)),
        `${bits} bits`,
      ).to.deep.equal(want);
    }
  });

  it("finds the smallest of 1 to 128 numbers", async () => {
    for (const lanes of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const rng = seededRng(lanes);
      const numbers = BigUint64Array.from(
        { length: lanes },
        (_, k) => (BigInt.asUintN(20, BigInt(rng.bytes(1)[0] ?? 0) * 977n) << 8n) | BigInt(k),
      );
      const [smallest] = await asBoth(twoParties(rng), async (party) => {
        const left = await smallestLane(party, knownPlanes(party, numbers, 28), lanes);
        return opened(party, left);
      });
      const want = numbers.reduce((least, one) => (one < least ? one : least));
      expect(laneOf(smallest, 0), `${lanes} lanes`).to.equal(want);
    }
  });

  it("says whether any plane is set", async () => {
    for (const count of [1, 2, 3, 5, 24]) {
      const planes = Array.from({ length: count }, (_, k) => planeWhere(40, (lane) => lane === k));
      const [any] = await asBoth(twoParties(seededRng(count)), async (party) =>
        reveal(party, await anyOf(party, inputs(party, planes))),
      );
      for (let lane = 0; lane < 40; lane += 1) {
        expect(bitAt(any, lane), `lane ${lane}`).to.equal(lane < count ? 1 : 0);
      }
    }
  });

  it("sends nothing but uniformly random words", async () => {
    const rng = seededRng("uniform");
    const zeros = BigUint64Array.from({ length: 320 }, () => 0n);
    const parties = twoParties(rng);
    await asBoth(parties, (party) => sumBits(party, zeros, 40));
    for (const words of parties.sent) {
      expect(words.length).to.be.greaterThan(700);
      expectUniform(words, expect);
    }
  });

  it("leaks the bits where triples are not used: the same test fails on shares sent as they are", async () => {
    const zeros = new Uint32Array(1000);
    const parties = twoParties(seededRng("straw man"));
    await asBoth(parties, (party) => reveal(party, constant(party, zeros)));
    expect(() => {
      expectUniform(parties.sent[0], expect);
    }).to.throw();
  });

  it("refuses an answer of another length", async () => {
    const { first } = twoParties(seededRng("length"));
    const short: Party = { ...first, exchange: () => Promise.resolve(new Uint32Array(1)) };
    const failure = await reveal(short, new Uint32Array(2)).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(PartyError).with.property("code", "E_PARTY_LENGTH");
  });
});

describe("what is dealt", () => {
  it("comes with shares of squares", async () => {
    const [opened] = await asBoth(twoParties(seededRng("squares")), async (party) => {
      const { r, s } = party.dealt.squares(100);
      return [await revealSums(party, r), await revealSums(party, s)] as const;
    });
    const [numbers, squares] = opened;
    expect([...squares]).to.deep.equal([...numbers].map((r) => BigInt.asUintN(64, r * r)));
    expect(new Set(numbers).size).to.equal(100);
  });

  it("is the same however many are drawn at once", () => {
    const seeds = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
    const [first = new Uint8Array(), second = new Uint8Array()] = seeds;
    const amounts = { tripleWords: 20_000, squares: 5 };
    const corrections = correctionsFor(first, second, amounts);
    const drawn = (pieces: readonly number[]): readonly number[] => {
      const dealt = secondDealt(second, corrections, amounts);
      return pieces.flatMap((words) => {
        const { a, b, c } = dealt.triples(words);
        return [...a].map((word, k) => word ^ (b[k] ?? 0) ^ (c[k] ?? 0));
      });
    };
    expect(drawn([1, 300, 8_000, 11_699])).to.deep.equal(drawn([20_000]));
    expect(corrections.length).to.equal(correctionBytes(amounts));
  });

  it("differs from seed to seed", () => {
    const draw = (seed: string): bigint =>
      twoParties(seededRng(seed)).first.dealt.squares(1).r[0] ?? 0n;
    expect(draw("one")).to.equal(draw("one"));
    expect(draw("one")).to.not.equal(draw("two"));
  });

  it("is refused when it is used up, on both sides", () => {
    const [seed, amounts] = [new Uint8Array(32), { tripleWords: 3, squares: 2 }];
    const corrections = correctionsFor(seed, seed, amounts);
    for (const dealt of [firstDealt(seed, amounts), secondDealt(seed, corrections, amounts)]) {
      dealt.triples(2);
      dealt.squares(2);
      expect(() => dealt.triples(2)).to.throw(DealtError, "at most the 3 words of triples");
      expect(() => dealt.squares(1)).to.throw(DealtError, "at most the 2 squares");
    }
  });
});

describe("bit planes", () => {
  it("hold every bit of every number in its place", () => {
    fc.assert(
      fc.property(fc.array(number40, { minLength: 1, maxLength: 100 }), (numbers) => {
        const planes = planesOf(BigUint64Array.from(numbers), 40);
        expect(numbers.map((_, lane) => laneOf(planes, lane))).to.deep.equal(numbers);
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});
