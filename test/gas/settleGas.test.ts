/**
 * Gas of `settle` from real transactions: one record that names the session, as meters write it, on
 * a chain that has the precompile for secp256r1. Unavoidable are the transaction with its calldata,
 * the check of the signature (6,900) and SHA-256 over the payload, and the reads, writes and logs
 * of registry, session, escrow and reputation. A vehicle's first session costs 17,100 more than its
 * next: there its credibility is written for the first time.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { certifyMeter } from "../../offchain/core/meter/meterCertificate.ts";
import { chainKey } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord, type PreparedRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import {
  meterTransaction,
  newMeter,
  type MeterCurve,
  type SimulatedMeter,
} from "../../offchain/core/meter/simulatedMeter.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { charge, commitTrade, endBidding, postDecisions } from "../support/market/trade.ts";
import { counterRng } from "../support/primitives/draws.ts";

/** Average of a first session and one more. */
const GOAL = 155_000;
const RATED_W = 22_000;
const HOUR_SECONDS = 3_600;
const ENERGY_MILLI_WH = 12_345_600n;
/** What records of real meters have. */
const PAYLOAD_BYTES = [380, 560] as const;

describe("gas of a settlement", function () {
  this.timeout(120_000);

  let connection: NetworkConnection;
  let world: MarketWorld;
  let trades = 0;

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(populatedWorld);
  });
  after(() => connection.close());

  const charging = async (): Promise<Bytes32> => {
    const trade = await commitTrade(world, `trade ${++trades}`);
    const decisionsOf = (): readonly Bytes32[] => [trade.decision, id("another pair")];
    await endBidding(world, trade);
    await postDecisions(world, trade, decisionsOf());
    await charge(world, [trade], decisionsOf);
    await connection.networkHelpers.time.increaseTo(trade.terms.slotEnd);
    return trade.decision;
  };

  const certified = async (curve: MeterCurve): Promise<SimulatedMeter> => {
    const { market, authority, pile } = world;
    const { meters } = market.contracts;
    const meter = newMeter(curve, "17619300", counterRng(curve));
    const now = await nowSeconds(world);
    const { certificate, signature } = await certifyMeter(
      authority,
      { chainId: market.chainId, meters: await meters.getAddress() },
      {
        participantId: pile.id,
        key: chainKey(meter.publicKey),
        ratedPowerW: RATED_W,
        lastPagination: 0n,
      },
      { validFrom: now, validUntil: now + 30 * 86_400, relayBy: now + HOUR_SECONDS },
      1,
    );
    await send(market, meters.certify(certificate, signature));
    return { ...meter, importMilliWh: 2_935_600_000n };
  };

  /** What a meter signs about a session that it names, and the meter afterwards. */
  const metered = async (
    meter: SimulatedMeter,
    sessionId: Bytes32,
  ): Promise<readonly [PreparedRecord, SimulatedMeter]> => {
    const endMs = (await nowSeconds(world)) * 1000;
    const { meter: after, records } = await meterTransaction(meter, {
      identification: sessionName(sessionId),
      beginMs: endMs - 2 * HOUR_SECONDS * 1000,
      endMs,
      importMilliWh: ENERGY_MILLI_WH,
      exportMilliWh: 0n,
      clock: "S",
      end: "E",
      records: "one",
    });
    return [encodeRecord(parseRecord(records[0] ?? ""), meter.publicKey), after];
  };

  const settled = async (
    meter: SimulatedMeter,
  ): Promise<readonly [gas: number, after: SimulatedMeter]> => {
    const sessionId = await charging();
    const [{ key, record }, after] = await metered(meter, sessionId);
    expect((record.payload.length - 2) / 2).to.be.within(...PAYLOAD_BYTES);
    const { market, pile } = world;
    const { sessions } = market.contracts;
    const sent = sessions.connect(pile.signer).settle(sessionId, key, [record], "0x");
    const { gasUsed } = await send(market, sent);
    expect((await sessions.sessionOf(sessionId)).energyWh).to.equal(12_345n);
    return [Number(gasUsed), after];
  };

  for (const curve of ["secp256r1", "secp256k1"] as const) {
    it(`settles on one record of ${curve} for at most ${GOAL} on average`, async () => {
      const [first, after] = await settled(await certified(curve));
      const [again] = await settled(after);
      expect((first + again) / 2).to.be.at.most(GOAL);
    });
  }
});
