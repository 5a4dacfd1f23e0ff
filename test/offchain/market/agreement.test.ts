/**
 * Settlement without a record: what two signatures are worth, and when one has to be given again.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { agreeOnReading, type Agreement } from "../../../offchain/market/agreement.ts";
import { knownSession, sessionVenue } from "../../../offchain/market/sessions.ts";
import {
  memoryReadings,
  type ReadingStore,
} from "../../../offchain/parties/owner/registerStore.ts";
import { chargingSessions, refusalIn } from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { signReading } from "../../../offchain/core/messages/reading.ts";

const DAY_SECONDS = 86_400;

async function stageWithSession(
  connection: NetworkConnection,
): Promise<{ readonly world: MarketWorld; readonly sessions: readonly Bytes32[] }> {
  const world = await populatedWorld(connection);
  return { world, sessions: await chargingSessions(world, 1) };
}

describe("agreeing on a reading", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let session: Bytes32;
  let store: ReadingStore;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    const stage = await connection.networkHelpers.loadFixture(stageWithSession);
    world = stage.world;
    [session = ""] = stage.sessions;
    store = memoryReadings();
  });

  const agree = (
    wallet: MarketWorld["stranger"],
    endWh: bigint,
    beginWh = 1_000n,
  ): Promise<Agreement> =>
    agreeOnReading(world.market, { wallet, store }, { session, beginWh, endWh });

  it("settles with the second signature, for good", async () => {
    const { vehicle, pile } = world;
    const first = await agree(vehicle.signer, 3_000n);
    expect(first).to.deep.equal({ missing: pile.signer.address, replaced: null });
    expect(await agree(pile.signer, 3_000n)).to.deep.equal({ missing: null, replaced: null });
    expect(await knownSession(world.market, session)).to.include({
      state: "settled",
      energyWh: 2_000n,
      amountUnits: 900_000n,
    });
    const again = () => agree(vehicle.signer, 3_000n);
    expect(await refusalIn(again)).to.equal("SessionWrongState");
    const said = await again().then(() => "", String);
    expect(said).to.contain("to be charging or unplugged or metered or disputed:");
  });

  it("begins anew with other registers, and says which were replaced", async () => {
    const { vehicle, pile } = world;
    await agree(vehicle.signer, 3_000n);
    const { missing, replaced } = await agree(pile.signer, 2_500n);
    expect(missing).to.equal(vehicle.signer.address);
    expect(replaced).to.include({ beginWh: 1_000n, endWh: 3_000n });
    expect((await agree(vehicle.signer, 2_500n)).missing).to.equal(null);
  });

  it("goes by what each party has signed last, and keeps what the other has signed", async () => {
    const { vehicle, pile } = world;
    await agree(vehicle.signer, 3_000n);
    await agree(pile.signer, 2_500n);
    await agree(vehicle.signer, 2_800n);
    expect((await agree(pile.signer, 3_000n)).missing).to.equal(vehicle.signer.address);
    expect(await agree(pile.signer, 2_800n)).to.deep.equal({ missing: null, replaced: null });
  });

  it("settles when both begin at once and sign another deadline each", async () => {
    const { vehicle, pile } = world;
    let first = true;
    const { readingsOf } = store;
    const overtaken: ReadingStore = {
      ...store,
      // The vehicle has signed when the pile has looked and found nothing.
      readingsOf: async (of) => {
        const known = await readingsOf(of);
        if (first) {
          first = false;
          await connection.networkHelpers.time.increase(10);
          expect((await agree(vehicle.signer, 3_000n)).missing).to.equal(pile.signer.address);
        }
        return known;
      },
    };
    const registers = { session, beginWh: 1_000n, endWh: 3_000n };
    const desk = { wallet: pile.signer, store: overtaken };
    expect(await agreeOnReading(world.market, desk, registers)).to.include({ missing: null });
  });

  it("begins anew when the first signature is a day old", async () => {
    const { vehicle, pile } = world;
    await agree(vehicle.signer, 3_000n);
    await connection.networkHelpers.time.increase(DAY_SECONDS);
    expect(await agree(pile.signer, 3_000n)).to.deep.equal({
      missing: vehicle.signer.address,
      replaced: null,
    });
    expect((await agree(vehicle.signer, 3_000n)).missing).to.equal(null);
  });

  it("is good for a day, for however long the other party has signed", async () => {
    const { market, vehicle, pile } = world;
    const venue = await sessionVenue(market);
    const registers = { sessionId: session, beginWh: 1_000n, endWh: 3_000n };
    const now = BigInt(await connection.networkHelpers.time.latest());
    const lasting = { ...registers, deadline: now + 30n * BigInt(DAY_SECONDS) };
    const byPile = await signReading(pile.signer, venue, lasting);
    await store.keepReading(pile.signer.address, { ...lasting, signature: byPile });
    expect((await agree(vehicle.signer, 3_000n)).missing).to.equal(pile.signer.address);

    await connection.networkHelpers.time.increase(DAY_SECONDS + 60);
    const said = (await store.readingsOf(session)).get(vehicle.signer.address);
    if (said === undefined) throw new Error("expected what the vehicle has signed");
    const { signature: byVehicle, ...signed } = said;
    const sessions = market.contracts.sessions.connect(pile.signer);
    await expect(
      sessions.settleAgreed(signed, byVehicle, await signReading(pile.signer, venue, signed)),
    ).to.be.revertedWithCustomError(sessions, "SessionStaleReading");
    await expect(sessions.settleAgreed(lasting, byVehicle, byPile)).to.be.revertedWithCustomError(
      sessions,
      "SessionBadSignature",
    );
    // The straw man: a vehicle that signs what it is given, whatever the deadline.
    const blindly = await signReading(vehicle.signer, venue, lasting);
    await sessions.settleAgreed(lasting, blindly, byPile);
    expect((await knownSession(market, session)).state).to.equal("settled");
  });

  it("signs nothing that the contract would refuse", async () => {
    const { vehicle, stranger } = world;
    expect(await refusalIn(() => agree(vehicle.signer, 999n))).to.equal("SessionFallingRegister");
    expect(await refusalIn(() => agree(stranger, 3_000n))).to.equal("SessionNotParty");
    const { deadline } = await knownSession(world.market, session);
    await connection.networkHelpers.time.increaseTo(deadline);
    expect(await refusalIn(() => agree(vehicle.signer, 3_000n))).to.equal("SessionTooLate");
    expect([...(await store.readingsOf(session))]).to.deep.equal([]);
  });
});
