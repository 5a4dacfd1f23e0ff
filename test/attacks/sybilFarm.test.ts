/**
 * One operator of a pile with a certified meter farms standing: with accounts that its own pile has
 * authorised, by signatures alone, without energy, below the least price. Nothing of it earns. What
 * does earn has a price, which is measured and held here: a kilowatt-hour through the certified
 * meter and a session's gas for each point.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { gasLedger, type GasRow } from "../../offchain/chain/gasLedger.ts";
import { send } from "../../offchain/chain/market.ts";
import { agreeOnReading } from "../../offchain/market/agreement.ts";
import { offerCoupon } from "../../offchain/market/elections.ts";
import { measureSession } from "../../offchain/market/metering.ts";
import { rateSession } from "../../offchain/market/reputation.ts";
import { knownSession } from "../../offchain/market/sessions.ts";
import { settleSession } from "../../offchain/market/settlement.ts";
import { memoryReadings } from "../../offchain/parties/owner/registerStore.ts";
import { standingOf } from "../support/attacks/playedSession.ts";
import {
  anHour,
  chargingSessions,
  meteredPile,
  refusalIn,
  type MeteredPile,
} from "../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { vouch } from "../support/market/vouching.ts";
import { counterRng } from "../support/primitives/draws.ts";

const FUNDS = 1_000_000_000n;
const ENERGY_WH = 12_000n;
/** The least that earns: of energy, and of tokens with six decimals. */
const LEAST_WH = 1_000n;
const LEAST_UNITS = 100_000n;
/** Of the trades of the tests; a kilowatt-hour costs more than the least price. */
const PRICE_PER_KWH = 450_000n;
/** What a farm sends for a session of its own: everything but what the matcher and others send. */
const FARMED_CALLS = ["request", "bid", "start", "authorise", "plugIn", "settle"];
const LEAST_GAS_PER_POINT = 400_000;
const MOST_CREDIBILITY = 20;

interface Stage {
  readonly world: MarketWorld;
  readonly pile: MeteredPile;
  readonly fresh: MarketWorld["vehicle"];
}

/** The pile of the operator has authorised an account of the operator's own. */
async function farm(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  const pile = await meteredPile(world);
  const [fresh] = (await connection.ethers.getSigners()).slice(10);
  if (fresh === undefined) throw new Error("farm: expected one more account");
  const now = await nowSeconds(world);
  const day = { slotStart: now, slotEnd: now + 86_400 };
  const nymHash = await vouch(world, world.pile, fresh, day);
  const { market, faucet } = world;
  const { token, escrow } = market.contracts;
  await faucet(market, fresh, FUNDS);
  await send(market, token.connect(fresh).approve(await escrow.getAddress(), FUNDS));
  await send(market, escrow.connect(fresh).deposit(fresh.address, FUNDS));
  return { world, pile, fresh: { signer: fresh, id: nymHash } };
}

describe("a sybil farm", () => {
  let connection: NetworkConnection;
  let stage: Stage;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    stage = await connection.networkHelpers.loadFixture(farm);
  });

  const metered = async (
    world: MarketWorld,
    energyWh: bigint,
    pricePerKwh = PRICE_PER_KWH,
  ): Promise<Bytes32> => {
    const [session = ""] = await chargingSessions(world, 1, pricePerKwh);
    await measureSession(world.market, stage.pile, anHour(session, { energyWh }));
    await settleSession(world.market, stage.pile, { session, records: null, key: null });
    return session;
  };

  /** Nothing that counts: no credibility, no rating, no candidate for a coupon. */
  const expectNothing = async (
    world: MarketWorld,
    vehicle: HardhatEthersSigner,
    session: Bytes32,
  ): Promise<void> => {
    const { market, pile } = world;
    expect((await knownSession(market, session)).hasEarned).to.equal(false);
    for (const rating of [3, 2]) {
      expect(await refusalIn(() => rateSession(market, vehicle, session, rating))).to.equal(
        "ReputationRatingOutOfRange",
      );
    }
    await rateSession(market, vehicle, session, 1);
    const { credibility, ratingWad } = await standingOf(world, vehicle);
    expect({ credibility, ratingWad }).to.deep.equal({ credibility: 0n, ratingWad: 0n });
    const desk = { wallet: pile.signer, faucet: null, rng: counterRng("farm") };
    const offer = {
      ...{ rule: "highest" as const, couponUnits: 1n, from: 1n },
      ...{ seedBlocks: 0, claimSeconds: 60 },
    };
    expect(await refusalIn(() => offerCoupon(market, desk, offer))).to.equal("E_ELECTION_NOBODY");
  };

  it("gains nothing by accounts that its own pile has authorised, whatever they take", async () => {
    const { world, fresh } = stage;
    const farmed = { ...world, vehicle: fresh };
    const session = await metered(farmed, ENERGY_WH);
    expect(await knownSession(world.market, session)).to.include({
      ...{ state: "settled", energyWh: ENERGY_WH, isVouched: true },
    });
    await expectNothing(farmed, fresh.signer, session);
  });

  it("gains nothing by signatures without a meter", async () => {
    const { world } = stage;
    const { market, vehicle, pile } = world;
    const [session = ""] = await chargingSessions(world, 1);
    const store = memoryReadings();
    for (const { signer: wallet } of [vehicle, pile]) {
      await agreeOnReading(market, { wallet, store }, { session, beginWh: 0n, endWh: 40_000n });
    }
    await expectNothing(world, vehicle.signer, session);
  });

  for (const energyWh of [0n, LEAST_WH - 1n]) {
    it(`gains nothing by ${energyWh} Wh`, async () => {
      const { world } = stage;
      await expectNothing(world, world.vehicle.signer, await metered(world, energyWh));
    });
  }

  it("gains nothing by a kilowatt-hour below the least price", async () => {
    const { world } = stage;
    const session = await metered(world, LEAST_WH, LEAST_UNITS - 1n);
    expect((await knownSession(world.market, session)).amountUnits).to.equal(LEAST_UNITS - 1n);
    await expectNothing(world, world.vehicle.signer, session);
  });

  it("pays a kilowatt-hour and a session's gas for each point that it does get", async () => {
    const { world } = stage;
    const { vehicle } = world;
    const before = await standingOf(world, vehicle.signer);
    const gas = gasLedger();
    const watched = { ...world, market: { ...world.market, gas } };
    const session = await metered(watched, LEAST_WH);
    const after = await standingOf(world, vehicle.signer);
    expect(after.credibility - before.credibility).to.equal(1n);

    const spent = spentOn(gas.rows());
    const known = await knownSession(world.market, session);
    const boundUnits = known.depositUnits + known.bondUnits;
    const paidUnits = (LEAST_WH * PRICE_PER_KWH) / 1_000n;
    // Both sides are the farm's: the payment goes round and is not spent.
    expect(after.pileUnits - before.pileUnits).to.equal(paidUnits);
    expect(before.vehicleUnits - after.vehicleUnits).to.equal(paidUnits);
    expect(paidUnits >= LEAST_UNITS).to.equal(true);
    expect(known.energyWh).to.equal(LEAST_WH);
    expect(spent).to.be.at.least(LEAST_GAS_PER_POINT);
    const whole = `${MOST_CREDIBILITY * Number(LEAST_WH)} Wh and ${MOST_CREDIBILITY * spent} gas`;
    console.log(
      `      a point: ${LEAST_WH} Wh through a certified meter, ${spent} gas, ` +
        `${boundUnits} units bound, ${paidUnits} going round; all ${MOST_CREDIBILITY}: ${whole}`,
    );
  });
});

function spentOn(rows: readonly GasRow[]): number {
  return rows
    .filter(({ function: name }) => FARMED_CALLS.includes(name))
    .reduce((sum, { calls, avg }) => sum + calls * avg, 0);
}
