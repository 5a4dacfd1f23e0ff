/**
 * A round of admitted uploads, in every mode: who wins, what both sides get, and how it ends early.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { openDelivery, type VehicleDelivery } from "../../../offchain/core/messages/delivery.ts";
import { NO_REFERENCE_PRICE, type Bytes32 } from "../../../offchain/core/messages/market.ts";
import { openPileNotice, type PileNotice } from "../../../offchain/core/messages/pileNotice.ts";
import type { RoundOutcome } from "../../../offchain/market/matching.ts";
import type { WorldPile } from "../../../offchain/study/worlds/world.ts";
import type { EverybodysWork } from "../../../offchain/market/work.ts";
import { bytes32, workOf, type Person } from "../../support/matching/crowdRound.ts";
import { play, type Playing } from "../../support/matching/playing.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";
import {
  accounts,
  clearRounds,
  crowd,
  expectDelivered,
  expectOracle,
  MOST,
  NAMED_ROUNDS,
  partiesOf,
  pile,
  rehearseRound,
  times,
  trip,
  type ClearRound,
  type Crowd,
} from "../../support/matching/rounds.ts";
import { runs } from "../../support/runs.ts";
import { uploadHash } from "../../../offchain/core/messages/upload.ts";

describe("round", () => {
  let everybody: Crowd;

  before(async () => {
    everybody = await crowd();
  });

  describe("by itself", () => {
    const playing = (clear: ClearRound): Playing => play(partiesOf(everybody, clear));

    it("decides as the plaintext oracle, and tells the vehicle its site and the pile its vehicle", async () => {
      await fc.assert(
        fc.asyncProperty(clearRounds(MOST), bytes32, async (clear, seed) => {
          const { parties, bids, run } = playing(clear);
          const result = await run(seed);
          expectOracle(parties, seed, result);
          for (const match of result.matches) await expectDelivered(parties, bids, match);
        }),
        { numRuns: runs(12, 50), seed: 0x5eed },
      );
    });

    for (const [what, clear] of Object.entries(NAMED_ROUNDS)) {
      it(`${what}, decides as the oracle for any seed`, async () => {
        const { parties, run } = playing(clear);
        for (const seed of ["a", "b", "c", "d"].map(id)) {
          expectOracle(parties, seed, await run(seed));
        }
      });
    }

    it("with one seller for two, lets the seed decide who gets it", async () => {
      const { parties, run } = playing({ trips: [trip(0), trip(1)], piles: [pile(0)] });
      const winners = new Set<string | undefined>();
      for (let k = 0; k < 16; k += 1) {
        winners.add((await run(id(`seed ${k}`))).matches[0]?.vehicle);
      }
      expect(winners).to.deep.equal(new Set(accounts(parties.buyers)));
    });

    it("compares every buyer with every seller that is left", async () => {
      const { run } = playing({ trips: times(3, trip), piles: times(4, pile) });
      expect((await run(id("seed"))).comparedPairs).to.equal(4 + 3 + 2);
    });

    it("matches somebody whose upload is there twice once", async () => {
      const { requests, run } = playing({ trips: [trip(0)], piles: [pile(0), pile(1)] });
      const { matches, unmatched } = await run(id("seed"), {
        requests: [...requests, ...requests],
      });
      expect(matches).to.have.lengthOf(1);
      expect(unmatched).to.deep.equal([]);
    });

    it("rehearsed, says who would be matched, and the mean of their prices", async () => {
      await fc.assert(
        fc.asyncProperty(clearRounds(MOST), bytes32, async (clear, seed) => {
          const played = playing(clear);
          const { matches } = await played.run(seed);
          await expectRehearsed(played, seed, matches);
        }),
        { numRuns: runs(12, 25), seed: 0x5eed },
      );
    });

    it("gives every decision and every box only once", async () => {
      const { run } = playing({ trips: times(MOST, trip), piles: times(MOST, pile) });
      const seen = (await run(id("seed"))).matches.flatMap(({ decision, toVehicle, toPile }) => [
        decision,
        ...[toVehicle.blinded, toVehicle.masks, toPile.box],
      ]);
      expect(new Set(seen).size).to.equal(MOST * 4);
    });

    it("delivers nothing that anybody else can open", async () => {
      const { parties, run } = playing({ trips: times(3, trip), piles: times(3, pile) });
      const { matches } = await run(id("seed"));
      const people = [...parties.buyers, ...parties.sellers].map(({ person }) => person);
      for (const { vehicle, pile: taken, toVehicle, toPile } of matches) {
        for (const one of people) {
          const own = one.wallet.address;
          expect(await opened(one, toVehicle)).to.equal(own === vehicle ? "accepted" : CLOSED);
          expect(await noticed(one, toPile)).to.equal(own === taken ? "accepted" : CLOSED);
        }
      }
      expect(matches).to.have.lengthOf(3);
    });

    it("reports its progress after every buyer", async () => {
      const { run } = playing({ trips: times(3, trip), piles: [pile(0)] });
      const calls: (readonly [number, number])[] = [];
      await run(id("seed"), {
        onProgress: (done, total) => {
          calls.push([done, total]);
        },
      });
      expect(calls).to.deep.equal([
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
    });

    it("does not begin when it is aborted already", async () => {
      const { run } = playing({ trips: [trip(0)], piles: [pile(0)] });
      const calls: number[] = [];
      const options = {
        signal: AbortSignal.abort(new StoppedError()),
        onProgress: (done: number) => {
          calls.push(done);
        },
      };
      expect(await asyncRefusal(() => run(id("seed"), options))).to.equal(STOPPED);
      expect(calls).to.deep.equal([]);
    });

    it("ends with the signal's reason when it is aborted between two buyers", async () => {
      const { run } = playing({ trips: times(5, trip), piles: times(5, pile) });
      const controller = new AbortController();
      const calls: number[] = [];
      const options = {
        signal: controller.signal,
        onProgress: (done: number) => {
          calls.push(done);
          if (done === 2) controller.abort(new StoppedError());
        },
      };
      expect(await asyncRefusal(() => run(id("seed"), options))).to.equal(STOPPED);
      expect(calls).to.deep.equal([1, 2]);
    });

    it("lets a timer abort it, even while it finds nothing to deliver", async () => {
      const tooDear = (k: number): WorldPile => ({ ...pile(k), pricePerKwh: 1_000_001n });
      const { run } = playing({ trips: times(MOST, trip), piles: times(MOST, tooDear) });
      const controller = new AbortController();
      setImmediate(() => {
        controller.abort(new StoppedError());
      });
      const options = { signal: controller.signal };
      expect(await asyncRefusal(() => run(id("seed"), options))).to.equal(STOPPED);
    });
  });

  describe("of several waves", () => {
    const BUYERS = 40;
    const SELLERS = 30;
    const WAVES = 3;
    let playing: Playing;

    before(async () => {
      playing = play(partiesOf(await crowd(BUYERS), spread(BUYERS, SELLERS)));
    });

    it("decides and delivers as if there were one, and counts buyers through", async () => {
      const { parties, bids, run } = playing;
      const done: number[] = [];
      const onProgress = (count: number): void => {
        done.push(count);
      };
      const result = await run(id("waves"), { onProgress });
      expectOracle(parties, id("waves"), result);
      for (const match of result.matches) await expectDelivered(parties, bids, match);
      expect(result.matches.length).to.be.within(SELLERS / 2, SELLERS - 1);
      expect(done).to.deep.equal(times(BUYERS, (k) => k + 1));
    });

    it("rehearsed, has one mean over all waves", async () => {
      const { matches } = await playing.run(id("waves"));
      await expectRehearsed(playing, id("waves"), matches);
    });

    it("goes on without sellers when the first waves have taken all", async () => {
      const many = { trips: times(BUYERS, trip), piles: times(5, pile) };
      const { parties, run } = play(partiesOf(await crowd(BUYERS), many));
      const result = await run(id("taken"));
      expectOracle(parties, id("taken"), result);
      expect(result.comparedPairs).to.equal(5 + 4 + 3 + 2 + 1);
    });

    it("ends with the signal's reason in the middle of one", async () => {
      const controller = new AbortController();
      let last = 0;
      const options = {
        signal: controller.signal,
        onProgress: (done: number) => {
          last = done;
          if (done === 20) controller.abort(new StoppedError());
        },
      };
      expect(await asyncRefusal(() => playing.run(id("seed"), options))).to.equal(STOPPED);
      expect(last).to.equal(20);
    });

    it("ends with what goes wrong before or behind the one that is matched", async () => {
      const { run, requests } = playing;
      const broken = requests.map((request) => {
        const upload = { ...request.upload, sealKey: `0x${"00".repeat(32)}` };
        return { ...request, upload, uploadHash: uploadHash(upload) };
      });
      expect(await asyncRefusal(() => run(id("seed"), { requests: broken }))).to.equal(
        "SealedBoxError E_SEAL_KEY",
      );
      const work = workOf("opening");
      let opened = 0;
      const openRecords: EverybodysWork["openRecords"] = (...given) => {
        opened += 1;
        return opened <= WAVES ? work.openRecords(...given) : Promise.reject(new StoppedError());
      };
      const failing = { work: { ...work, openRecords } };
      expect(await asyncRefusal(() => run(id("seed"), failing))).to.equal(STOPPED);
    });
  });
});

/** The same leaders as in the round itself, and nothing of a price but the mean. */
async function expectRehearsed(
  { parties, ...uploads }: Playing,
  seed: Bytes32,
  matches: RoundOutcome["matches"],
): Promise<void> {
  const leaders = matches.map((match) => match.pile);
  const prices = leaders.map((account) => {
    const seller = parties.sellers.find(({ person }) => person.wallet.address === account);
    return seller?.pile.pricePerKwh ?? 0n;
  });
  const sum = prices.reduce((left, price) => left + price, 0n);
  const mean = leaders.length === 0 ? NO_REFERENCE_PRICE : sum / BigInt(leaders.length);
  const rehearsed = await rehearseRound(uploads, { seed });
  expect(rehearsed.leaders).to.deep.equal(leaders);
  expect([rehearsed.referencePricePerKwh, rehearsed.notAdmitted]).to.deep.equal([mean, []]);
  expect(rehearsed.transcript.notices).to.have.lengthOf(parties.sellers.length);
}

/** People all over a town, with all kinds of limits. */
function spread(buyers: number, sellers: number): ClearRound {
  return {
    trips: times(buyers, (k) => ({
      ...trip(k),
      position: { xM: (397 * k) % 3_000, yM: (811 * k) % 3_000 },
      maxPricePerKwh: BigInt(400_000 + ((7_919 * k) % 300_000)),
      maxDistanceM: 250 + ((53 * k) % 500),
      needs: [k % 4 === 0, k % 7 === 0],
    })),
    piles: times(sellers, (k) => ({
      ...pile(k),
      position: { xM: (613 * k) % 3_000, yM: (239 * k) % 3_000 },
      pricePerKwh: BigInt(300_000 + ((104_729 * k) % 200_000)),
      offers: [k % 3 > 0, k % 2 === 0],
    })),
  };
}

const CLOSED = "SealedBoxError E_AEAD";
const STOPPED = "StoppedError E_STOPPED";

class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly code = "E_STOPPED";
}

function opened({ sealKeys }: Person, delivery: VehicleDelivery): Promise<string> {
  return asyncRefusal(() => openDelivery(sealKeys, delivery));
}

function noticed({ sealKeys }: Person, notice: PileNotice): Promise<string> {
  return asyncRefusal(() => openPileNotice(sealKeys, notice));
}
