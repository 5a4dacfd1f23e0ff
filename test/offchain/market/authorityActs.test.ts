/**
 * What the authority says by signature: by one key, and by two of three people, in whatever order;
 * and what anybody else can make of it.
 */
import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { connectMarket, type Market } from "../../../offchain/chain/market.ts";
import type { RelayableCall } from "../../../offchain/chain/signedCalls.ts";
import {
  relayParticipantAct,
  relayRevocation,
  signParticipantAct,
  signRevocation,
  type RelayableRevocation,
  type SignedAct,
} from "../../../offchain/market/authorityActs.ts";
import {
  certificateTimes,
  reinstateParticipant,
  standingOf,
  suspendParticipant,
} from "../../../offchain/market/participants.ts";
import { registeredKey } from "../../../offchain/market/meters.ts";
import { certify } from "../../../offchain/parties/authority/dealing.ts";
import { quorumSignature, signaturesIn } from "../../../offchain/core/messages/quorumSignature.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { counterRng } from "../../support/primitives/draws.ts";

const KEY_ID = id("a meter's key");
const SECONDS = 600;

describe("acts of the authority by signature", function () {
  this.timeout(60_000);

  let connection: NetworkConnection;
  let world: MarketWorld;
  let account: string;
  let deadline: bigint;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    account = world.pile.signer.address;
    deadline = BigInt((await nowSeconds(world)) + SECONDS);
  });

  const isSuspended = async (market: Market): Promise<boolean> =>
    (await standingOf(market, account)).suspended;

  describe("of one key", () => {
    const signed = (name: "suspend" | "reinstate"): Promise<SignedAct<RelayableCall>> =>
      signParticipantAct(world.market, world.authority, { name, account, deadline }, null);
    const relayed = (act: RelayableCall): Promise<string> =>
      refusalIn(() => relayParticipantAct(world.market, world.stranger, act));

    it("count once, however often they are brought", async () => {
      const { act, missing } = await signed("suspend");
      expect(missing).to.equal(0);
      expect(await relayed(act)).to.equal("accepted");
      expect(await isSuspended(world.market)).to.equal(true);
      expect(await relayed(act)).to.equal("SignedCallBadSignature");
      const lifted = await signed("reinstate");
      expect(await relayed(lifted.act)).to.equal("accepted");
      await suspendParticipant(world.market, { wallet: world.authority }, account);
      // The pile brings the word that lifted its suspension again.
      expect(await relayed(lifted.act)).to.equal("SignedCallBadSignature");
      expect(await isSuspended(world.market)).to.equal(true);
    });

    it("are the authority's to sign", async () => {
      const input = { name: "suspend", account, deadline } as const;
      const signing = (): Promise<unknown> =>
        signParticipantAct(world.market, world.stranger, input, null);
      expect(await refusalIn(signing)).to.equal("E_NOT_AUTHORITY");
      const { act } = await signed("suspend");
      const from = world.stranger.address;
      expect(await relayed({ ...act, from })).to.equal("SignedCallBadSignature");
      expect(await relayed({ ...act, deadline: deadline + 1n })).to.equal("SignedCallBadSignature");
      expect(await isSuspended(world.market)).to.equal(false);
    });

    it("end a meter's key for ever", async () => {
      const given = { keyId: KEY_ID, deadline };
      const { act, missing } = await signRevocation(world.market, world.authority, given, null);
      expect(missing).to.equal(0);
      const relaying = (one: RelayableRevocation): Promise<string> =>
        refusalIn(() => relayRevocation(world.market, world.stranger, one));
      expect(await relaying({ ...act, keyId: id("another") })).to.equal("MeterBadRevocation");
      expect(await relaying({ ...act, deadline: deadline + 1n })).to.equal("MeterBadRevocation");
      expect(await relaying(act)).to.equal("accepted");
      expect((await registeredKey(world.market, KEY_ID)).revoked).to.equal(true);
      expect(await relaying(act)).to.equal("MeterKeyRevoked");
    });
  });

  describe("of two of three people", () => {
    let market: Market;
    let members: MarketWorld["stranger"][];

    beforeEach(async () => {
      const { ethers } = connection;
      members = (await ethers.getSigners()).slice(10, 13);
      const addresses = members.map(({ address }) => address);
      const quorum = await ethers.deployContract("ArbiterQuorum", [addresses, 2]);
      const authority = await quorum.getAddress();
      const identities = await ethers.deployContract("IdentityRegistry", [authority, authority]);
      const known = [await identities.getAddress(), ZeroAddress];
      const meters = await ethers.deployContract("MeterRegistry", known);
      const { market: first } = world;
      const contracts = { ...first.contracts, identities, meters };
      market = await connectMarket(first.provider, contracts, first.gas);
      await enrolBy(members);
    });

    /** The quorum's own certificate for the pile. */
    const enrolBy = async (signers: readonly MarketWorld["stranger"][]): Promise<void> => {
      const { identities } = market.contracts;
      const registry = {
        chainId: market.chainId,
        identities: await identities.getAddress(),
      };
      const applicant = {
        account,
        participantId: world.pile.id,
        kind: "pile",
        pile: { kind: "private", ratedPowerW: 22_000, siteCommitment: id("site") },
      } as const;
      const times = certificateTimes(await nowSeconds(world), 30);
      const both = await Promise.all(
        signers
          .slice(0, 2)
          .map((one) => certify(one, registry, applicant, times, counterRng("a certificate"))),
      );
      const [first] = both;
      if (first === undefined) throw new RangeError("expected a certificate");
      const signatures = new Map(
        both.map(({ signature }, place) => [signers[place]?.address ?? "", signature]),
      );
      await identities.enrol(first.certificate, quorumSignature(signatures));
    };

    const signedBy = async (
      places: readonly number[],
      name: "suspend" | "reinstate",
    ): Promise<SignedAct<RelayableCall>> => {
      let last: SignedAct<RelayableCall> | null = null;
      for (const place of places) {
        const signer = members[place] ?? world.stranger;
        const earlier: RelayableCall | null = last?.act ?? null;
        last = await signParticipantAct(market, signer, { name, account, deadline }, earlier);
      }
      if (last === null) throw new RangeError("expected a signer");
      return last;
    };
    const relayed = (act: RelayableCall): Promise<string> =>
      refusalIn(() => relayParticipantAct(market, world.stranger, act));

    it("count when two have signed, in whatever order, and not before", async () => {
      const one = await signedBy([2], "suspend");
      expect(one.missing).to.equal(1);
      expect(await relayed(one.act)).to.equal("SignedCallBadSignature");
      const twice = await signedBy([2, 2], "suspend");
      expect(twice.missing).to.equal(1);
      const both = await signedBy([2, 0], "suspend");
      expect(both.missing).to.equal(0);
      expect(await relayed(both.act)).to.equal("accepted");
      expect(await isSuspended(market)).to.equal(true);
      expect(await relayed((await signedBy([0, 1, 2], "reinstate")).act)).to.equal("accepted");
      expect(await isSuspended(market)).to.equal(false);
    });

    it("take nobody else's signature, and none of something else", async () => {
      expect(await refusalIn(() => signedBy([0, 3], "suspend"))).to.equal("E_NOT_AUTHORITY");
      const { act } = await signedBy([0], "suspend");
      const [, second = world.stranger] = members;
      const other = { name: "reinstate", account, deadline } as const;
      const adding = (): Promise<unknown> => signParticipantAct(market, second, other, act);
      expect(await refusalIn(adding)).to.equal("E_OTHER_ACT");
      // What is relayed meanwhile overtakes it.
      await relayed((await signedBy([0, 1], "suspend")).act);
      const late = { ...other, name: "suspend" } as const;
      const adding2 = (): Promise<unknown> => signParticipantAct(market, second, late, act);
      expect(await refusalIn(adding2)).to.equal("E_OTHER_ACT");
    });

    it("count without what one of them, or a stranger, has put into the file instead", async () => {
      const [first = world.stranger, second = world.stranger, liar = world.stranger] = members;
      const { act } = await signedBy([0], "suspend");
      const [[, own] = ["", "0x"]] = [...signaturesIn(act.signature)];
      const given = { name: "suspend", account, deadline } as const;
      // Another's signature under its name, nothing, text of another length, and a stranger's.
      for (const [account, junk] of [
        [liar.address, own],
        [liar.address, "0x"],
        [liar.address, `0x${"00".repeat(65)}`],
        [second.address, own],
        [world.stranger.address, own],
      ] as const) {
        const spoilt = new Map([...signaturesIn(act.signature), [account, junk]]);
        const signature = quorumSignature(spoilt);
        const both = await signParticipantAct(market, second, given, { ...act, signature });
        expect(both.missing).to.equal(0);
        expect([...signaturesIn(both.act.signature).keys()]).to.have.members([
          first.address,
          second.address,
        ]);
        // Straw man: with everything that was in the file, the quorum takes none of it.
        const all = new Map([...signaturesIn(both.act.signature), [liar.address, own]]);
        const straw = { ...both.act, signature: quorumSignature(all) };
        expect(await relayed(straw)).to.equal("SignedCallBadSignature");
      }
      expect(await relayed((await signedBy([0, 1], "suspend")).act)).to.equal("accepted");
    });

    it("cannot be sent by one of them alone", async () => {
      const [first = world.stranger] = members;
      for (const act of [suspendParticipant, reinstateParticipant]) {
        const sending = (): Promise<void> => act(market, { wallet: first }, account);
        expect(await refusalIn(sending)).to.equal("IdentityNotAuthority");
      }
    });

    it("end a meter's key", async () => {
      const [first = world.stranger, second = world.stranger] = members;
      const given = { keyId: KEY_ID, deadline };
      const one = await signRevocation(market, first, given, null);
      expect(one.missing).to.equal(1);
      const relaying = (act: RelayableRevocation): Promise<string> =>
        refusalIn(() => relayRevocation(market, world.stranger, act));
      expect(await relaying(one.act)).to.equal("MeterBadRevocation");
      const two = await signRevocation(market, second, given, one.act);
      expect(two.missing).to.equal(0);
      expect(await relaying(two.act)).to.equal("accepted");
      expect((await registeredKey(market, KEY_ID)).revoked).to.equal(true);
    });
  });
});
