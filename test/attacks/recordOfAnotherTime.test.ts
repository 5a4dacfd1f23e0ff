/**
 * A pile with a genuine meter settles on energy that was not the vehicle's: from before it was
 * there, from another year, from after it had left, of a neighbour's car. Each lie is played to its
 * end on the contracts, past every step of the pile's own software, and moves nothing. The same
 * records are paid by a settlement that asks for no times.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import type { OcmfRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { CONTRACT_ERRORS } from "../../offchain/core/meter/settlementRules.ts";
import { rateSession } from "../../offchain/market/reputation.ts";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  unplugSession,
} from "../../offchain/market/sessions.ts";
import { settlementLimits, settleSession } from "../../offchain/market/settlement.ts";
import {
  acceptedSession,
  settleAnyway,
  signedByMeter,
  standingOf,
  type Moved,
} from "../support/attacks/playedSession.ts";
import {
  meteredPile,
  refusalBeforehand,
  refusalIn,
  type MeteredPile,
} from "../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";

const MS = 1_000;
const HALF_HOUR = 1_800;
const YEAR = 365 * 86_400;
/** What the pile wants to be paid for, at 11 kW in an hour and below. */
const CLAIMED_MILLI_WH = 9_000_000n;
const CLAIMED_WH = 9_000n;

interface Stage {
  readonly world: MarketWorld;
  readonly pile: MeteredPile;
  readonly session: Bytes32;
  readonly neighbours: Bytes32;
  /** What everybody had before anything was opened. */
  readonly before: Moved;
  /** Unix seconds; the vehicle charged for half an hour, and left half an hour ago. */
  readonly pluggedInAt: number;
  readonly leftAt: number;
}

async function chargedAndLeft(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  const pile = await meteredPile(world);
  const { market, vehicle } = world;
  const before = await standingOf(world, vehicle.signer);
  const neighbours = await acceptedSession({ ...world, vehicle: world.otherVehicle }, "neighbour");
  const session = await acceptedSession(world, "attacked");
  await authoriseSession(market, pile.wallet, session);
  await connection.networkHelpers.time.increase(2 * HALF_HOUR);
  await plugInSession(market, vehicle.signer, session);
  const pluggedInAt = await nowSeconds(world);
  await connection.networkHelpers.time.increase(HALF_HOUR);
  await unplugSession(market, vehicle.signer, session);
  const leftAt = await nowSeconds(world);
  await connection.networkHelpers.time.increase(HALF_HOUR);
  return { world, pile, session, neighbours, before, pluggedInAt, leftAt };
}

interface Lie {
  readonly what: string;
  /** Name of the contract's error. */
  readonly refusal: string;
  /** Of `meter verify` with the session; null where the times are right. */
  readonly verdict: string | null;
  readonly record: (stage: Stage) => Promise<OcmfRecord>;
}

const between = (
  { pile, session }: Pick<Stage, "pile" | "session">,
  from: number,
  to: number,
  clock: "S" | "R" = "S",
): Promise<OcmfRecord> =>
  signedByMeter(pile, {
    identification: sessionName(session),
    beginMs: from * MS,
    endMs: to * MS,
    importMilliWh: CLAIMED_MILLI_WH,
    clock,
  });

const LIES: readonly Lie[] = [
  {
    what: "the pile's own car, under the session's name, before the vehicle was there",
    refusal: "MeterOutsideSession",
    verdict: "MeterOutsideSession",
    record: (stage) =>
      between(stage, stage.pluggedInAt - 2 * HALF_HOUR, stage.pluggedInAt - HALF_HOUR),
  },
  {
    what: "a transaction that began before the vehicle was there and ended within",
    refusal: "MeterOutsideSession",
    verdict: "MeterOutsideSession",
    record: (stage) => between(stage, stage.pluggedInAt - HALF_HOUR, stage.leftAt),
  },
  {
    what: "a transaction of the year before",
    refusal: "MeterOutsideSession",
    verdict: "MeterOutsideSession",
    record: (stage) => between(stage, stage.pluggedInAt - YEAR, stage.leftAt - YEAR),
  },
  {
    what: "whatever was plugged in after the vehicle had left",
    refusal: "MeterOutsideSession",
    verdict: "MeterOutsideSession",
    record: (stage) => between(stage, stage.leftAt + 60, stage.leftAt + HALF_HOUR),
  },
  {
    what: "the same on a clock that nobody has set, for as long as the session was",
    refusal: "MeterTooMuchEnergy",
    verdict: "MeterTooMuchEnergy",
    record: async ({ pile, session, pluggedInAt, leftAt }) =>
      signedByMeter(pile, {
        identification: sessionName(session),
        beginMs: pluggedInAt * MS,
        endMs: (leftAt + HALF_HOUR) * MS,
        importMilliWh: 2n * CLAIMED_MILLI_WH,
        clock: "R",
      }),
  },
  {
    what: "a neighbour's car within the session's time",
    refusal: "SessionBadSignature",
    verdict: null,
    record: ({ pile, neighbours, pluggedInAt, leftAt }) =>
      between({ pile, session: neighbours }, pluggedInAt, leftAt),
  },
];

describe("records of another time, or of another car", () => {
  let connection: NetworkConnection;
  let stage: Stage;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    stage = await connection.networkHelpers.loadFixture(chargedAndLeft);
  });

  for (const { what, refusal, verdict, record: signed } of LIES) {
    it(`pay nobody: ${what}`, async () => {
      const { world, pile, session, before } = stage;
      const { market, vehicle, stranger } = world;
      const record = await signed(stage);

      const limits = await settlementLimits(market, session, pile.key);
      const judged = (await verdictOf(record, pile.key, "import", limits)).refusal;
      const judgedAs = judged === null ? null : CONTRACT_ERRORS[judged][0];
      expect(judgedAs).to.equal(verdict);
      const handedIn = { session, records: [record], key: null };
      expect(await refusalBeforehand(() => settleSession(market, pile, handedIn))).to.equal(
        refusal,
      );
      expect(await refusalIn(() => settleAnyway(world, pile, session, record))).to.equal(refusal);

      const { deadline } = await knownSession(market, session);
      await connection.networkHelpers.time.increaseTo(deadline);
      expect(await refusalIn(() => settleAnyway(world, pile, session, record))).to.equal(
        "SessionTooLate",
      );
      await expireSession(market, stranger, session);
      expect(await endsAs(stage)).to.deep.equal(before);
      // Who was there in time and was not served can say so, and nobody gains by it.
      await rateSession(market, vehicle.signer, session, 1);
      expect(await endsAs(stage)).to.deep.equal(before);
    });

    it(`are paid where nobody asks when, or whose: ${what}`, async () => {
      const { pile, session } = stage;
      const believing = await connection.ethers.deployContract("BelievingSettlement");
      const { record } = encodeRecord(await signed(stage), pile.key);
      await believing.settle(session, record);
      expect((await believing.energyWhOf(session)) >= CLAIMED_WH).to.equal(true);
    });
  }

  it("leave the pile what the vehicle took", async () => {
    const { world, pile, session, pluggedInAt, leftAt } = stage;
    const record = await signedByMeter(pile, {
      identification: sessionName(session),
      beginMs: pluggedInAt * MS,
      endMs: leftAt * MS,
      importMilliWh: CLAIMED_MILLI_WH,
    });
    await settleSession(world.market, pile, { session, records: [record], key: null });
    expect(await knownSession(world.market, session)).to.include({
      state: "settled",
      energyWh: CLAIMED_WH,
      hasEarned: true,
    });
  });
});

/** What everybody has, with the neighbour's session still open: its bond is locked. */
async function endsAs({ world, before }: Stage): Promise<Moved> {
  const now = await standingOf(world, world.vehicle.signer);
  const bond = before.pileUnits - now.pileUnits;
  expect(bond).to.equal(now.lockedUnits);
  return { ...now, pileUnits: now.pileUnits + bond, lockedUnits: now.lockedUnits - bond };
}
