/**
 * What ethers signs and the contracts verify: accepted as signed, refused with any one field
 * changed.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { id, type TypedDataDomain } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Certificate, Reading } from "../../offchain/core/messages/market.ts";
import { signReading } from "../../offchain/core/messages/reading.ts";
import { signCall, type SignedCall } from "../../offchain/core/messages/signedCall.ts";
import {
  auctionDomain,
  CERTIFICATE_TYPES,
  identityDomain,
  NOT_SELECTED_TYPES,
  READING_TYPES,
  sessionDomain,
} from "../../offchain/core/messages/typedData.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import {
  charge,
  commitTrade,
  endBidding,
  openAuction,
  postDecisions,
  type OpenedAuction,
  type Trade,
} from "../support/market/trade.ts";

/** Each a domain that differs in one field. */
function otherDomains(
  domain: TypedDataDomain,
  elsewhere: string,
): Readonly<Record<string, TypedDataDomain>> {
  return {
    name: { ...domain, name: "ChargeVeil" },
    version: { ...domain, version: "2" },
    chainId: { ...domain, chainId: 1n },
    verifyingContract: { ...domain, verifyingContract: elsewhere },
  };
}

const DOMAIN_FIELDS = ["name", "version", "chainId", "verifyingContract"] as const;

describe("EIP-712, ethers and Solidity", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  describe("Certificate", () => {
    let world: MarketWorld;
    let domain: TypedDataDomain;
    let pile: Certificate;
    let vehicle: Certificate;

    before(async () => {
      world = await connection.networkHelpers.loadFixture(populatedWorld);
      const { chainId, contracts } = world.market;
      domain = identityDomain(chainId, await contracts.identities.getAddress());
      const now = BigInt(await nowSeconds(world));
      pile = {
        account: world.stranger.address,
        participantId: id("a new pile"),
        kind: 2n,
        pileKind: 1n,
        ratedPowerW: 22_000n,
        siteCommitment: id("its site"),
        validUntil: now + 86_400n,
        relayBy: now + 3_600n,
        serial: 7n,
      };
      vehicle = { ...pile, kind: 1n, pileKind: 0n, ratedPowerW: 0n, siteCommitment: zero32() };
    });

    const signed = (certificate: Certificate, signer: HardhatEthersSigner, of = domain) =>
      signer.signTypedData(of, CERTIFICATE_TYPES, certificate);
    /** Relays `shown` with a signature of `certificate`, without changing the chain. */
    const relay = (shown: Certificate, signature: string): Promise<void> =>
      world.market.contracts.identities.enrol.staticCall(shown, signature);

    it("has the fields of the Solidity struct, in its order", () => {
      const { identities } = world.market.contracts;
      const [input] = identities.interface.getFunction("enrol").inputs;
      expect(fieldsOf(input?.components)).to.deep.equal(CERTIFICATE_TYPES.Certificate);
    });

    it("is accepted as signed, for a pile and for a vehicle", async () => {
      await relay(pile, await signed(pile, world.authority));
      await relay(vehicle, await signed(vehicle, world.authority));
    });

    const changes: readonly (readonly [
      field: string,
      of: () => Certificate,
      to: () => Partial<Certificate>,
    ])[] = [
      ["account", () => pile, () => ({ account: id("somebody").slice(0, 42) })],
      ["participantId", () => pile, () => ({ participantId: id("another") })],
      ["kind", () => vehicle, () => ({ kind: 3n })],
      ["pileKind", () => pile, () => ({ pileKind: 2n })],
      ["ratedPowerW", () => pile, () => ({ ratedPowerW: 22_001n })],
      ["siteCommitment", () => pile, () => ({ siteCommitment: id("another site") })],
      ["validUntil", () => pile, () => ({ validUntil: pile.validUntil + 1n })],
      ["relayBy", () => pile, () => ({ relayBy: pile.relayBy + 1n })],
      ["serial", () => pile, () => ({ serial: 8n })],
    ];

    it("has a test for every field", () => {
      expect(changes.map(([field]) => field)).to.deep.equal(Object.keys(pile));
    });

    for (const [field, of, to] of changes) {
      it(`is refused after ${field} was changed`, async () => {
        const signature = await signed(of(), world.authority);
        await expect(relay({ ...of(), ...to() }, signature)).to.be.revertedWithCustomError(
          world.market.contracts.identities,
          "IdentityBadSignature",
        );
      });
    }

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { identities, escrow } = world.market.contracts;
        const other = otherDomains(domain, await escrow.getAddress())[field];
        const signature = await signed(pile, world.authority, other);
        await expect(relay(pile, signature)).to.be.revertedWithCustomError(
          identities,
          "IdentityBadSignature",
        );
      });
    }

    it("is refused when somebody else signed it", async () => {
      const signature = await signed(pile, world.stranger);
      await expect(relay(pile, signature)).to.be.revertedWithCustomError(
        world.market.contracts.identities,
        "IdentityBadSignature",
      );
    });
  });

  describe("NotSelected", () => {
    let world: MarketWorld;
    let auction: OpenedAuction;
    let other: OpenedAuction;
    let domain: TypedDataDomain;

    interface NotSelected {
      readonly auctionId: string;
      readonly vehicles: string[];
      readonly piles: string[];
      readonly deadline: bigint;
    }
    let content: NotSelected;

    before(async () => {
      world = await connection.networkHelpers.loadFixture(populatedWorld);
      domain = auctionDomain(world.market.venue);
      other = await openAuction(world, "another");
      auction = await commitTrade(world, "released");
      await endBidding(world, auction);
      await postDecisions(world, auction, []);
      await postDecisions(world, other, []);
      content = {
        auctionId: auction.auctionId,
        vehicles: [world.vehicle.signer.address, world.otherVehicle.signer.address],
        piles: [world.pile.signer.address, world.otherPile.signer.address],
        deadline: auction.terms.slotEnd,
      };
    });

    const signed = (signer: HardhatEthersSigner, of = domain) =>
      signer.signTypedData(of, NOT_SELECTED_TYPES, content);
    const release = (shown: NotSelected, signature: string): Promise<void> => {
      const { auctionId, vehicles, piles, deadline } = shown;
      const { auctions } = world.market.contracts;
      return auctions.release.staticCall(auctionId, vehicles, piles, deadline, signature);
    };

    it("has the parameters of `release`, in their order", () => {
      const { inputs } = world.market.contracts.auctions.interface.getFunction("release");
      expect(fieldsOf(inputs.slice(0, -1))).to.deep.equal(NOT_SELECTED_TYPES.NotSelected);
    });

    it("is accepted as signed, and releases", async () => {
      const { auctions } = world.market.contracts;
      await release(content, await signed(world.matcher.signer));
      const { auctionId, vehicles, piles, deadline } = content;
      const signature = await signed(world.matcher.signer);
      const snapshot = await world.connection.networkHelpers.takeSnapshot();
      await send(world.market, auctions.release(auctionId, vehicles, piles, deadline, signature));
      expect(await auctions.bidOf(auctionId, world.pile.signer.address)).to.equal(zero32());
      expect(await auctions.requestOf(auctionId, world.vehicle.signer.address)).to.equal(zero32());
      await snapshot.restore();
    });

    const changes: readonly (readonly [field: string, to: () => Partial<NotSelected>])[] = [
      ["auctionId", () => ({ auctionId: other.auctionId })],
      ["vehicles", () => ({ vehicles: content.vehicles.slice(0, 1) })],
      ["piles", () => ({ piles: [...content.piles, world.stranger.address] })],
      ["deadline", () => ({ deadline: content.deadline + 1n })],
    ];

    it("has a test for every field", () => {
      expect(changes.map(([field]) => field)).to.deep.equal(Object.keys(content));
    });

    for (const [field, to] of changes) {
      it(`is refused after ${field} was changed`, async () => {
        const signature = await signed(world.matcher.signer);
        await expect(release({ ...content, ...to() }, signature)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      });
    }

    it("is refused with vehicles and piles exchanged, or in another order", async () => {
      const signature = await signed(world.matcher.signer);
      const { vehicles, piles } = content;
      const exchanged = { ...content, vehicles: piles, piles: vehicles };
      for (const shown of [exchanged, { ...content, piles: piles.toReversed() }]) {
        await expect(release(shown, signature)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      }
    });

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { auctions, escrow } = world.market.contracts;
        const wrong = otherDomains(domain, await escrow.getAddress())[field];
        const signature = await signed(world.matcher.signer, wrong);
        await expect(release(content, signature)).to.be.revertedWithCustomError(
          auctions,
          "AuctionBadSignature",
        );
      });
    }

    it("is refused when somebody else signed it", async () => {
      await expect(release(content, await signed(world.stranger))).to.be.revertedWithCustomError(
        world.market.contracts.auctions,
        "AuctionBadSignature",
      );
    });
  });

  describe("Reading", () => {
    let world: MarketWorld;
    let trade: Trade;
    let other: Trade;
    let domain: TypedDataDomain;
    let reading: Reading;

    before(async () => {
      world = await connection.networkHelpers.loadFixture(populatedWorld);
      const { chainId, contracts } = world.market;
      domain = sessionDomain(chainId, await contracts.sessions.getAddress());
      trade = await commitTrade(world, "one");
      other = await commitTrade(world, "two");
      await endBidding(world, other);
      const decisionsOf = ({ decision }: Trade): readonly string[] => [
        decision,
        id("another pair"),
      ];
      for (const one of [trade, other]) await postDecisions(world, one, decisionsOf(one));
      await charge(world, [trade, other], decisionsOf);
      reading = {
        sessionId: trade.decision,
        beginWh: 1_000n,
        endWh: 8_500n,
        deadline: trade.terms.slotEnd,
      };
    });

    const signed = (signer: HardhatEthersSigner, of = domain) =>
      signer.signTypedData(of, READING_TYPES, reading);
    /** By vehicle and pile, in this order. */
    const bothSigned = async (of = domain): Promise<readonly [string, string]> => [
      await signed(world.vehicle.signer, of),
      await signed(world.pile.signer, of),
    ];
    const settle = (shown: Reading, [vehicle, pile]: readonly [string, string]): Promise<void> =>
      world.market.contracts.sessions.settleAgreed.staticCall(shown, vehicle, pile);

    it("has the fields of the Solidity struct, in its order", () => {
      const [input] = world.market.contracts.sessions.interface.getFunction("settleAgreed").inputs;
      expect(fieldsOf(input?.components)).to.deep.equal(READING_TYPES.Reading);
    });

    const changes: readonly (readonly [field: string, to: () => Partial<Reading>])[] = [
      ["sessionId", () => ({ sessionId: other.decision })],
      ["beginWh", () => ({ beginWh: 999n })],
      ["endWh", () => ({ endWh: 8_501n })],
      ["deadline", () => ({ deadline: reading.deadline + 1n })],
    ];

    it("has a test for every field", () => {
      expect(changes.map(([field]) => field)).to.deep.equal(Object.keys(reading));
    });

    for (const [field, to] of changes) {
      it(`is refused after ${field} was changed`, async () => {
        const signatures = await bothSigned();
        await expect(settle({ ...reading, ...to() }, signatures)).to.be.revertedWithCustomError(
          world.market.contracts.sessions,
          "SessionBadSignature",
        );
      });
    }

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { sessions, escrow } = world.market.contracts;
        const wrong = otherDomains(domain, await escrow.getAddress())[field];
        const signatures = await bothSigned(wrong);
        await expect(settle(reading, signatures)).to.be.revertedWithCustomError(
          sessions,
          "SessionBadSignature",
        );
      });
    }

    it("is refused unless vehicle and pile signed it, each in its place", async () => {
      const [vehicle, pile] = await bothSigned();
      const stranger = await signed(world.stranger);
      const wrong = [
        [pile, vehicle],
        [vehicle, vehicle],
        [pile, pile],
        [vehicle, stranger],
        [stranger, pile],
        [vehicle, "0x"],
      ] as const;
      for (const signatures of wrong) {
        await expect(settle(reading, signatures)).to.be.revertedWithCustomError(
          world.market.contracts.sessions,
          "SessionBadSignature",
        );
      }
    });

    it("is accepted as signed, and earns nothing", async () => {
      const { market, vehicle, pile } = world;
      const { sessions, reputation } = market.contracts;
      const contract = { chainId: market.chainId, sessions: await sessions.getAddress() };
      await send(
        market,
        sessions.settleAgreed(
          reading,
          await signReading(vehicle.signer, contract, reading),
          await signReading(pile.signer, contract, reading),
        ),
      );
      const { energyWh, amountDown } = await sessions.sessionOf(trade.decision);
      expect([energyWh, amountDown]).to.deep.equal([7_500n, 3_375_000n]);

      await expect(
        reputation.connect(vehicle.signer).rate.staticCall(trade.decision, 2),
      ).to.be.revertedWithCustomError(reputation, "ReputationRatingOutOfRange");
      await send(market, reputation.connect(vehicle.signer).rate(trade.decision, 1));
      expect(await reputation.pileRatingOf(pile.signer.address)).to.deep.equal([0n, 1n]);
    });
  });

  describe("Call", () => {
    let world: MarketWorld;
    let domain: TypedDataDomain;
    let trade: Trade;
    let call: SignedCall;

    before(async () => {
      world = await connection.networkHelpers.loadFixture(populatedWorld);
      const { chainId, contracts } = world.market;
      domain = sessionDomain(chainId, await contracts.sessions.getAddress());
      trade = await commitTrade(world, "called");
      await endBidding(world, trade);
      await postDecisions(world, trade, [trade.decision]);
      const from = world.vehicle.signer.address;
      call = {
        from,
        data: contracts.sessions.interface.encodeFunctionData("start", [trade.opening, []]),
        nonce: await contracts.sessions.nonces(from),
        deadline: trade.terms.openingEnds,
      };
    });

    const relay = async (shown: SignedCall, signature: string): Promise<string> => {
      const { sessions } = world.market.contracts;
      const { from, data, deadline } = shown;
      return sessions
        .connect(world.stranger)
        .callSigned.staticCall(from, data, deadline, signature);
    };

    it("is accepted as signed, and does what it says", async () => {
      const signature = await signCall(world.vehicle.signer, domain, call);
      expect(await relay(call, signature)).to.equal(trade.decision);
    });

    const changes: readonly (readonly [field: string, to: () => Partial<SignedCall>])[] = [
      ["from", () => ({ from: world.pile.signer.address })],
      ["data", () => ({ data: `${call.data}00` })],
      ["deadline", () => ({ deadline: call.deadline + 1n })],
    ];
    for (const [field, to] of changes) {
      it(`is refused after ${field} was changed`, async () => {
        const signature = await signCall(world.vehicle.signer, domain, call);
        await expect(relay({ ...call, ...to() }, signature)).to.be.revertedWithCustomError(
          world.market.contracts.sessions,
          "SignedCallBadSignature",
        );
      });
    }

    it("is refused when signed with another nonce", async () => {
      const signature = await signCall(world.vehicle.signer, domain, { ...call, nonce: 1n });
      await expect(relay(call, signature)).to.be.revertedWithCustomError(
        world.market.contracts.sessions,
        "SignedCallBadSignature",
      );
    });

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { sessions, escrow } = world.market.contracts;
        const wrong = otherDomains(domain, await escrow.getAddress())[field] ?? domain;
        const signature = await signCall(world.vehicle.signer, wrong, call);
        await expect(relay(call, signature)).to.be.revertedWithCustomError(
          sessions,
          "SignedCallBadSignature",
        );
      });
    }
  });
});

interface Field {
  readonly name: string;
  readonly type: string;
}

function fieldsOf(components: readonly Field[] | null | undefined): readonly Field[] {
  return (components ?? []).map(({ name, type }) => ({ name, type }));
}

function zero32(): string {
  return `0x${"00".repeat(32)}`;
}
