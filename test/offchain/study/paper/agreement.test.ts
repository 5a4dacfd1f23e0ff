/**
 * Every variant of the paper's round against the plaintext oracle: other uploads, other openings,
 * other ways, one result.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { PaperOpen } from "../../../../offchain/study/paper/cloud.ts";
import {
  encryptBaselineBuyer,
  encryptBaselineSeller,
  runBaselineRound,
} from "../../../../offchain/study/paper/faithfulBaseline.ts";
import type { PaperRoundResult } from "../../../../offchain/study/paper/greedy.ts";
import { openPackedSpan } from "../../../../offchain/study/paper/packedSpanning.ts";
import { encryptPackedUploads, paperSlots } from "../../../../offchain/study/paper/packedUpload.ts";
import { runPairwiseRound } from "../../../../offchain/study/paper/pairwiseRound.ts";
import { paperIndex } from "../../../../offchain/study/paper/plaintextPaperMatcher.ts";
import { partyAt } from "../../../../offchain/study/paper/paperRecords.ts";
import { literalRule, type PaperRule } from "../../../../offchain/study/paper/rules.ts";
import { openSpan, runSpannedRound } from "../../../../offchain/study/paper/spanning.ts";
import { toPaillierBigintPrivateKey } from "../../../../offchain/core/primitives/paillier/interop.ts";
import { dealShortKey } from "../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import {
  decrypt,
  decryptByExponent,
  decryptTextbook,
} from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  shortTable,
  shortZeros,
  tabledShortZeros,
} from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import {
  uniformZeros,
  type ZeroSource,
} from "../../../../offchain/core/primitives/paillier/zeros.ts";
import { counterRng, smallShortKey } from "../../../support/primitives/draws.ts";
import {
  type ClearPaperRound,
  oracleWinners,
  paperRounds,
  RULES,
  tinyKey,
  uploadsOf,
  winnersOf,
} from "../../../support/paper/rounds.ts";

type Run = (round: ClearPaperRound, rule: PaperRule) => PaperRoundResult;

interface Variant {
  readonly name: string;
  readonly rounds: number;
  readonly run: Run;
}

/** What the random rounds turned out to hold, to show that they are worth looking at. */
interface Tally {
  rounds: number;
  matched: number;
  unmatched: number;
  lonelySeller: number;
  atDistanceLimit: number;
  atFeatureLimit: number;
  tied: number;
}

const RANDOM_ROUNDS_AT_LEAST = 1_000;

describe("every variant of the paper's round", () => {
  const tally: Tally = {
    rounds: 0,
    matched: 0,
    unmatched: 0,
    lonelySeller: 0,
    atDistanceLimit: 0,
    atFeatureLimit: 0,
    tied: 0,
  };

  for (const [k, { name, rounds, run }] of variants().entries()) {
    it(`decides as the oracle in ${rounds} rounds: ${name}`, () => {
      fc.assert(
        fc.property(paperRounds, fc.constantFrom(...RULES), (round, rule) => {
          const result = run(round, rule);
          expect(winnersOf(result, round)).to.deep.equal(oracleWinners(rule, round));
          for (const { buyer, seller, score } of result.matches) {
            expect(score).to.equal(indexOf(rule, round, buyer, seller));
          }
          count(tally, round, rule, result);
        }),
        { numRuns: rounds, seed: 0x9a9e7 + k },
      );
    });
  }

  it("saw a thousand rounds and more, with all that is special in them", () => {
    expect(tally.rounds).to.be.at.least(RANDOM_ROUNDS_AT_LEAST);
    const { rounds, ...special } = tally;
    for (const [what, times] of Object.entries(special)) {
      expect(times, `${what} in ${rounds}`).to.be.at.least(50);
    }
  });
});

function variants(): readonly Variant[] {
  const tiny = tinyKey();
  const short = dealShortKey(tiny, counterRng("paper short key"));
  const plain = uniformZeros(tiny.publicKey, counterRng("paper plain"));
  const djn = shortZeros(short, counterRng("paper DJN"));
  const tabled = tabledShortZeros(shortTable(short, 4), counterRng("paper tabled DJN"));
  const crt: PaperOpen = (c) => decrypt(tiny, c);
  const textbook: PaperOpen = (c) => decryptTextbook(tiny, c);
  const exponent: PaperOpen = (c) => decryptByExponent(tiny, c);
  return [
    { name: "plain, textbook, pair by pair", rounds: 150, run: pairwise(plain, textbook) },
    { name: "plain, CRT, pair by pair", rounds: 150, run: pairwise(plain, crt) },
    { name: "plain, one exponent, pair by pair", rounds: 100, run: pairwise(plain, exponent) },
    { name: "DJN, textbook, pair by pair", rounds: 100, run: pairwise(djn, textbook) },
    { name: "DJN by table, CRT, pair by pair", rounds: 100, run: pairwise(tabled, crt) },
    { name: "plain, CRT, spanning, field by field", rounds: 150, run: spanning(plain, crt) },
    { name: "DJN, CRT, spanning, a record a plaintext", rounds: 150, run: packed(1) },
    { name: "DJN, CRT, spanning, groups", rounds: 200, run: packed(100) },
    { name: "paillier-bigint, unpacked", rounds: 50, run: baseline },
  ];
}

function pairwise(zeros: ZeroSource, open: PaperOpen): Run {
  return (round, rule) => runPairwiseRound({ ...uploadsOf(zeros, round), rule, open });
}

function spanning(zeros: ZeroSource, open: PaperOpen): Run {
  return (round, rule) => runSpannedRound(openSpan(uploadsOf(zeros, round), rule, open), rule);
}

function packed(mostRecords: number): Run {
  const key = smallShortKey();
  const zeros = shortZeros(dealShortKey(key, counterRng("dealt")), counterRng("paper packed"));
  return ({ buyers, sellers }, rule) => {
    const counts = { buyers: buyers.length, sellers: sellers.length };
    const features = partyAt(buyers, 0).features.length;
    const slots = paperSlots(key.publicKey, { rule, features, ...counts, mostRecords });
    const uploads = encryptPackedUploads(slots, zeros, buyers, sellers);
    return runSpannedRound(
      openPackedSpan(uploads, (c) => decrypt(key, c)),
      rule,
    );
  };
}

function baseline({ buyers, sellers }: ClearPaperRound, rule: PaperRule): PaperRoundResult {
  const key = toPaillierBigintPrivateKey(tinyKey());
  return runBaselineRound(
    key,
    rule,
    buyers.map((buyer) => encryptBaselineBuyer(key.publicKey, buyer)),
    sellers.map((seller) => encryptBaselineSeller(key.publicKey, seller)),
  );
}

/** W by the oracle's formula. */
function indexOf(rule: PaperRule, round: ClearPaperRound, buyer: number, seller: number): number {
  const one = partyAt(round.buyers, buyer);
  const uses = one.features.map(({ need }) => (rule === literalRule ? 1 : need));
  return paperIndex(one, partyAt(round.sellers, seller), uses);
}

function count(
  tally: Tally,
  round: ClearPaperRound,
  rule: PaperRule,
  { matches }: PaperRoundResult,
): void {
  const { buyers, sellers } = round;
  const pairs = buyers.flatMap((buyer) => sellers.map((seller) => ({ buyer, seller })));
  tally.rounds += 1;
  tally.matched += Number(matches.length > 0);
  tally.unmatched += Number(matches.length === 0);
  tally.lonelySeller += Number(sellers.length === 1);
  tally.atDistanceLimit += Number(
    pairs.some(
      ({ buyer, seller }) =>
        (buyer.xM - seller.xM) ** 2 + (buyer.yM - seller.yM) ** 2 === buyer.maxDistanceM ** 2,
    ),
  );
  tally.atFeatureLimit += Number(
    pairs.some(({ buyer, seller }) =>
      buyer.features.some(({ need, pricePerKwh }, t) => {
        const theirs = partyAt(seller.features, t);
        return need + theirs.offer === 2 && pricePerKwh === theirs.pricePerKwh;
      }),
    ),
  );
  tally.tied += Number(hasTie(round, rule));
}

/** Whether the first buyer's winner has an equal: each of the two wins if it is alone. */
function hasTie(round: ClearPaperRound, rule: PaperRule): boolean {
  const indices = round.sellers.flatMap((seller, position) => {
    const [winner] = oracleWinners(rule, { buyers: round.buyers, sellers: [seller] });
    return winner === 0 ? [indexOf(rule, round, 0, position)] : [];
  });
  return indices.filter((index) => index === Math.min(...indices)).length > 1;
}
