/**
 * A pile alone (the matcher and both servers honest) whose record is not what it commits to, or not
 * where it is. It is matched, since nobody can see inside a commitment, and then? The lie is played
 * to its end on the contracts: it learns no position, takes no money and no standing, and its
 * vehicle is served in the same slot by another pile. Beside it the straw men: a cloud that reveals
 * requests, and a pile whose opening is enough.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  MOST_RELAY_GAS,
  relaySignedCall,
  sessionsCalled,
  signedCallOf,
  type RelayableCall,
} from "../../offchain/chain/signedCalls.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import { encodeNote, type DecisionNote } from "../../offchain/core/messages/decisionNote.ts";
import { decisionProof } from "../../offchain/core/messages/decisionTree.ts";
import { openDelivery, sealMasks } from "../../offchain/core/messages/delivery.ts";
import type { Address, Bytes32, Opening } from "../../offchain/core/messages/market.ts";
import { requestLayout } from "../../offchain/core/messages/packedRecord.ts";
import { openPileNotice } from "../../offchain/core/messages/pileNotice.ts";
import { requestFields } from "../../offchain/core/messages/records.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import { readMatchNotice } from "../../offchain/market/auction/matchNotice.ts";
import { againTimes, openAgain } from "../../offchain/market/auction/openAgain.ts";
import {
  answerMatch,
  matchOf,
  refusedMatches,
  type DecidedFor,
} from "../../offchain/market/auction/openMatch.ts";
import { releaseClosed } from "../../offchain/market/auction/releasing.ts";
import { measureSession } from "../../offchain/market/metering.ts";
import { rateSession, reputationOf } from "../../offchain/market/reputation.ts";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  startSession,
  unplugSession,
  type CheckedMatch,
} from "../../offchain/market/sessions.ts";
import { settleSession } from "../../offchain/market/settlement.ts";
import { openRecords } from "../../offchain/parties/cloud/opening.ts";
import type { KeptBid } from "../../offchain/parties/pile/bids.ts";
import { memoryMeters } from "../../offchain/parties/pile/meterStore.ts";
import { maskRecords } from "../../offchain/parties/proxy/masking.ts";
import { carelessCloudOf } from "../support/attacks/carelessServers.ts";
import { lies, type Lie } from "../support/attacks/lyingPile.ts";
import {
  asks,
  auctionTown,
  bids,
  dealtIn,
  openedIn,
  UNWATCHED,
  type Town,
} from "../support/market/auctionTown.ts";
import {
  anHour,
  certifiedMeterIn,
  ENERGY_WH,
  METER,
  refusalIn,
} from "../support/market/charging.ts";
import { fund, nowSeconds, type MarketWorld } from "../support/market/deployed.ts";
import {
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
  sealKeyOf,
} from "../support/matching/crowdRound.ts";
import { bindingOf, meeting } from "../support/parties/meeting.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";

/** What eva asks from. */
const POSITION = { xM: 1_000, yM: 1_000 };
const HONEST_PRICE = 450_000n;
const PAID_UNITS = (ENERGY_WH * HONEST_PRICE) / 1_000n;
const SIXTEEN_TOKENS = 16_000_000n;
const A_DAY = 86_400n;

/** By what the vehicle's audit says. */
const LIES: Readonly<Record<string, { readonly lie: Lie; readonly code: string }>> = {
  "a price that it does not commit to": {
    lie: { record: { pricePerKwh: 0n }, committed: { pricePerKwh: SIXTEEN_TOKENS } },
    code: "E_MATCH_BID",
  },
  "a power that it does not commit to": {
    lie: { record: {}, committed: { powerW: 11_000n } },
    code: "E_MATCH_BID",
  },
  "a place where it is not": {
    lie: { record: { position: { xM: 1_010, yM: 1_005 } }, committed: {} },
    code: "E_MATCH_SITE",
  },
};

type Name = "eva" | "paul" | "pia";

/** Of an account, in token units and points. */
interface Held {
  readonly freeUnits: bigint;
  readonly lockedUnits: bigint;
  readonly tokens: bigint;
  readonly credibility: bigint;
  readonly ratings: bigint;
}

async function heldBy({ market }: MarketWorld, account: Address): Promise<Held> {
  const { escrow, token } = market.contracts;
  const { free: freeUnits, locked: lockedUnits } = await escrow.balanceOf(account);
  const tokens = await token.balanceOf(account);
  const { credibility, ratings } = await reputationOf(market, account);
  return { freeUnits, lockedUnits, tokens, credibility, ratings };
}

/** The liar is matched with eva; Pia has bid honestly, and dearer than the lie. */
interface Matched {
  readonly town: Town;
  readonly auction: AnnouncedAuction;
  readonly decided: DecidedFor;
  readonly bid: KeptBid;
  readonly liar: Address;
}

interface Decided {
  readonly served: DecidedFor;
  /** Accounts that took no part, and the codes of why. */
  readonly left: readonly (readonly [string, string])[];
}

async function decide(town: Town, auction: AnnouncedAuction): Promise<Decided> {
  const { market, connection } = town.world;
  const { auctionId, terms } = auction;
  await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
  const { matcher, servers } = town;
  const { matches, decided } = await decideAuction(market, matcher, servers, auction, UNWATCHED);
  await postDecisions(market, matcher, auctionId);
  const left = decided?.notAdmitted.map(({ account, code }) => [account, code] as const) ?? [];
  return { served: { auctionId, matches }, left };
}

/** A second auction of the slot, bid in for ten minutes. */
async function openedAgain(town: Town, first: AnnouncedAuction): Promise<AnnouncedAuction> {
  const times = againTimes(first, (await nowSeconds(town.world)) + 600);
  return openAgain(town.world.market, town.matcher, dealtIn(town), first, times);
}

/** Pia serves eva for an hour, is paid on what her meter has signed, and rated. */
async function serve({ world, eva, pia }: Town, session: Bytes32): Promise<void> {
  const { market, connection } = world;
  const desk = { wallet: pia.wallet, store: memoryMeters() };
  await certifiedMeterIn({ ...world, pile: world.otherPile }, desk, METER);
  await authoriseSession(market, pia.wallet, session);
  await plugInSession(market, eva.wallet, session);
  await connection.networkHelpers.time.increase(4_000);
  await unplugSession(market, eva.wallet, session);
  await measureSession(market, desk, anHour(session));
  await settleSession(market, desk, { session, records: null, key: null });
  await rateSession(market, eva.wallet, session, 3);
}

async function matchedLiar(connection: NetworkConnection, lie: Lie): Promise<Matched> {
  const town = await auctionTown(connection);
  const { vehicle, pile, otherPile } = town.world;
  for (const one of [vehicle, pile, otherPile]) await fund(town.world, one);
  const auction = await openedIn(town);
  await asks(town, town.eva, auction);
  await bids(town, town.pia, auction, HONEST_PRICE);
  const bid = await lies(town, town.paul, auction, lie);
  const { served: decided } = await decide(town, auction);
  return { town, auction, decided, bid, liar: await town.paul.wallet.getAddress() };
}

/** All that the liar needed in order to open the decision itself. */
async function liarsOpening({ town, decided, bid, liar }: Matched): Promise<CheckedMatch> {
  const { toPile, decision } = matchOf(decided, liar);
  const { auctionId, evId, cpId, r } = await openPileNotice(town.paul.sealKeys, toPile);
  const { round, offer, uploadHash } = bid;
  const opening: Opening = { auctionId, evId, cpId, round, offer, uploadHash, r };
  const decisions = decided.matches.map((match) => match.decision);
  return { opening, proof: decisionProof(decisions, decision) };
}

/** Every form in which the position could be in a message. */
function placesIn(content: string): readonly string[] {
  const { xM, yM } = POSITION;
  const forms = [2, 4, 79].map((width) =>
    [xM, yM].map((value) => value.toString(16).padStart(2 * width, "0")).join(""),
  );
  const text = Buffer.from(`${xM},${yM}`).toString("hex");
  return [...forms, text].filter((form) => content.includes(form));
}

describe("a pile that lies, alone", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  for (const [what, { lie, code }] of Object.entries(LIES)) {
    describe(`about ${what}`, () => {
      let matched: Matched;
      let session: Bytes32;
      let second: AnnouncedAuction;
      let at: Readonly<Record<Name, Held>>;

      const accountOf = (name: Name): Promise<Address> => matched.town[name].wallet.getAddress();
      const held = async (name: Name): Promise<Held> =>
        heldBy(matched.town.world, await accountOf(name));

      before(async () => {
        matched = await matchedLiar(connection, lie);
        session = matchOf(matched.decided, matched.liar).decision;
        at = { eva: await held("eva"), paul: await held("paul"), pia: await held("pia") };
      });

      it("is matched: nobody sees inside a commitment", async () => {
        const { vehicle, pile } = matchOf(matched.decided, matched.liar);
        expect([vehicle, pile]).to.deep.equal([await accountOf("eva"), matched.liar]);
        expect(matched.decided.matches).to.have.lengthOf(1);
      });

      it("is told every word of its notice by what it knows, and no position", async () => {
        const { town, decided, bid, liar } = matched;
        const { toPile, toVehicle } = matchOf(decided, liar);
        const note = await openPileNotice(town.paul.sealKeys, toPile);
        const { vehicle, pile } = town.world;
        const known: DecisionNote = {
          auctionId: decided.auctionId,
          evId: vehicle.id,
          cpId: pile.id,
          bidCommitment: bid.commitment,
          uploadHash: bid.uploadHash,
          r: note.r,
        };
        expect(note).to.deep.equal(known);
        // r is as good as any other word: the vehicle got the same.
        const { note: told } = await openDelivery(town.eva.sealKeys, toVehicle);
        expect(told.r).to.equal(note.r);
        expect(placesIn(bytesToHex(encodeNote(note)))).to.deep.equal([]);
        const read = () => openDelivery(town.paul.sealKeys, toVehicle);
        expect(await asyncRefusal(read)).to.equal("SealedBoxError E_AEAD");
      });

      it("cannot begin the session, by itself, in the vehicle's name, or by a relayed call", async () => {
        const { market } = matched.town.world;
        const { wallet } = matched.town.paul;
        const checked = await liarsOpening(matched);
        expect(await refusalIn(() => startSession(market, wallet, checked))).to.equal(
          "SessionNotParty",
        );
        const called = await sessionsCalled(market);
        const { opening, proof } = checked;
        const data = market.contracts.sessions.interface.encodeFunctionData("start", [
          opening,
          [...proof],
        ]);
        const { openingEnds } = matched.auction.terms;
        const own = await signedCallOf(market, called, wallet, data, openingEnds);
        const relayed = (call: RelayableCall): Promise<string> =>
          refusalIn(() => relaySignedCall(market, called, wallet, call, MOST_RELAY_GAS));
        expect(await relayed(own)).to.equal("SessionNotParty");
        const forged = { ...own, from: await accountOf("eva") };
        expect(await relayed(forged)).to.equal("SignedCallBadSignature");
      });

      it("has nothing to authorise or to end", async () => {
        const { market } = matched.town.world;
        const { wallet } = matched.town.paul;
        expect(await refusalIn(() => authoriseSession(market, wallet, session))).to.equal(
          "SessionWrongState",
        );
        expect(await refusalIn(() => expireSession(market, wallet, session))).to.equal(
          "SessionOver",
        );
      });

      it(`is refused by its vehicle (${code}), whose deposit is free at once`, async () => {
        const { town, decided, auction } = matched;
        const { market } = town.world;
        const { accepted, refused } = await answerMatch(market, town.eva, decided);
        expect(await refusedMatches(market, decided)).to.deep.equal(decided.matches);
        expect(accepted).to.equal(null);
        expect(refused?.code).to.equal(code);
        const { freeUnits, lockedUnits } = await held("eva");
        expect(lockedUnits).to.equal(0n);
        expect(freeUnits).to.equal(at.eva.freeUnits + auction.terms.vehicleDeposit);
        const checked = await liarsOpening(matched);
        expect(await refusalIn(() => startSession(market, town.eva.wallet, checked))).to.equal(
          "AuctionNoRequest",
        );
      });

      it("takes no part in a second auction, whose pile serves the vehicle in the same slot", async () => {
        const { town, auction, liar } = matched;
        const { market } = town.world;
        second = await openedAgain(town, auction);
        await asks(town, town.eva, second);
        await bids(town, town.pia, second, HONEST_PRICE);
        await lies(town, town.paul, second, lie);
        const { served, left } = await decide(town, second);
        expect(left).to.deep.equal([[liar, "E_AGAIN_PROMISED"]]);
        const { accepted } = await answerMatch(market, town.eva, served);
        expect(accepted?.site).to.deep.equal(town.pia.site.position);
        const noticed = await readMatchNotice(market, town.pia, served);
        expect(noticed).to.deep.equal({
          session: accepted?.session,
          vehicle: await accountOf("eva"),
        });
        const { slotStart } = auction.terms;
        expect(second.terms.slotStart).to.equal(slotStart);
        await connection.networkHelpers.time.increaseTo(slotStart);
        await serve(town, noticed.session);
      });

      it("has taken nothing when all is over: no money, no standing, no rating", async () => {
        const { town, auction } = matched;
        const { market } = town.world;
        await connection.networkHelpers.time.increaseTo(auction.terms.slotEnd + A_DAY);
        const { wallet } = town.paul;
        expect(await refusalIn(() => expireSession(market, wallet, session))).to.equal(
          "SessionOver",
        );
        for (const { auctionId } of [auction, second]) {
          await releaseClosed(market, wallet, auctionId);
        }
        const stake = (one: Held): bigint => one.freeUnits + one.lockedUnits;
        const [eva, paul, pia] = [await held("eva"), await held("paul"), await held("pia")];
        expect([eva, paul, pia].map(({ lockedUnits }) => lockedUnits)).to.deep.equal([0n, 0n, 0n]);
        expect(stake(paul)).to.equal(stake(at.paul));
        expect(stake(eva)).to.equal(stake(at.eva) - PAID_UNITS);
        expect(stake(pia)).to.equal(stake(at.pia) + PAID_UNITS);
        expect([eva.credibility, at.eva.credibility]).to.deep.equal([1n, 0n]);
        expect([eva, paul, pia].map(({ ratings }) => ratings)).to.deep.equal([0n, 0n, 1n]);
      });
    });
  }

  it("reads the position, where a cloud seals requests to piles as it once did", async () => {
    const liar = await person("liar");
    const { privateKey, roundKey } = dealtKey();
    const rng = counterRng("lying pile");
    const { record } = await requestOf(await person("vehicle"));
    const masked = maskRecords(roundKey.shortKey, requestLayout(2), [record], rng);
    const requests = openRecords(
      privateKey,
      requestLayout(2),
      masked.map((one) => one.masked),
    );
    const { note } = await meeting();
    const binding = bindingOf(note);
    const cloud = carelessCloudOf({ requests, offers: [] }, rng);
    const fields = [0, 1, 2, 3];
    const sealKey = sealKeyOf(liar);
    const wanted = { kind: "request", record: 0, fields } as const;
    const blinded = await cloud.reveal(sealKey, binding, wanted);
    const own = masked[0]?.masks.slice(0, 4) ?? [];
    const masks = await sealMasks(sealKey, binding, { note, masks: own }, rng);
    const { values } = await openDelivery(liar.sealKeys, { ...binding, blinded, masks });
    expect(values).to.deep.equal(requestFields(CLEAR_REQUEST).slice(0, 4));
  });

  it("takes fee and standing, where its opening is enough to begin the session", async () => {
    const [, { lie } = { lie: { record: {}, committed: {} } }] = Object.entries(LIES)[0] ?? [];
    const matched = await matchedLiar(connection, lie);
    const { town, decided, liar } = matched;
    const { market } = town.world;
    const eva = await town.eva.wallet.getAddress();
    const [vehicle, pile] = [await heldBy(town.world, eva), await heldBy(town.world, liar)];
    const session = matchOf(decided, liar).decision;
    // As a contract would that takes the liar's opening for the vehicle's consent.
    await startSession(market, town.eva.wallet, await liarsOpening(matched));
    await authoriseSession(market, town.paul.wallet, session);
    const { deadline } = await knownSession(market, session);
    await connection.networkHelpers.time.increaseTo(deadline);
    await expireSession(market, town.paul.wallet, session);
    const [after, taken] = [await heldBy(town.world, eva), await heldBy(town.world, liar)];
    expect(after.credibility).to.equal(vehicle.credibility - 1n);
    expect(taken.freeUnits > pile.freeUnits + pile.lockedUnits).to.equal(true);
  });
});
