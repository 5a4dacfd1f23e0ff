/**
 * A meter that is certified by a request: who asks for another's, in another market or again, gets
 * nothing; and a certificate counts in one registry, once.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { SignedMeterCertificate } from "../../../offchain/core/meter/meterCertificate.ts";
import { certifyMeter } from "../../../offchain/core/meter/meterCertificate.ts";
import { chainKey, meterKeyId } from "../../../offchain/core/meter/meterKey.ts";
import {
  checkMeterRequest,
  wishName,
  type MeterRequest,
} from "../../../offchain/core/meter/meterRequest.ts";
import {
  meterTransaction,
  type SimulatedMeter,
} from "../../../offchain/core/meter/simulatedMeter.ts";
import { installMeter } from "../../../offchain/market/metering.ts";
import {
  acceptMeterRequest,
  askForMeter,
  meterRegistryOf,
  meterWish,
  signWish,
} from "../../../offchain/market/meterRequests.ts";
import {
  issueMeterCertificate,
  registeredKey,
  keyIdIn,
  relayMeterCertificate,
  relayMeterOnce,
} from "../../../offchain/market/meters.ts";
import { memoryMeters, type MeterStore } from "../../../offchain/parties/pile/meterStore.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";

describe("meters that are certified by requests", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let store: MeterStore;
  let meter: SimulatedMeter;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    store = memoryMeters();
    meter = await installMeter(store, "paul", "secp256r1", counterRng("requests"));
  });

  type Pile = MarketWorld["pile"];

  /** The request of a pile for this meter, with what it has to show. */
  const requested = async (pile: Pile, record: string | null): Promise<MeterRequest> => {
    const wish = await meterWish(world.market, pile.signer.address, meter.publicKey);
    const terms = { ratedPowerW: null, lastPagination: 0n, record };
    return askForMeter(world.market, pile.signer, wish, terms);
  };
  const recordFor = async (pile: Pile): Promise<string> => {
    const wish = await meterWish(world.market, pile.signer.address, meter.publicKey);
    return signWish(world.market, store, "paul", wish);
  };
  const certified = async (request: MeterRequest): Promise<SignedMeterCertificate> => {
    const accepted = await acceptMeterRequest(world.market, request);
    return issueMeterCertificate(world.market, world.authority, { ...accepted, validDays: 40 });
  };
  const refused = (request: MeterRequest): Promise<string> =>
    codeOf(() => acceptMeterRequest(world.market, request));

  it("count from what they have signed last, and are brought by anybody, once", async () => {
    const request = await requested(world.pile, await recordFor(world.pile));
    const signed = await certified(request);
    expect(signed.certificate).to.include({ ratedPowerW: 22_000n, lastPagination: 1n, issue: 1n });
    const { market, stranger } = world;
    await relayMeterOnce(market, () => Promise.resolve(stranger), signed);
    await relayMeterOnce(market, () => Promise.reject(new Error("nobody is asked")), signed);
    const known = await registeredKey(market, keyIdIn(signed));
    expect(known).to.include({ pile: world.pile.signer.address, issue: 1n });
    expect(await refused(request), "again").to.equal("E_METER_REQUEST_OLD");
    const relay = (): Promise<void> => relayMeterCertificate(market, stranger, signed);
    expect(await refusalIn(relay), "again").to.equal("MeterCertificateSuperseded");
  });

  it("are not another pile's, who has a record that was meant for somebody else", async () => {
    const seen = await recordFor(world.pile);
    const theirs = await requested(world.otherPile, seen);
    expect(await refused(theirs)).to.equal("E_METER_REQUEST_RECORD");
    const posed = { ...(await requested(world.otherPile, null)), pile: world.pile.signer.address };
    expect(await refused(posed)).to.equal("E_METER_REQUEST_SIGNATURE");
    await relayMeterCertificate(
      world.market,
      world.stranger,
      await certified(await requested(world.pile, await recordFor(world.pile))),
    );
    const bare = await requested(world.otherPile, null);
    expect(await refused(bare)).to.equal("E_METER_REQUEST_MOVES");
    const known = await registeredKey(world.market, meterKeyId(chainKey(meter.publicKey)));
    expect(known.pile).to.equal(world.pile.signer.address);
    const vehicle = { ...world.otherPile, signer: world.vehicle.signer };
    expect(await codeOf(() => requested(vehicle, seen))).to.equal("E_METER_PILE");
  });

  it("straw man: who asks for no record gives the meter of one pile to another", async () => {
    await relayMeterCertificate(
      world.market,
      world.stranger,
      await certified(await requested(world.pile, await recordFor(world.pile))),
    );
    const { signer } = world.otherPile;
    const careless = { pile: signer.address, key: meter.publicKey, ratedPowerW: null };
    const terms = { ...careless, lastPagination: 0n, validDays: 40 };
    const signed = await issueMeterCertificate(world.market, world.authority, terms);
    await relayMeterCertificate(world.market, world.stranger, signed);
    const known = await registeredKey(world.market, keyIdIn(signed));
    expect(known.pile).to.equal(signer.address);
  });

  it("are asked for with a record of their own, in one market, as it was signed", async () => {
    const record = await recordFor(world.pile);
    const request = await requested(world.pile, record);
    const registry = await meterRegistryOf(world.market);
    const elsewhere = { ...registry, meters: world.stranger.address };
    const check = (): Promise<bigint> => checkMeterRequest(elsewhere, request);
    expect(await codeOf(check)).to.equal("E_METER_REQUEST_SIGNATURE");
    expect(wishName(elsewhere, request)).not.to.equal(wishName(registry, request));
    const more = { ...request, ratedPowerW: 150_000 };
    expect(await refused(more)).to.equal("E_METER_REQUEST_SIGNATURE");
    const cut = await requested(world.pile, record.slice(0, -4));
    expect(await refused(cut)).to.equal("E_METER_REQUEST_RECORD");

    await installMeter(store, "pia", "secp256k1", counterRng("another"));
    const other = await store.meterNamed("pia");
    if (other === undefined) throw new RangeError("expected the meter that was installed");
    const { records } = await meterTransaction(other, {
      identification: wishName(registry, request),
      ...{ beginMs: 0, endMs: 0, importMilliWh: 0n, exportMilliWh: 0n },
      ...{ clock: "S", end: "E", records: "one" },
    });
    const byOther = await requested(world.pile, records.join(""));
    expect(await refused(byOther)).to.equal("E_METER_REQUEST_RECORD");
  });

  it("have certificates that count in one registry, and of the authority alone", async () => {
    const { certificate } = await certified(await requested(world.pile, null));
    const { participantId, validFrom, validUntil, relayBy } = certificate;
    const seen = { participantId, key: chainKey(meter.publicKey), ratedPowerW: 22_000 };
    const times = {
      validFrom: Number(validFrom),
      validUntil: Number(validUntil),
      relayBy: Number(relayBy),
    };
    const inspected = { ...seen, lastPagination: 0n };
    const here = await meterRegistryOf(world.market);
    const elsewhere = { ...here, meters: world.stranger.address };
    const foreign = await certifyMeter(world.authority, elsewhere, inspected, times, 1);
    const own = await certifyMeter(world.pile.signer, here, inspected, times, 1);
    for (const signed of [foreign, own]) {
      const relay = (): Promise<void> =>
        relayMeterCertificate(world.market, world.stranger, signed);
      expect(await refusalIn(relay)).to.equal("MeterBadCertificate");
    }
  });
});

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  return (await asyncRefusal(action)).split(" ").at(-1) ?? "";
}
