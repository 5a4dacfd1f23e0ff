/**
 * Keys of meters on chain: what a certificate says, how it is renewed, moved, exchanged and ended.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  chainKey,
  meterKeyId,
  parseMeterKey,
  type MeterPublicKey,
} from "../../../offchain/core/meter/meterKey.ts";
import { newMeter } from "../../../offchain/core/meter/simulatedMeter.ts";
import { pendingSeconds } from "../../../offchain/chain/market.ts";
import {
  certifiedMeter,
  curveOf,
  issueMeterCertificate,
  meterInForce,
  metersOf,
  registeredKey,
  relayMeterCertificate,
  revokeMeter,
  rotateMeter,
  type IssuedCertificate,
  type MeterToCertify,
} from "../../../offchain/market/meters.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { counterRng } from "../../support/primitives/draws.ts";

const DAY_SECONDS = 86_400n;

describe("meters on chain", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(populatedWorld);
  });

  const toCertify = (key: MeterPublicKey, values: Partial<MeterToCertify> = {}): MeterToCertify => {
    const pile = world.pile.signer.address;
    return { pile, key, ratedPowerW: null, lastPagination: 0n, validDays: 40, ...values };
  };
  const issue = (meter: MeterToCertify): Promise<IssuedCertificate> =>
    issueMeterCertificate(world.market, world.authority, meter);
  const certify = async (meter: MeterToCertify): Promise<IssuedCertificate> => {
    const issued = await issue(meter);
    await relayMeterCertificate(world.market, world.pile.signer, issued);
    return issued;
  };

  it("are certified from now on, for days, to be relayed within the hour", async () => {
    const now = BigInt(await pendingSeconds(world.market));
    const { certificate, movesFrom } = await certify(toCertify(keyOf("a")));
    expect(movesFrom).to.equal(null);
    expect(certificate).to.include({
      participantId: world.pile.id,
      // What the pile is certified for.
      ratedPowerW: 22_000n,
      validFrom: now,
      validUntil: now + 40n * DAY_SECONDS,
      relayBy: now + 3_600n,
      issue: 1n,
    });
    const known = await certifiedMeter(world.market, keyOf("a"));
    expect(known).to.include({ pile: world.pile.signer.address, issue: 1n, revoked: false });
    expect(await curveOf(world.market, known)).to.equal("secp256r1");
  });

  it("are renewed by the next number, and say when a key moves", async () => {
    await certify(toCertify(keyOf("a")));
    const other = world.otherPile.signer.address;
    const { certificate, movesFrom } = await certify(toCertify(keyOf("a"), { pile: other }));
    expect(certificate.issue).to.equal(2n);
    expect(movesFrom).to.equal(world.pile.signer.address);
    expect(await metersOf(world.market, world.pile.signer.address)).to.deep.equal([]);
  });

  it("are found by their pile, the latest first; one is in force or has to be named", async () => {
    const { address } = world.pile.signer;
    expect(await refusalIn(() => meterInForce(world.market, address))).to.equal("E_METER_NONE");
    for (const label of ["a", "b"]) await certify(toCertify(keyOf(label)));
    const found = await metersOf(world.market, address);
    expect(found.map(({ keyId }) => keyId)).to.deep.equal([idOf("b"), idOf("a")]);
    expect(await refusalIn(() => meterInForce(world.market, address))).to.equal("E_METER_SEVERAL");
    await revokeMeter(world.market, world.authority, idOf("b"));
    expect((await meterInForce(world.market, address)).keyId).to.equal(idOf("a"));
    expect(await metersOf(world.market, address)).to.have.lengthOf(2);
  });

  it("are exchanged: the new key first, then the end of the old one", async () => {
    await certify(toCertify(keyOf("a")));
    const { authority, market } = world;
    const certificate = await issue(toCertify(keyOf("b")));
    const revoked = await rotateMeter(market, authority, certificate, null);
    expect(revoked).to.equal(idOf("a"));
    expect((await registeredKey(market, idOf("a"))).revoked).to.equal(true);
    expect((await meterInForce(market, world.pile.signer.address)).keyId).to.equal(idOf("b"));
    const rotate = (meter: MeterToCertify, old: string | null): (() => Promise<unknown>) => {
      return async () => rotateMeter(market, authority, await issue(meter), old);
    };
    expect(await refusalIn(rotate(toCertify(keyOf("b")), null))).to.equal("E_METER_SAME");
    expect(await refusalIn(rotate(toCertify(keyOf("c")), id("a foreign key")))).to.equal(
      "E_METER_NOT_OF_PILE",
    );
    expect((await registeredKey(market, idOf("b"))).revoked).to.equal(false);
  });

  it("can be revoked before anybody certified them", async () => {
    const known = await revokeMeter(world.market, world.authority, idOf("a"));
    expect(known).to.include({ revoked: true, issue: 0n });
    expect(await refusalIn(() => curveOf(world.market, known))).to.equal("E_METER_UNCERTIFIED");
    expect(await refusalIn(() => certify(toCertify(keyOf("a"))))).to.equal("MeterKeyRevoked");
  });

  it("are not certified for terms out of range, nor on curves that the chain cannot check", async () => {
    const refused: readonly Partial<MeterToCertify>[] = [
      { ratedPowerW: 0 },
      { ratedPowerW: 2 ** 32 },
      { validDays: 0 },
      { validDays: 3_651 },
      { lastPagination: -1n },
      { lastPagination: 10n ** 18n },
    ];
    for (const values of refused) {
      const meter = toCertify(keyOf("a"), values);
      expect(await refusalIn(() => issue(meter)), Object.keys(values)[0]).to.equal("E_METER_TERMS");
    }
    const brainpool = parseMeterKey(BRAINPOOL_GENERATOR, "brainpool256r1");
    expect(await refusalIn(() => issue(toCertify(brainpool)))).to.equal("E_METER_CURVE");
  });
});

/** The generator of brainpoolP256r1 (RFC 5639, 3.4). */
const BRAINPOOL_GENERATOR =
  "048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262" +
  "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997";

function keyOf(label: string): MeterPublicKey {
  return newMeter("secp256r1", label, counterRng(`meter ${label}`)).publicKey;
}

function idOf(label: string): string {
  return meterKeyId(chainKey(keyOf(label)));
}
