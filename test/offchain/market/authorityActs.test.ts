/**
 * What the authority says by signature: by one key, and by two of three people, in whatever order;
 * and what anybody else can make of it.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Market } from "../../../offchain/chain/market.ts";
import { identitiesCalled, type RelayableCall } from "../../../offchain/chain/signedCalls.ts";
import {
  relayRevocation,
  signParticipantAct,
  signRevocation,
  type RelayableRevocation,
} from "../../../offchain/market/authorityActs.ts";
import { relayCall } from "../../../offchain/market/relaying.ts";
import {
  certifyRequest,
  registryOf,
  reinstateParticipant,
  relayCertificate,
  standingOf,
  suspendParticipant,
} from "../../../offchain/market/participants.ts";
import { registeredKey } from "../../../offchain/market/meters.ts";
import type { SignedAct } from "../../../offchain/market/quorumSigning.ts";
import { requestEnrolment } from "../../../offchain/core/messages/applicant.ts";
import { quorumSignature, signaturesIn } from "../../../offchain/core/messages/quorumSignature.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { quorumMarket, type QuorumMarket } from "../../support/market/quorum.ts";
import { counterRng } from "../../support/primitives/draws.ts";
import { CALL_TYPES } from "../../../offchain/core/messages/typedData.ts";

const KEY_ID = id("a meter's key");
const SECONDS = 600;
const YEAR_SECONDS = 31_536_000;

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
      refusalIn(() => relayCall(world.market, world.stranger, act));

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
    let members: QuorumMarket["members"];

    beforeEach(async () => {
      ({ market, members } = await quorumMarket(world));
      const { signer, id: participantId } = world.pile;
      const applicant = {
        account,
        participantId,
        kind: "vehicle",
        pile: null,
        operator: null,
      } as const;
      const request = await requestEnrolment(signer, await registryOf(market), applicant, null);
      const asked = { request, days: 30, nowSeconds: await nowSeconds(world) };
      const [first, second] = members;
      const rng = counterRng("a certificate");
      const one = await certifyRequest(market, { wallet: first, rng }, asked, null);
      const { act } = await certifyRequest(market, { wallet: second, rng }, asked, one.act);
      await relayCertificate(market, world.stranger, act);
    });

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
      refusalIn(() => relayCall(market, world.stranger, act));

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
      const [, second] = members;
      const other = { name: "reinstate", account, deadline } as const;
      const adding = (): Promise<unknown> => signParticipantAct(market, second, other, act);
      expect(await refusalIn(adding)).to.equal("E_OTHER_ACT");
      // What is relayed meanwhile overtakes it.
      await relayed((await signedBy([0, 1], "suspend")).act);
      const late = { ...other, name: "suspend" } as const;
      const adding2 = (): Promise<unknown> => signParticipantAct(market, second, late, act);
      expect(await refusalIn(adding2)).to.equal("E_OTHER_ACT");
    });

    it("count no longer than each of them allows", async () => {
      const [first, second, third] = members;
      const given = { name: "suspend", account, deadline } as const;
      const patient = { ...given, deadline: deadline + BigInt(YEAR_SECONDS) };
      const { act } = await signParticipantAct(market, first, patient, null);
      const adding = (): Promise<unknown> => signParticipantAct(market, second, given, act);
      expect(await refusalIn(adding)).to.equal("E_ACT_TIME");
      const careless = await signParticipantAct(market, third, patient, act);
      const short = await signParticipantAct(market, second, given, null);
      const usual = await signParticipantAct(market, first, patient, short.act);
      expect([usual.missing, usual.act.deadline]).to.deep.equal([0, deadline]);

      await connection.networkHelpers.time.increase(SECONDS);
      const late = { ...given, deadline: deadline + BigInt(SECONDS) };
      const addingLate = (): Promise<unknown> => signParticipantAct(market, third, late, short.act);
      expect(await refusalIn(addingLate)).to.equal("E_ACT_TIME");
      expect(await relayed(usual.act)).to.equal("SignedCallStale");
      // Straw man: who signs whatever was signed before can be used half a year later.
      await connection.networkHelpers.time.increase(YEAR_SECONDS / 2);
      expect(await relayed(careless.act), "straw man").to.equal("accepted");
    });

    it("leave out what was added for somebody else, or does not hold", async () => {
      const { act } = await signedBy([0], "suspend");
      const [, second, third] = members;
      const own = signaturesIn(act.signature);
      const [signature = ""] = own.values();
      const { domain } = await identitiesCalled(market);
      const strangers = await world.stranger.signTypedData(domain, CALL_TYPES, {
        ...{ from: act.from, data: act.data, nonce: act.nonce, deadline: act.deadline },
      });
      const lies = { [third.address]: signature, [world.stranger.address]: strangers };
      for (const [liar, lie] of Object.entries(lies)) {
        const spoilt = quorumSignature(new Map([...own, [liar, lie]]));
        const earlier = { ...act, signature: spoilt };
        expect(await relayed(earlier), "straw man").to.equal("SignedCallBadSignature");
        const given = { name: "suspend", account, deadline } as const;
        const both = await signParticipantAct(market, second, given, earlier);
        expect(both.missing).to.equal(0);
        expect([...signaturesIn(both.act.signature).keys()]).to.have.members(
          [members[0], second].map(({ address }) => address),
        );
      }
      const given = { name: "suspend", account, deadline } as const;
      expect(await relayed((await signParticipantAct(market, second, given, act)).act)).to.equal(
        "accepted",
      );
    });

    it("cannot be sent by one of them alone", async () => {
      const [first] = members;
      for (const act of [suspendParticipant, reinstateParticipant]) {
        const sending = (): Promise<void> => act(market, { wallet: first }, account);
        expect(await refusalIn(sending)).to.equal("IdentityNotAuthority");
      }
    });

    it("end a meter's key", async () => {
      const [first, second] = members;
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
