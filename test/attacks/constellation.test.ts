/**
 * P3 on the paper's round: one colluding user and what the cloud sees are everybody's place, to the
 * metre.
 */
import { expect } from "chai";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { literalRule } from "../../offchain/study/paper/rules.ts";
import { openSpan } from "../../offchain/study/paper/spanning.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { randomBelow } from "../../offchain/core/primitives/random.ts";
import { cityRound, RULES, tinyKey, uploadsOf } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import {
  medianOf,
  type Place,
  positionErrorsM,
  recoverConstellation,
  type SeenDifference,
} from "../support/attacks/constellation.ts";

const SIDE_M = 3000;
const CENTRE: Place = { xM: SIDE_M / 2, yM: SIDE_M / 2 };

describe("constellation attack on the paper's round", () => {
  const key = tinyKey();
  const rng = counterRng("constellation");
  const below = (bound: number): number => Number(randomBelow(rng, BigInt(bound)));
  const round = cityRound(10, 10, below);
  const uploads = uploadsOf(uniformZeros(key.publicKey, rng), round);
  const open = (c: Parameters<typeof decrypt>[1]) => decrypt(key, c);

  const truth = new Map<string, Place>([
    ...round.buyers.map(({ xM, yM }, i) => [`buyer ${i}`, { xM, yM }] as const),
    ...round.sellers.map(({ xM, yM }, j) => [`seller ${j}`, { xM, yM }] as const),
  ]);
  const colluder = (name: string) => ({ name, ...(truth.get(name) ?? CENTRE) });
  const errors = (seen: readonly SeenDifference[], name: string) =>
    positionErrorsM(truth, recoverConstellation(seen, colluder(name)), CENTRE);

  for (const rule of RULES) {
    it(`recovers all 20 places exactly with one colluding seller, ${rule.name} rule`, () => {
      const seen: SeenDifference[] = [];
      runPairwiseRound({
        ...uploads,
        rule,
        open,
        onSighting: ({ buyer, seller, pair }) =>
          seen.push({ from: `buyer ${buyer}`, to: `seller ${seller}`, ...pair }),
      });
      const found = errors(seen, "seller 3");
      expect(found).to.have.lengthOf(20);
      expect(Math.max(...found)).to.equal(0);
      expect(Math.max(...errors(seen, "buyer 7"))).to.equal(0);
    });
  }

  const span = openSpan(uploads, literalRule, open);
  const tree: readonly SeenDifference[] = [
    ...span.toFirstSeller.map((pair, i) => ({ from: `buyer ${i}`, to: "seller 0", ...pair })),
    ...span.fromFirstBuyer
      .slice(1)
      .map((pair, j) => ({ from: "buyer 0", to: `seller ${j + 1}`, ...pair })),
  ];

  it("needs no more than the 19 pairs of a spanning tree", () => {
    expect(tree).to.have.lengthOf(19);
    expect(Math.max(...errors(tree, "seller 3"))).to.equal(0);
  });

  it("knows the shape without any colluder: everybody is off by the same vector", () => {
    const guessed = recoverConstellation(tree, { name: "seller 0", ...CENTRE });
    const shifts = [...truth].map(([name, { xM, yM }]) => {
      const place = guessed.get(name);
      return place === undefined ? "lost" : `${place.xM - xM} ${place.yM - yM}`;
    });
    expect(new Set(shifts).size).to.equal(1);
    expect(shifts[0]).to.not.be.oneOf(["lost", "0 0"]);
  });

  it("gets nowhere on numbers that say nothing, so it is the differences that tell", () => {
    const masked = tree.map((one) => ({ ...one, dxM: below(2 ** 40), dyM: below(2 ** 40) }));
    expect(medianOf(errors(masked, "seller 3"))).to.be.above(0.3 * SIDE_M);
    expect(medianOf(errors([], "seller 3"))).to.be.above(0.3 * SIDE_M);
  });
});
