/**
 * `BeginReading` and `Ruling`, ethers and Solidity: accepted as signed, refused with any one field
 * changed; and what `quorumSignature` makes of the signatures of several arbiters, before
 * `ArbiterQuorum`.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { id, type TypedDataDomain } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { BeginReading, Bytes32, Ruling } from "../../offchain/core/messages/market.ts";
import { signBeginReading, type SessionVenue } from "../../offchain/core/messages/reading.ts";
import { quorumSignature } from "../../offchain/core/messages/quorumSignature.ts";
import { signRuling } from "../../offchain/core/messages/ruling.ts";
import {
  BEGIN_READING_TYPES,
  RULING_TYPES,
  sessionDomain,
} from "../../offchain/core/messages/typedData.ts";
import { certifyMeter } from "../../offchain/core/meter/meterCertificate.ts";
import { chainKey, meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord, type PreparedRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { meterTransaction, newMeter } from "../../offchain/core/meter/simulatedMeter.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { charge, commitTrade, endBidding, postDecisions } from "../support/market/trade.ts";
import { counterRng } from "../support/primitives/draws.ts";

const HOUR_SECONDS = 3_600;
const QUORUM = 2;
/** 5,000 Wh at 0.45 tokens a kWh. */
const METERED = 2_250_000n;
const DOMAIN_FIELDS = ["name", "version", "chainId", "verifyingContract"] as const;

/** A disputed session is what a ruling is about; the arbiters are two of three. */
async function disputableWorld(connection: NetworkConnection): Promise<MarketWorld> {
  const arbiters = await arbitersOf(connection);
  const members = arbiters.map(({ address }) => address);
  const bench = { arbiters: members, quorum: QUORUM };
  return populatedWorld(connection, undefined, { disputeSeconds: HOUR_SECONDS, ...bench });
}

async function arbitersOf({ ethers }: NetworkConnection): Promise<readonly HardhatEthersSigner[]> {
  return (await ethers.getSigners()).slice(10, 13);
}

async function charging(world: MarketWorld): Promise<Bytes32> {
  const trade = await commitTrade(world, "disputed");
  const decisions = [trade.decision, id("another pair")];
  await endBidding(world, trade);
  await postDecisions(world, trade, decisions);
  await charge(world, [trade], () => decisions);
  await world.connection.networkHelpers.time.increase(HOUR_SECONDS);
  return trade.decision;
}

/** 5 kWh that a certified meter has signed for nobody in particular. */
async function meteredRecord(world: MarketWorld): Promise<PreparedRecord> {
  const { market, authority, pile } = world;
  const { meters } = market.contracts;
  const meter = newMeter("secp256r1", "0815", counterRng("a disputed meter"));
  const now = await nowSeconds(world);
  const { certificate, signature } = await certifyMeter(
    authority,
    { chainId: market.chainId, meters: await meters.getAddress() },
    {
      participantId: pile.id,
      key: chainKey(meter.publicKey),
      ratedPowerW: 22_000,
      lastPagination: 0n,
    },
    { validFrom: now, validUntil: now + 86_400, relayBy: now + HOUR_SECONDS },
    1,
  );
  await send(market, meters.certify(certificate, signature));
  const { records } = await meterTransaction(meter, {
    identification: "",
    beginMs: (now - HOUR_SECONDS) * 1000,
    endMs: now * 1000,
    importMilliWh: 5_000_000n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
  });
  return encodeRecord(parseRecord(records[0] ?? ""), meter.publicKey);
}

/** Each a domain that differs in one field. */
function otherDomain(
  domain: TypedDataDomain,
  field: (typeof DOMAIN_FIELDS)[number],
): TypedDataDomain {
  const others = {
    name: "ChargeVeil",
    version: "2",
    chainId: 1n,
    verifyingContract: `0x${"11".repeat(20)}`,
  };
  return { ...domain, [field]: others[field] };
}

interface Field {
  readonly name: string;
  readonly type: string;
}

function fieldsOf(components: readonly Field[] | null | undefined): readonly Field[] {
  return (components ?? []).map(({ name, type }) => ({ name, type }));
}

describe("EIP-712 of disputes, ethers and Solidity", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let venue: SessionVenue;
  let domain: TypedDataDomain;
  let sessionId: Bytes32;
  let prepared: PreparedRecord;
  let arbiters: readonly HardhatEthersSigner[];

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(disputableWorld);
    const { chainId, contracts } = world.market;
    venue = { chainId, sessions: await contracts.sessions.getAddress() };
    domain = sessionDomain(chainId, venue.sessions);
    sessionId = await charging(world);
    prepared = await meteredRecord(world);
    arbiters = await arbitersOf(connection);
  });
  after(() => connection.close());

  describe("BeginReading", () => {
    let begin: BeginReading;

    before(() => {
      const meterKeyIdOfRecord = meterKeyId(prepared.key);
      begin = { sessionId, meterKeyId: meterKeyIdOfRecord, pagination: 1n, registerMilliWh: 0n };
    });

    const settle = (confirmation: string): Promise<void> => {
      const { key, record } = prepared;
      const { sessions } = world.market.contracts;
      const { signer } = world.pile;
      return sessions.connect(signer).settle.staticCall(sessionId, key, [record], confirmation);
    };
    const refuses = (confirmation: string) =>
      expect(settle(confirmation)).to.be.revertedWithCustomError(
        world.market.contracts.sessions,
        "SessionBadSignature",
      );

    it("is accepted as signed", async () => {
      await settle(await signBeginReading(world.vehicle.signer, venue, begin));
    });

    const changes: readonly (readonly [field: string, to: () => Partial<BeginReading>])[] = [
      ["sessionId", () => ({ sessionId: id("another session") })],
      ["meterKeyId", () => ({ meterKeyId: id("another meter") })],
      ["pagination", () => ({ pagination: 2n })],
      ["registerMilliWh", () => ({ registerMilliWh: 1n })],
    ];

    it("has a test for every field", () => {
      expect(changes.map(([field]) => field)).to.deep.equal(Object.keys(begin));
    });

    for (const [field, to] of changes) {
      it(`is refused when another ${field} was signed`, async () => {
        const other = { ...begin, ...to() };
        await refuses(await signBeginReading(world.vehicle.signer, venue, other));
      });
    }

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { signer } = world.vehicle;
        const other = otherDomain(domain, field);
        await refuses(await signer.signTypedData(other, BEGIN_READING_TYPES, begin));
      });
    }

    it("is refused when somebody else signed it", async () => {
      await refuses(await signBeginReading(world.pile.signer, venue, begin));
      await refuses(await signBeginReading(world.otherVehicle.signer, venue, begin));
    });
  });

  describe("Ruling", () => {
    let ruling: Ruling;

    before(async () => {
      const { market, vehicle, pile } = world;
      const { key, record } = prepared;
      const sessions = market.contracts.sessions;
      const begin = {
        sessionId,
        meterKeyId: meterKeyId(key),
        pagination: 1n,
        registerMilliWh: 0n,
      };
      const confirmation = await signBeginReading(vehicle.signer, venue, begin);
      await send(
        market,
        sessions.connect(pile.signer).settle(sessionId, key, [record], confirmation),
      );
      expect((await sessions.sessionOf(sessionId)).amountDown).to.equal(METERED);
      await send(market, sessions.connect(vehicle.signer).dispute(sessionId));
      ruling = { sessionId, amount: 1_000_000n };
    });

    const rule = (shown: Ruling, signature: string): Promise<void> =>
      world.market.contracts.sessions.rule.staticCall(shown, signature);
    const refuses = (shown: Ruling, signature: string) =>
      expect(rule(shown, signature)).to.be.revertedWithCustomError(
        world.market.contracts.sessions,
        "SessionBadSignature",
      );
    /** By the arbiters of these numbers, whatever their order. */
    const signedBy = async (
      numbers: readonly number[],
      sign: (arbiter: HardhatEthersSigner) => Promise<string> = (arbiter) =>
        signRuling(arbiter, venue, ruling),
    ): Promise<string> => {
      const signers = arbiters.filter((_, k) => numbers.includes(k));
      const pairs = await Promise.all(
        signers.map(async (arbiter) => [arbiter.address, await sign(arbiter)] as const),
      );
      return quorumSignature(new Map(numbers.length > 1 ? pairs.toReversed() : pairs));
    };

    it("has the fields of the Solidity struct, in its order", () => {
      const [input] = world.market.contracts.sessions.interface.getFunction("rule").inputs;
      expect(fieldsOf(input?.components)).to.deep.equal(RULING_TYPES.Ruling);
    });

    it("is accepted from any two of three arbiters, and from all", async () => {
      for (const numbers of [
        [0, 1],
        [0, 2],
        [1, 2],
        [0, 1, 2],
      ]) {
        await rule(ruling, await signedBy(numbers));
      }
    });

    it("is refused from one arbiter, alone or without the form of a quorum", async () => {
      for (const number of [0, 1, 2]) await refuses(ruling, await signedBy([number]));
      const [first] = arbiters;
      if (first === undefined) throw new Error("Ruling: expected an arbiter");
      await refuses(ruling, await signRuling(first, venue, ruling));
    });

    it("is refused after amount or session were changed", async () => {
      const signature = await signedBy([0, 1]);
      await refuses({ ...ruling, amount: ruling.amount + 1n }, signature);
      const elsewhere = { ...ruling, sessionId: id("another session") };
      const ofAnother = await signedBy([0, 1], (arbiter) => signRuling(arbiter, venue, elsewhere));
      await refuses(ruling, ofAnother);
    });

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const other = otherDomain(domain, field);
        const signature = await signedBy([0, 1], (arbiter) =>
          arbiter.signTypedData(other, RULING_TYPES, ruling),
        );
        await refuses(ruling, signature);
      });
    }

    it("is refused when one of the two is somebody else", async () => {
      const [first] = arbiters;
      if (first === undefined) throw new Error("Ruling: expected an arbiter");
      const { stranger } = world;
      const signatures = new Map([
        [first.address, await signRuling(first, venue, ruling)],
        [stranger.address, await signRuling(stranger, venue, ruling)],
      ]);
      await refuses(ruling, quorumSignature(signatures));
    });

    it("moves the money as ruled", async () => {
      const { market, pile } = world;
      const { sessions, escrow } = market.contracts;
      const { free } = await escrow.balanceOf(pile.signer.address);
      await send(market, sessions.rule(ruling, await signedBy([1, 2])));
      const after = await escrow.balanceOf(pile.signer.address);
      expect(after.free - free).to.equal(ruling.amount + 5_000_000n);
    });
  });
});
