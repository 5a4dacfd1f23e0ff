/**
 * Who may trade: keys are dealt once, members join and are put out, accounts are authorised, and a
 * court can find them.
 */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { send } from "../../../offchain/chain/market.ts";
import {
  AUTHORISED_ENERGY_WH,
  nymHashOf,
} from "../../../offchain/core/credential/handshake/authorisation.ts";
import type { Naming } from "../../../offchain/core/credential/naming.ts";
import { auctionScope, stationScopeId } from "../../../offchain/core/credential/scope.ts";
import { acceptShare } from "../../../offchain/core/credential/tracers.ts";
import {
  CERTIFICATE_RELAY_SECONDS,
  EPOCH_SECONDS,
  LONGEST_AUTHORISATION_SECONDS,
} from "../../../offchain/core/messages/lifetimes.ts";
import {
  authoriseAccount,
  type AuctionOccasion,
  type AuthorisedSession,
} from "../../../offchain/market/authorising.ts";
import { excludeMember } from "../../../offchain/market/joining.ts";
import {
  certificateTimes,
  enrolParticipant,
  reinstateParticipant,
  standingOf,
  suspendParticipant,
} from "../../../offchain/market/participants.ts";
import {
  approveTrace,
  requestTrace,
  stationBehind,
  type TraceCase,
} from "../../../offchain/market/traceCases.ts";
import { openTrace, type OpenedCase } from "../../../offchain/market/traceOpening.ts";
import type { StationDesk } from "../../../offchain/parties/station/desk.ts";
import {
  membershipOf,
  memoryMembership,
  type MembershipStore,
} from "../../../offchain/parties/vehicle/membership.ts";
import {
  memorySessionAccount,
  type SessionAccountStore,
} from "../../../offchain/parties/vehicle/sessionAccount.ts";
import { nowSeconds, type MarketWorld } from "../../support/market/deployed.ts";
import {
  EPOCH,
  joinedAs,
  occasionIn,
  officeTown,
  type Office,
} from "../../support/market/office.ts";
import { memoryOpenedParts } from "../../support/parties/openedParts.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";

describe("joining a market", function () {
  this.timeout(120_000);

  const rng = counterRng("joining a market");
  let connection: NetworkConnection;
  let world: MarketWorld;
  let office: Office;
  let station: StationDesk;

  before(async () => {
    ({ connection, world, office, station } = await officeTown(rng));
  });

  after(() => connection.close());

  const codeOf = async (action: () => Promise<unknown>): Promise<string> => {
    const answer = await asyncRefusal(action);
    return answer.split(" ").at(-1) ?? answer;
  };

  /** Where and when an account counts, as the chain knows it. */
  const scopeHash = ({ terms }: AuctionOccasion): string =>
    stationScopeId(auctionScope(office.registrar.parameters, world.matcher.id, terms));

  const authorised = async (
    name: string,
    occasion: AuctionOccasion,
    store: SessionAccountStore = memorySessionAccount(),
    at: StationDesk = station,
  ): Promise<AuthorisedSession> => {
    const { parameters } = office.registrar;
    const member = memberships.get(name) ?? memoryMembership();
    memberships.set(name, member);
    const { credential } = await joinedAs(office, name, member);
    const vehicle = { credential, store, rng };
    return authoriseAccount(world.market, parameters, vehicle, at, occasion);
  };
  const memberships = new Map<string, ReturnType<typeof memoryMembership>>();

  describe("in the open", () => {
    const applicant = (): Parameters<typeof enrolParticipant>[2]["applicant"] => ({
      account: world.pile.signer.address,
      participantId: world.pile.id,
      kind: "pile",
      pile: { kind: "private", ratedPowerW: 22_000, siteCommitment: id("site") },
      operator: null,
    });

    it("certifies, suspends and reinstates, which anybody can look up", async () => {
      const { market, authority, pile } = world;
      const desk = { wallet: authority, rng };
      const { address } = pile.signer;
      expect(await standingOf(market, address)).to.include({ kind: "none", validUntil: null });
      const now = await nowSeconds(world);
      const input = { applicant: applicant(), days: 30, nowSeconds: now, relay: world.stranger };
      const { certificate } = await enrolParticipant(market, desk, input);
      expect(Number(certificate.validUntil)).to.equal(input.nowSeconds + 30 * 86_400);
      expect(Number(certificate.relayBy)).to.equal(input.nowSeconds + CERTIFICATE_RELAY_SECONDS);
      const known = { kind: "pile", participantId: pile.id, authorisation: null };
      expect(await standingOf(market, address)).to.include({ ...known, suspended: false });
      await suspendParticipant(market, desk, address);
      expect(await standingOf(market, address)).to.include({ suspended: true });
      await reinstateParticipant(market, desk, address);
      expect(await standingOf(market, address)).to.include({ suspended: false });
    });

    it("refuses days that no certificate has, and others than the authority", async () => {
      for (const days of [0, 3_651, 1.5]) {
        expect(() => certificateTimes(0, days)).to.throw("1 to 3650");
      }
      const { market, stranger, pile } = world;
      const desk = { wallet: stranger, rng };
      const now = await nowSeconds(world);
      const input = { applicant: applicant(), days: 30, nowSeconds: now, relay: stranger };
      expect(await codeOf(() => enrolParticipant(market, desk, input))).to.equal("E_REFUSED");
      const suspended = (): Promise<void> => suspendParticipant(market, desk, pile.signer.address);
      expect(await codeOf(suspended)).to.equal("E_REFUSED");
    });
  });

  describe("as a member", () => {
    it("deals to every tracer a share of every tracer's dealing", () => {
      const { published, tracers } = office.founded;
      expect(published.dealings).to.have.lengthOf(3);
      expect(tracers.map(({ index }) => index)).to.deep.equal([1, 2, 3]);
      const count = { threshold: 2, members: 3 };
      for (const { index, shares } of tracers) {
        const received = published.dealings.map((dealing, dealer) => {
          return { dealing, share: shares[dealer] ?? new Uint8Array() };
        });
        expect(acceptShare(count, index, received).index).to.equal(index);
      }
    });

    it("joins once an epoch, with keys that are kept before the registrar hears of them", async () => {
      const store = memoryMembership();
      const closed = {
        ...office.registrar.store,
        spendNonce: () => Promise.reject(new Error("shut")),
      };
      const shut = { ...office, registrar: { ...office.registrar, store: closed } };
      expect(await joinedAs(shut, "anna", store).catch(String)).to.equal("Error: shut");
      const kept = await store.membership();
      const joined = await joinedAs(office, "anna", store);
      expect(joined).to.include({ memberId: kept?.memberId, isNew: true });
      const again = await joinedAs(office, "anna", store);
      expect(again).to.include({ memberId: kept?.memberId, isNew: false });
      const next = await joinedAs(office, "anna", store, EPOCH + 1);
      expect(next).to.include({ isNew: true });
      expect(next.credential.usk).to.equal(joined.credential.usk);
    });

    it("has its name for itself, and the papers that it came with", async () => {
      const other = memoryMembership();
      expect(await codeOf(() => joinedAs(office, "anna", other))).to.equal("E_MEMBER_NAME");
      const { store } = office.registrar;
      expect((await store.memberNamed("anna"))?.roles).to.deep.equal(["charge"]);
    });

    it("has one naming for good, whenever and under whatever name it comes again", async () => {
      const member = memoryMembership();
      await joinedAs(office, "nora", member);
      const { naming } = (await member.membership()) ?? { naming: null };
      expect(naming?.name).to.equal("nora");
      await joinedAs(office, "norma", member, EPOCH + 1);
      expect((await member.membership())?.naming).to.deep.equal(naming);
      expect(await office.registrar.store.memberNamed("norma")).to.equal(undefined);
    });

    it("has one naming of two registrations at once, also where two names were asked for", async () => {
      const keys = await membershipOf(memoryMembership(), rng);
      const namesOf = async (...names: readonly string[]): Promise<readonly Naming[]> => {
        const devices = names.map(() => memoryMembership());
        for (const device of devices) await device.keepMembership(keys);
        await Promise.all(names.map((name, i) => joinedAs(office, name, devices[i])));
        const kept = await Promise.all(devices.map((device) => device.membership()));
        return kept.flatMap((membership) => membership?.naming ?? []);
      };
      const [first, second] = await namesOf("pia", "paula");
      expect(first).to.include({ memberId: keys.memberId });
      expect(second).to.deep.equal(first);
      const known = await office.registrar.store.knownMember(keys.memberId);
      expect(known).to.deep.include({ name: first?.name, naming: first?.signature });
    });

    it("gives a name to one of two members at once, and no word of it to the other", async () => {
      const [left, right] = [memoryMembership(), memoryMembership()];
      const joined = (member: MembershipStore): Promise<string> =>
        codeOf(() => joinedAs(office, "quinn", member));
      const outcomes = await Promise.all([joined(left), joined(right)]);
      expect(outcomes).to.have.members(["accepted", "E_MEMBER_NAME"]);
      const kept = await Promise.all([left, right].map((member) => member.membership()));
      const named = kept.flatMap((membership) => membership?.naming ?? []);
      expect(named.map(({ name }) => name)).to.deep.equal(["quinn"]);
    });

    it("is let into no further epoch once it is excluded, until it is let in again", async () => {
      const { store } = office.registrar;
      const member = memoryMembership();
      await joinedAs(office, "otto", member);
      await excludeMember(store, { name: "otto", isExcluded: true });
      const next = (): Promise<unknown> => joinedAs(office, "otto", member, EPOCH + 1);
      expect(await codeOf(next)).to.equal("E_MEMBER");
      await excludeMember(store, { name: "otto", isExcluded: false });
      expect(await codeOf(next)).to.equal("accepted");
      const nobody = { name: "nobody", isExcluded: true };
      expect(await codeOf(() => excludeMember(store, nobody))).to.equal("E_MEMBER_UNKNOWN");
    });
  });

  describe("with a fresh account", () => {
    it("is authorised on chain until the slot ends, for the same energy as everybody", async () => {
      const occasion = await occasionIn(world);
      const { account, signed } = await authorised("bea", occasion);
      const { address } = new Wallet(account.privateKey);
      const standing = await standingOf(world.market, address);
      expect(standing).to.include({
        kind: "vehicle",
        participantId: nymHashOf(signed.authorisation),
        validUntil: occasion.terms.slotEnd,
      });
      expect(standing.authorisation).to.deep.equal({
        scope: account.scope,
        stationId: world.matcher.id,
        role: "charge",
        maxEnergyWh: BigInt(AUTHORISED_ENERGY_WH),
      });
      expect(AUTHORISED_ENERGY_WH).to.equal(200_000);
      expect(account.scope).to.equal(scopeHash(occasion));
    });

    it("finishes with the same account what was interrupted before or after the chain was told", async () => {
      const occasion = await occasionIn(world, { areaHash: id("interrupted") });
      const store = memorySessionAccount();
      const broken = { ...station, wallet: failingOnce(station) };
      expect(await authorised("cleo", occasion, store, broken).catch(String)).to.include("gone");
      const kept = await store.sessionAccount(scopeHash(occasion));
      const { account, signed } = await authorised("cleo", occasion, store);
      expect(account).to.deep.equal(kept);
      const again = await authorised("cleo", occasion, store);
      expect(again).to.deep.equal({ account, signed });
    });

    it("is authorised all the same when a stranger relays it a moment before", async () => {
      const occasion = await occasionIn(world, { areaHash: id("overtaken") });
      const overtaken = { ...station, wallet: overtakenBy(world.stranger) };
      const { signed } = await authorised("cora", occasion, memorySessionAccount(), overtaken);
      const { identities } = world.market.contracts;
      const { account } = signed.authorisation;
      expect(await identities.idOf(account)).to.equal(nymHashOf(signed.authorisation));
    });

    it("has another account in another scope, and one in the same", async () => {
      const [here, there] = [
        await occasionIn(world),
        await occasionIn(world, { areaHash: id("there") }),
      ];
      const store = memorySessionAccount();
      const first = await authorised("dan", here, store);
      const second = await authorised("dan", there, store);
      expect(second.account.privateKey).not.to.equal(first.account.privateKey);
      expect(second.signed.authorisation.nym).not.to.equal(first.signed.authorisation.nym);
      const refused = await authorised("dan", here).catch((error: unknown) => error);
      expect(refused).to.include({ code: "E_HANDSHAKE_REFUSED", reason: "E_NYM_USED" });
    });

    it("is authorised once of two times at once", async () => {
      const occasion = await occasionIn(world, { areaHash: id("at once") });
      await joinedAs(office, "eli", memberships.get("eli") ?? kept(memberships, "eli"));
      const outcomes = await Promise.all([
        codeOf(() => authorised("eli", occasion)),
        codeOf(() => authorised("eli", occasion)),
      ]);
      expect(outcomes).to.have.members(["accepted", "E_HANDSHAKE_REFUSED"]);
    });

    it("gets none for an auction of other credentials, whose slot has begun, or too far ahead", async () => {
      const elsewhere = await occasionIn(world, { scope: id("of others") });
      expect(await codeOf(() => authorised("fay", elsewhere))).to.equal("E_AUCTION_SCOPE");
      const now = BigInt(await nowSeconds(world));
      const tooFar = { slotEnd: now + BigInt(LONGEST_AUTHORISATION_SECONDS) + 1n };
      for (const times of [{ slotStart: now }, tooFar]) {
        const late = await occasionIn(world, times);
        expect(await codeOf(() => authorised("fay", late))).to.equal("E_AUCTION_TIME");
      }
    });

    it("agrees with the contract on how long an authorisation lasts", async () => {
      const { identities } = world.market.contracts;
      const most = await identities.MAX_AUTHORISATION_SECONDS();
      expect(Number(most)).to.equal(LONGEST_AUTHORISATION_SECONDS);
      expect(EPOCH_SECONDS).to.equal(86_400);
    });
  });

  describe("under a court", () => {
    let traced: TraceCase;
    const store = memoryOpenedParts();

    before(async () => {
      const occasion = await occasionIn(world, { areaHash: id("a case") });
      const { signed } = await authorised("gil", occasion);
      const { account } = signed.authorisation;
      expect(await stationBehind(world.market, account)).to.equal(world.matcher.id);
      const shown = await station.store.shownBy(account);
      if (shown === undefined) throw new RangeError("expected what was shown");
      traced = { caseId: id("2026/17"), shown };
    });

    const opened = (index: number): Promise<OpenedCase> => {
      const { published, tracers } = office.founded;
      const [dealt] = tracers.filter((tracer) => tracer.index === index);
      const received = published.dealings.map((dealing, dealer) => {
        return { dealing, share: dealt?.shares[dealer] ?? new Uint8Array() };
      });
      const share = acceptShare({ threshold: 2, members: 3 }, index, received);
      const { parameters, store: register } = office.registrar;
      return openTrace(world.market, parameters, { share, store, rng }, register, traced);
    };

    it("is asked for once, and only for what was shown to a station", async () => {
      const { market, authority, stranger } = world;
      const { parameters } = office.registrar;
      const behind = (): Promise<unknown> => stationBehind(market, stranger.address);
      expect(await codeOf(behind)).to.equal("E_TRACE_ACCOUNT");
      const presentation = traced.shown.presentation.map((byte, i) =>
        i === 300 ? byte ^ 1 : byte,
      );
      const altered = { ...traced, shown: { ...traced.shown, presentation } };
      const asking = (one: TraceCase): Promise<unknown> =>
        requestTrace(market, parameters, authority, one);
      expect(await codeOf(() => asking(altered))).to.equal("E_TRACE_SHOWN");
      // Another request under its number is of no matter to this one, nor to the court.
      const { identities } = market.contracts;
      await send(
        market,
        identities.connect(authority).requestTrace(traced.caseId, id("nothing that was shown")),
      );
      const asked = await requestTrace(market, parameters, authority, traced);
      expect(await requestTrace(market, parameters, authority, traced)).to.deep.equal(asked);
    });

    it("opens nothing before the court has approved, and the court approves of what was asked", async () => {
      const { market, authority, stranger } = world;
      const { parameters } = office.registrar;
      expect(await codeOf(() => opened(1))).to.equal("E_CASE");
      const desk = { court: authority, relay: stranger };
      const { signed } = await authorised(
        "hal",
        await occasionIn(world, { areaHash: id("another") }),
      );
      const shown = await station.store.shownBy(signed.authorisation.account);
      if (shown === undefined) throw new RangeError("expected what was shown");
      const other = { ...traced, shown };
      const approve = (one: TraceCase): Promise<unknown> =>
        approveTrace(market, parameters, desk, one);
      expect(await codeOf(() => approve(other))).to.equal("E_TRACE_ASKED");
      expect(await codeOf(() => approve(traced))).to.equal("accepted");
    });

    it("names the member when enough tracers have opened, and nobody before", async () => {
      expect(await opened(1)).to.deep.equal({ parts: 1, missing: 1, found: null });
      expect(await opened(1), "the same again").to.include({ parts: 1, missing: 1 });
      const { parts, missing, found } = await opened(3);
      expect({ parts, missing }).to.deep.equal({ parts: 2, missing: 0 });
      const member = await office.registrar.store.memberNamed("gil");
      const known = { name: "gil", memberId: member?.memberId, epoch: EPOCH, refusedParts: 0 };
      expect(found).to.include(known);
    });
  });

  /** The station's wallet, whose transactions somebody else sends first. */
  function overtakenBy(other: MarketWorld["stranger"]): StationDesk["wallet"] {
    const { signer } = world.matcher;
    return new Proxy(signer, {
      get: (target, name) => {
        if (name === "sendTransaction") {
          return async ({ to, data }: { readonly to: string; readonly data: string }) => {
            await (await other.sendTransaction({ to, data })).wait();
            return target.sendTransaction({ to, data });
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** A wallet that signs, and loses its connection when it is to send for the first time. */
  function failingOnce({ wallet }: StationDesk): StationDesk["wallet"] {
    return new Proxy(wallet, {
      get: (target, name) => {
        if (name === "sendTransaction") return () => Promise.reject(new Error("gone"));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }
});

function kept(
  memberships: Map<string, ReturnType<typeof memoryMembership>>,
  name: string,
): ReturnType<typeof memoryMembership> {
  const store = memoryMembership();
  memberships.set(name, store);
  return store;
}
