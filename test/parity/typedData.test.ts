/**
 * What ethers signs and the contracts verify: accepted as signed, refused with any one field
 * changed.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { id, type TypedDataDomain, type TypedDataField } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { decisionsRoot } from "../../offchain/core/messages/decisionTree.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  type AuctionTerms,
  type Certificate,
  type Reading,
} from "../../offchain/core/messages/market.ts";
import { signReading } from "../../offchain/core/messages/reading.ts";
import { signCall, type SignedCall } from "../../offchain/core/messages/signedCall.ts";
import {
  auctionDomain,
  CERTIFICATE_TYPES,
  FINAL_OUTCOME_TYPES,
  identityDomain,
  NOT_SELECTED_TYPES,
  READING_TYPES,
  ROUND_OUTCOME_TYPES,
  SERVE_AUCTION_TYPES,
  sessionDomain,
} from "../../offchain/core/messages/typedData.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import {
  charge,
  commitTrade,
  endBidding,
  openAuction,
  PARTICIPANTS_ROOT,
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
        premises: id("its site"),
        validUntil: now + 86_400n,
        relayBy: now + 3_600n,
        serial: 7n,
      };
      vehicle = { ...pile, kind: 1n, pileKind: 0n, ratedPowerW: 0n, premises: zero32() };
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
      ["kind", () => ({ ...vehicle, premises: id("an operator") }), () => ({ kind: 3n })],
      ["pileKind", () => pile, () => ({ pileKind: 2n })],
      ["ratedPowerW", () => pile, () => ({ ratedPowerW: 22_001n })],
      ["premises", () => pile, () => ({ premises: id("another site") })],
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
    /** Both servers sign the same. */
    const bothSigned = async (of = domain): Promise<readonly [string, string]> => [
      await signed(world.matcher.signer, of),
      await signed(world.secondServer.signer, of),
    ];
    const release = (
      shown: NotSelected,
      [first, second]: readonly [string, string],
    ): Promise<void> => {
      const { auctionId, vehicles, piles, deadline } = shown;
      const { auctions } = world.market.contracts;
      return auctions.release.staticCall(auctionId, vehicles, piles, deadline, first, second);
    };

    it("has the parameters of `release`, in their order", () => {
      const { inputs } = world.market.contracts.auctions.interface.getFunction("release");
      expect(fieldsOf(inputs.slice(0, -2))).to.deep.equal(NOT_SELECTED_TYPES.NotSelected);
    });

    it("is accepted as signed, and releases", async () => {
      const { auctions } = world.market.contracts;
      const [first, second] = await bothSigned();
      await release(content, [first, second]);
      const { auctionId, vehicles, piles, deadline } = content;
      const snapshot = await world.connection.networkHelpers.takeSnapshot();
      await send(
        world.market,
        auctions.release(auctionId, vehicles, piles, deadline, first, second),
      );
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
        const signatures = await bothSigned();
        await expect(release({ ...content, ...to() }, signatures)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      });
    }

    it("is refused with vehicles and piles exchanged, or in another order", async () => {
      const signatures = await bothSigned();
      const { vehicles, piles } = content;
      const exchanged = { ...content, vehicles: piles, piles: vehicles };
      for (const shown of [exchanged, { ...content, piles: piles.toReversed() }]) {
        await expect(release(shown, signatures)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      }
    });

    for (const field of DOMAIN_FIELDS) {
      it(`is refused when signed for another ${field} of the domain`, async () => {
        const { auctions, escrow } = world.market.contracts;
        const wrong = otherDomains(domain, await escrow.getAddress())[field];
        const signatures = await bothSigned(wrong);
        await expect(release(content, signatures)).to.be.revertedWithCustomError(
          auctions,
          "AuctionBadSignature",
        );
      });
    }

    it("is refused unless both servers signed it, each in its place", async () => {
      const [first, second] = await bothSigned();
      const stranger = await signed(world.stranger);
      const wrong = [
        [second, first],
        [first, first],
        [second, second],
        [stranger, second],
        [first, stranger],
        [first, "0x"],
        ["0x", second],
      ] as const;
      for (const signatures of wrong) {
        await expect(release(content, signatures)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      }
    });
  });

  /** What the second server signs, and the matcher brings. */
  interface Brought {
    readonly types: Record<string, TypedDataField[]>;
    readonly content: () => Record<string, unknown>;
    readonly bring: (shown: Record<string, unknown>, signature: string) => Promise<unknown>;
    readonly changes: () => Readonly<Record<string, unknown>>;
  }

  describe("what the second server signs", () => {
    let world: MarketWorld;
    let domain: TypedDataDomain;
    let serving: AuctionTerms;
    let goesOn: OpenedAuction;
    let decided: OpenedAuction;
    let other: OpenedAuction;
    let otherRound: OpenedAuction;
    const decisions = [id("one pair"), id("another pair")];
    const lists: Record<string, string[]> = {
      [decisionsRoot(decisions)]: decisions,
      [decisionsRoot([])]: [],
    };

    before(async () => {
      world = await connection.networkHelpers.loadFixture(populatedWorld);
      domain = auctionDomain(world.market.venue);
      decided = await openAuction(world, "decided");
      other = await openAuction(world, "another");
      otherRound = await openAuction(world, "another round", id("a key"), ANY_SCOPE, 2n);
      goesOn = await openAuction(world, "goes on", id("a key"), ANY_SCOPE, 2n);
      const { auctions } = world.market.contracts;
      for (const { auctionId } of [goesOn, otherRound]) {
        const bid = auctions.connect(world.pile.signer).bid(auctionId, id("offer"), id("upload"));
        await send(world.market, bid);
      }
      await endBidding(world, goesOn);
      const ends = goesOn.terms.biddingEnds + 600n;
      serving = { ...goesOn.terms, biddingEnds: ends, nonce: id("still to come") };
    });

    const matcher = () => world.market.contracts.auctions.connect(world.matcher.signer);
    const idOf = (terms: AuctionTerms): string =>
      auctionIdOf(world.market.venue, world.matcher.signer.address, terms);

    const kinds: Readonly<Record<string, Brought>> = {
      ServeAuction: {
        types: SERVE_AUCTION_TYPES,
        content: () => ({ auctionId: idOf(serving) }),
        bring: ({ auctionId }, signature) => {
          const terms = auctionId === idOf(serving) ? serving : { ...serving, nonce: id("other") };
          return matcher().open.staticCall(terms, signature);
        },
        changes: () => ({ auctionId: idOf({ ...serving, nonce: id("other") }) }),
      },
      RoundOutcome: {
        types: ROUND_OUTCOME_TYPES,
        content: () => ({
          auctionId: goesOn.auctionId,
          round: 1n,
          referencePricePerKwh: 450_000n,
          transcriptRoot: id("transcript"),
          participantsRoot: PARTICIPANTS_ROOT,
        }),
        bring: (shown, signature) =>
          matcher().closeRound.staticCall(
            String(shown.auctionId),
            BigInt(String(shown.round)),
            BigInt(String(shown.referencePricePerKwh)),
            String(shown.transcriptRoot),
            String(shown.participantsRoot),
            signature,
          ),
        changes: () => ({
          auctionId: otherRound.auctionId,
          round: 2n,
          referencePricePerKwh: 449_999n,
          transcriptRoot: id("another transcript"),
          participantsRoot: id("others"),
        }),
      },
      FinalOutcome: {
        types: FINAL_OUTCOME_TYPES,
        content: () => ({
          auctionId: decided.auctionId,
          round: 1n,
          decisionsRoot: decisionsRoot(decisions),
          decisionCount: BigInt(decisions.length),
          participantsRoot: PARTICIPANTS_ROOT,
        }),
        bring: (shown, signature) =>
          matcher().postDecisions.staticCall(
            String(shown.auctionId),
            BigInt(String(shown.round)),
            // A node in the place of its leaves has the same root.
            shown.decisionCount === 1n
              ? [String(shown.decisionsRoot)]
              : (lists[String(shown.decisionsRoot)] ?? []),
            String(shown.participantsRoot),
            signature,
          ),
        changes: () => ({
          auctionId: other.auctionId,
          round: 2n,
          decisionsRoot: decisionsRoot([]),
          decisionCount: 1n,
          participantsRoot: id("others"),
        }),
      },
    };

    for (const [name, { types, content, bring, changes }] of Object.entries(kinds)) {
      const signed = (signer: HardhatEthersSigner, of = domain) =>
        signer.signTypedData(of, types, content());
      const refuses = async (shown: Record<string, unknown>, signature: string): Promise<void> => {
        await expect(bring(shown, signature)).to.be.revertedWithCustomError(
          world.market.contracts.auctions,
          "AuctionBadSignature",
        );
      };

      describe(name, () => {
        it("is accepted as signed", async () => {
          await bring(content(), await signed(world.secondServer.signer));
        });

        for (const { name: field } of types[name] ?? []) {
          it(`is refused after ${field} was changed`, async () => {
            const signature = await signed(world.secondServer.signer);
            const changed = { ...content(), [field]: changes()[field] };
            if (field !== "round") return refuses(changed, signature);
            // The round is looked at first; signed for another, it is refused as well.
            await expect(bring(changed, signature)).to.be.revertedWithCustomError(
              world.market.contracts.auctions,
              "AuctionWrongRound",
            );
            const ofAnother = await world.secondServer.signer.signTypedData(domain, types, changed);
            return refuses(content(), ofAnother);
          });
        }

        for (const field of DOMAIN_FIELDS) {
          it(`is refused when signed for another ${field} of the domain`, async () => {
            const elsewhere = await world.market.contracts.escrow.getAddress();
            const wrong = otherDomains(domain, elsewhere)[field];
            await refuses(content(), await signed(world.secondServer.signer, wrong));
          });
        }

        it("is refused when somebody else signed it", async () => {
          for (const signer of [world.matcher.signer, world.stranger]) {
            await refuses(content(), await signed(signer));
          }
        });
      });
    }
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
