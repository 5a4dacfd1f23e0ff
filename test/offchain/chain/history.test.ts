import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  evaluationAt,
  HistoryError,
  walkHistory,
  type Found,
  type Rated,
  type Subject,
} from "../../../offchain/chain/history.ts";
import type { Stage } from "../../../offchain/study/rating/ratingStage.ts";
import type { Reputation } from "../../../types/ethers-contracts/index.js";
import { rateAs, ratingStage } from "../../support/market/ratingStage.ts";
import { scanHistory } from "../../../offchain/study/bench/scannedHistory.ts";

const PILES = 3;
const VEHICLES = 3;
const MANY_BLOCKS = 1_000_000;

interface Given {
  readonly id: bigint;
  readonly pile: string;
  readonly vehicle: string;
  readonly session: string;
  readonly rating: number;
  readonly credibility: number;
}

describe("the history of a pile or a vehicle", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const everywhere = async (blocksPerQuery = MANY_BLOCKS) => ({
    fromBlock: 0,
    toBlock: await connection.ethers.provider.getBlockNumber(),
    blocksPerQuery,
  });

  /** Random ratings by some vehicles of some piles, and what was given. */
  async function rated(
    draws: readonly (readonly [
      pile: number,
      vehicle: number,
      score: number,
      credibility: number,
    ])[],
  ): Promise<{ readonly stage: Stage; readonly given: readonly Given[] }> {
    const stage = await ratingStage(connection);
    const signers = await connection.ethers.getSigners();
    const given: Given[] = [];
    for (const [serial, [pile, place, score, credibility]] of draws.entries()) {
      const vehicle = signers[place];
      if (vehicle === undefined) throw new Error("rated: expected more accounts");
      const session = await rateAs(stage, vehicle, { pile, serial, score, credibility });
      given.push({
        id: BigInt(serial + 1),
        pile: await stage.stage.pileAt(pile),
        vehicle: vehicle.address,
        session,
        rating: score,
        credibility,
      });
    }
    return { stage, given };
  }

  async function subjects(stage: Stage): Promise<readonly Subject[]> {
    const signers = await connection.ethers.getSigners();
    const piles = await Promise.all(
      Array.from({ length: PILES }, async (_, k): Promise<Subject> => {
        return { kind: "pile", account: await stage.stage.pileAt(k) };
      }),
    );
    const vehicles = signers
      .slice(0, VEHICLES)
      .map(({ address }): Subject => ({ kind: "vehicle", account: address }));
    return [...piles, ...vehicles];
  }

  it("is walked in k + 1 reads, newest first, and is what the logs say", async () => {
    const draw = fc.tuple(
      fc.nat(PILES - 1),
      fc.nat(VEHICLES - 1),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: -5, max: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(draw, { maxLength: 25 }), async (draws) => {
        const { stage, given } = await rated(draws);
        for (const subject of await subjects(stage)) {
          const own = given.filter((one) => one[subject.kind] === subject.account).reverse();
          const walked = await walkHistory(stage.reputation, subject);
          expect(walked.reads).to.equal(own.length + 1);
          expect(walked.evaluations.map(({ id }) => id)).to.deep.equal(own.map(({ id }) => id));
          for (const [k, evaluation] of walked.evaluations.entries()) {
            expect(evaluation).to.deep.include({
              session: own[k]?.session,
              rating: own[k]?.rating,
              credibilityBefore: own[k]?.credibility,
            });
          }
          const scanned = await scanHistory(stage.reputation, subject, await everywhere());
          expect(common(walked)).to.deep.equal(common(scanned));
        }
      }),
      { numRuns: 12, seed: 0x5eed },
    );
  });

  it("ends with the pile's rating", async () => {
    const { stage, given } = await rated([
      [1, 0, 3, 20],
      [1, 1, 1, 5],
      [1, 0, 2, 20],
    ]);
    const account = given[0]?.pile ?? "";
    const [newest] = (await walkHistory(stage.reputation, { kind: "pile", account })).evaluations;
    const [ratingWad, count] = await stage.reputation.pileRatingOf(account);
    expect(newest?.ratingWad).to.equal(ratingWad);
    expect(count).to.equal(3n);
  });

  it("is read from the newest as far as one wants", async () => {
    const { stage, given } = await rated(Array.from({ length: 6 }, () => [1, 0, 3, 0]));
    const subject: Subject = { kind: "pile", account: given[0]?.pile ?? "" };
    const found = await walkHistory(stage.reputation, subject, 2);
    expect(found.evaluations.map(({ id }) => id)).to.deep.equal([6n, 5n]);
    expect(found.reads).to.equal(3);
    expect((await walkHistory(stage.reputation, subject, 0)).evaluations).to.deep.equal([]);
  });

  it("of an unknown account is empty, and costs one read", async () => {
    const { stage } = await rated([[1, 0, 3, 0]]);
    const account = connection.ethers.ZeroAddress;
    for (const kind of ["pile", "vehicle"] as const) {
      expect(await walkHistory(stage.reputation, { kind, account })).to.deep.equal({
        evaluations: [],
        reads: 1,
      });
    }
  });

  it("does not change behind the head while others rate", async () => {
    const { stage, given } = await rated([
      [1, 0, 3, 0],
      [1, 1, 2, 0],
    ]);
    const subject: Subject = { kind: "pile", account: given[0]?.pile ?? "" };
    const before = await walkHistory(stage.reputation, subject);
    const [rater] = await connection.ethers.getSigners();
    if (rater === undefined) throw new Error("expected an account");
    await rateAs(stage, rater, { pile: 1, serial: 9, score: 1, credibility: 0 });
    const after = await walkHistory(stage.reputation, subject);
    expect(after.evaluations.slice(1)).to.deep.equal(before.evaluations);
  });

  it("asks for logs in ranges that a node answers, and misses none at their edges", async () => {
    const { stage, given } = await rated(Array.from({ length: 5 }, () => [1, 0, 3, 0]));
    const subject: Subject = { kind: "pile", account: given[0]?.pile ?? "" };
    const whole = await scanHistory(stage.reputation, subject, await everywhere());
    expect(whole.reads).to.equal(1);
    for (const blocksPerQuery of [1, 2, 3]) {
      const range = await everywhere(blocksPerQuery);
      const found = await scanHistory(stage.reputation, subject, range);
      expect(found.evaluations).to.deep.equal(whole.evaluations);
      expect(found.reads).to.equal(Math.ceil((range.toBlock + 1) / blocksPerQuery));
    }
  });

  describe("told by a node that lies", () => {
    /** A node that answers as the chain does, with some answers replaced. */
    const lying = (reputation: Reputation, lies: Partial<Reputation>): Reputation =>
      new Proxy(reputation, {
        get: (target, name): unknown => Reflect.get(lies, name) ?? Reflect.get(target, name),
      });
    const LIED_EVALUATION = (previous: bigint) =>
      Object.assign(
        (id: bigint) =>
          Promise.resolve([
            `0x${"11".repeat(32)}`,
            {
              rating: 3n,
              credibilityBefore: 0n,
              id,
              previousOfPile: previous,
              previousOfVehicle: previous,
              blockNumber: 1n,
              ratingWad: 1n,
            },
          ]),
        {},
      ) as unknown as Reputation["evaluationOf"];

    let stage: Stage;
    let subject: Subject;

    before(async () => {
      const made = await rated(Array.from({ length: 3 }, () => [1, 0, 3, 0]));
      stage = made.stage;
      subject = { kind: "pile", account: made.given[0]?.pile ?? "" };
    });

    const refuses = async (lies: Partial<Reputation>): Promise<void> => {
      const refused = await walkHistory(lying(stage.reputation, lies), subject).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(HistoryError).with.property("code", "E_HISTORY");
    };

    it("refuses links that do not fall: a walk never turns in a circle", () =>
      refuses({ evaluationOf: LIED_EVALUATION(3n) }));

    it("refuses a history that is shorter than the contract counts", () =>
      refuses({ evaluationOf: LIED_EVALUATION(0n) }));

    it("refuses a history that goes on where the contract's count ends", async () => {
      const head = Object.assign(() => Promise.resolve({ last: 3n, count: 2n }), {});
      const lied = head as unknown as Reputation["lastEvaluationOfPile"];
      await refuses({ lastEvaluationOfPile: lied });
    });

    it("refuses a record that was not asked for", async () => {
      const honest = stage.reputation;
      const other = Object.assign(
        () => honest.evaluationOf(1n),
        {},
      ) as unknown as Reputation["evaluationOf"];
      await refuses({ evaluationOf: other });
      const refused = await evaluationAt(lying(honest, { evaluationOf: other }), 2n).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(HistoryError);
    });
  });
});

/** What both ways tell. */
function common({ evaluations }: Found<Rated>): readonly Rated[] {
  return evaluations.map(({ id, session, rating, ratingWad, blockNumber }) => {
    return { id, session, rating, ratingWad, blockNumber };
  });
}
