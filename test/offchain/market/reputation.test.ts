/**
 * Ratings, histories and coupons: what a step refuses before it costs anything, and what it
 * changes.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  claimCoupon,
  electOnEvaluations,
  knownElection,
  offerCoupon,
  redeemCoupon,
  type CouponOffer,
} from "../../../offchain/market/elections.ts";
import {
  historyOf,
  pileKindOf,
  rateSession,
  reputationOf,
} from "../../../offchain/market/reputation.ts";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import {
  chargingSessions,
  meteredPile,
  refusalIn,
  settledSession,
} from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { counterRng } from "../../support/primitives/draws.ts";
import { agreeOnReading } from "../../../offchain/market/agreement.ts";
import { knownSession, expireSession } from "../../../offchain/market/sessions.ts";
import { memoryReadings } from "../../../offchain/parties/owner/registerStore.ts";

const COUPON_UNITS = 5_000_000n;
const CLAIM_SECONDS = 3_600;

interface Stage {
  readonly world: MarketWorld;
  readonly sessions: readonly Bytes32[];
}

async function stageWithSettled(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  const pile = await meteredPile(world);
  // One after the other: an evaluation records the credibility from before its session began.
  const sessions = [await settledSession(world, pile), await settledSession(world, pile)];
  return { world, sessions };
}

describe("what sessions say of those who had them", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let sessions: readonly Bytes32[];

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    ({ world, sessions } = await connection.networkHelpers.loadFixture(stageWithSettled));
  });

  const rate = (place: number, rating: number, by = world.vehicle.signer): Promise<void> =>
    rateSession(world.market, by, sessions[place] ?? "", rating);
  const pile = (): string => world.pile.signer.address;

  it("is rated once, by the vehicle, with 1, 2 or 3", async () => {
    for (const rating of [0, 4, 1.5]) {
      expect(await refusalIn(() => rate(0, rating))).to.equal("E_RATING");
    }
    expect(await refusalIn(() => rate(0, 3, world.pile.signer))).to.equal("ReputationNotRater");
    await rate(0, 3);
    expect(await refusalIn(() => rate(0, 3))).to.equal("ReputationAlreadyRated");
    const { rating, ratings } = await reputationOf(world.market, pile());
    expect(ratings).to.equal(1n);
    expect(rating).to.be.within(0.01, 3);
  });

  it("takes 1 alone for what was not delivered, and says why, or nothing at all", async () => {
    const { market, vehicle, stranger } = world;
    const [undelivered = "", agreed = ""] = await chargingSessions(world, 2);
    const said = (session: Bytes32, rating: number): Promise<string> =>
      rateSession(market, vehicle.signer, session, rating).then(() => "accepted", String);
    expect(await said(undelivered, 1)).to.match(/cannot be rated: the session is charging/);

    const store = memoryReadings();
    for (const { signer: wallet } of [vehicle, world.pile]) {
      const registers = { session: agreed, beginWh: 0n, endWh: 2_000n };
      await agreeOnReading(market, { wallet, store }, registers);
    }
    expect(await said(agreed, 2)).to.match(/with 1 alone, not 2: .* by agreement/);
    const { deadline } = await knownSession(market, undelivered);
    await connection.networkHelpers.time.increaseTo(deadline);
    await expireSession(market, stranger, undelivered);
    expect(await said(undelivered, 3)).to.match(/with 1 alone, not 3: nothing was settled/);
    expect(await said(undelivered, 1)).to.equal("accepted");

    const subject = { kind: "pile", account: pile() } as const;
    const [evaluation] = (await historyOf(market, subject)).evaluations;
    // Two sessions were paid before: its own credibility, and not the least weight.
    expect(evaluation).to.include({ rating: 1, earned: false, credibilityBefore: 2, weight: 0.1 });
  });

  it("is a history with the weight of who said it, newest first", async () => {
    await rate(0, 3);
    await rate(1, 1);
    const subject = { kind: "pile", account: pile() } as const;
    const { evaluations, reads } = await historyOf(world.market, subject);
    expect(evaluations.map(({ rating }) => rating)).to.deep.equal([1, 3]);
    // Nobody has credibility before the first session is over: the least weight there is.
    expect(evaluations.at(-1)?.weight).to.equal(0.1);
    expect(reads).to.equal(3);
    expect((await historyOf(world.market, subject, 1)).evaluations).to.have.lengthOf(1);
    expect(await pileKindOf(world.market, pile())).to.equal("private");
    expect(await pileKindOf(world.market, world.vehicle.signer.address)).to.equal("notAPile");
  });

  it("is a standing that says what a vehicle has to put down", async () => {
    const { credibility, depositFactor } = await reputationOf(
      world.market,
      world.vehicle.signer.address,
    );
    expect(credibility).to.equal(2n);
    expect(depositFactor).to.equal(1n);
  });

  describe("is an election with a coupon", () => {
    const offered: CouponOffer = {
      rule: "highest",
      couponUnits: COUPON_UNITS,
      from: 1n,
      seedBlocks: 0,
      claimSeconds: CLAIM_SECONDS,
    };
    const offer = (values: Partial<CouponOffer> = {}): Promise<Bytes32> =>
      offerCoupon(
        world.market,
        { wallet: world.stranger, faucet: world.faucet, rng: counterRng("coupon") },
        { ...offered, ...values },
      );
    const freeUnits = async (account: string): Promise<bigint> =>
      (await world.market.contracts.escrow.balanceOf(account)).free;

    it("that is refused before anything is deposited for it", async () => {
      expect(await refusalIn(offer)).to.equal("E_EVALUATIONS");
      await rate(0, 3);
      // The first session began with no credibility: nobody can win.
      expect(await refusalIn(offer)).to.equal("E_ELECTION_NOBODY");
      expect(await refusalIn(() => offer({ from: 2n }))).to.equal("E_EVALUATIONS");
      expect(await freeUnits(world.stranger.address)).to.equal(0n);
      const last = () => knownElection(world.market, null);
      expect(await refusalIn(last)).to.equal("E_ELECTION_UNKNOWN");
    });

    it("that is refused if the block that decides comes after claims have ended", async () => {
      for (const place of [0, 1]) await rate(place, 3);
      const { networkHelpers: helpers } = connection;
      await helpers.mine(25, { interval: 12 });
      const late = { seedBlocks: 5, claimSeconds: 84 };
      expect(await refusalIn(() => offer(late))).to.equal("E_ELECTION_LATE");
      expect(await freeUnits(world.stranger.address)).to.equal(0n);
      // A chain that stood still for a day is not a slow one.
      await helpers.time.increase(86_400);
      await offer({ ...late, claimSeconds: 85 });
    });

    it("that never asks for more than its best candidate has", async () => {
      for (const place of [0, 1]) await rate(place, 3);
      for (const rule of ["highest", "draw"] as const) {
        const { bar } = await knownElection(world.market, await offer({ rule }));
        const { candidates } = await electOnEvaluations(world.market, 1n, null, null);
        expect(bar).to.be.at.most(Math.max(...candidates.map(({ score }) => score)));
      }
    });

    it("that pays the vehicle that wins by the evaluations", async () => {
      for (const place of [0, 1]) await rate(place, 3);
      const electionId = await offer();
      const { market, stranger, vehicle } = world;
      const claim = async (): Promise<void> =>
        claimCoupon(market, stranger, await knownElection(market, null));
      expect(await refusalIn(claim)).to.equal("E_ELECTION_SEED");
      await connection.networkHelpers.mine(2);
      await claim();
      expect((await knownElection(market, electionId)).leader).to.equal(vehicle.signer.address);
      await connection.networkHelpers.time.increase(CLAIM_SECONDS);
      const before = await freeUnits(vehicle.signer.address);
      await redeemCoupon(market, stranger, electionId);
      expect(await freeUnits(vehicle.signer.address)).to.equal(before + COUPON_UNITS);
      expect(await knownElection(market, electionId)).to.include({ redeemed: true });
    });

    it("of which both results are published, on evaluations and a block that there are", async () => {
      for (const place of [0, 1]) await rate(place, 3);
      const { market } = world;
      const { highest, to, block } = await electOnEvaluations(market, 1n, null, null);
      expect(highest?.vehicle).to.equal(world.vehicle.signer.address);
      expect(to).to.equal(2n);
      const refused = [
        await refusalIn(() => electOnEvaluations(market, 0n, null, null)),
        await refusalIn(() => electOnEvaluations(market, 1n, 3n, null)),
        await refusalIn(() => electOnEvaluations(market, 1n, null, block + 100)),
      ];
      expect(refused).to.deep.equal(["E_EVALUATIONS", "E_EVALUATIONS", "E_BLOCK"]);
    });
  });
});
