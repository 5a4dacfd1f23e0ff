/**
 * Sealed auctions in the state folder: what comes back, and where it lies.
 */
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id } from "ethers";
import type { AnnouncedAuction } from "../../../offchain/core/messages/announcedAuction.ts";
import { areaHash } from "../../../offchain/core/messages/area.ts";
import type { DecidedMatch } from "../../../offchain/core/messages/delivery.ts";
import { ANY_SCOPE, type AuctionTerms } from "../../../offchain/core/messages/market.ts";
import { roundKeyHash } from "../../../offchain/core/messages/roundKey.ts";
import { isBadUpload, uploadName } from "../../../offchain/core/messages/sealedUpload.ts";
import {
  BoxError,
  memoryMatcherStore,
  type Closing,
  type MatcherStore,
} from "../../../offchain/parties/proxy/store.ts";
import {
  commitmentModulusIn,
  folderBids,
  folderMatcherStore,
  folderWishes,
  keepPrivateKey,
  latestAuctionIn,
  noteLatestAuction,
  privateKeyOf,
} from "../../../tasks/stores/auctions.ts";
import { folderPublicBoard } from "../../../tasks/stores/publicBoard.ts";
import { stateIn, type State } from "../../../tasks/stores/state.ts";
import { AREA, dealtKey } from "../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

const { roundKey, privateKey } = dealtKey();
const TERMS: AuctionTerms = {
  areaHash: areaHash(AREA),
  roundKeyHash: roundKeyHash(roundKey),
  scope: ANY_SCOPE,
  biddingEnds: 10n,
  matchingEnds: 20n,
  openingEnds: 30n,
  slotStart: 20n,
  slotEnd: 30n,
  maxRounds: 2n,
  roundSeconds: 5n,
  bidBond: 7n,
  vehicleDeposit: 9n,
  nonce: id("nonce"),
};
const AUCTION: AnnouncedAuction = {
  auctionId: id("an auction"),
  terms: TERMS,
  area: AREA,
  roundKey,
  again: id("the first auction of the slot"),
};
const { auctionId } = AUCTION;
const ACCOUNT = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";
const NAMES = ["a", "b", "c", "d"];

function matched(name: string): DecidedMatch {
  const decision = id(name);
  const toVehicle = { auctionId, decision, blinded: "0x01", masks: "0x02" };
  const toPile = { auctionId, decision, box: "0x03" };
  return { decision, vehicle: ACCOUNT, pile: ACCOUNT, toVehicle, toPile };
}

function closedWith(name: string): Closing {
  const notices = [{ pile: ACCOUNT, box: id(`box of ${name}`) }];
  return { notices, root: id(name), referencePricePerKwh: 8n, leading: 1 };
}

describe("the auctions of a state folder", () => {
  let folder: string;
  let state: State;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "auctions-"));
    state = stateIn(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const secret = async (path: string): Promise<boolean> =>
    ((await stat(join(folder, path))).mode & 0o777) === 0o600;

  it("are announced as they were, and unknown before", async () => {
    const store = folderMatcherStore(state);
    expect(await store.announced(auctionId)).to.equal(null);
    await store.announce(AUCTION);
    const known = await store.announced(auctionId);
    expect(known?.terms).to.deep.equal(TERMS);
    expect(known?.area).to.deep.equal(AREA);
    expect(known?.again).to.equal(AUCTION.again);
    expect(roundKeyHash(known?.roundKey ?? dealtKey().roundKey)).to.equal(TERMS.roundKeyHash);
    expect(await latestAuctionIn(state)).to.equal(null);
    await noteLatestAuction(state, auctionId);
    expect(await latestAuctionIn(state)).to.equal(auctionId);
  });

  it("hold the cloud's key and what owners keep, for their owner's eyes", async () => {
    await keepPrivateKey(state, auctionId, privateKey);
    expect((await privateKeyOf(state, auctionId)).p).to.equal(privateKey.p);
    const wish = { position: { xM: 1, yM: 2 }, maxPricePerKwh: 3n, maxDistanceM: 4 };
    await folderWishes(state).keepWish(auctionId, id("request"), wish);
    expect(await folderWishes(state).wishBehind(auctionId, id("request"))).to.deep.equal(wish);
    expect(await folderWishes(state).wishBehind(auctionId, id("none"))).to.equal(null);
    const offer = { pricePerKwh: 5n, powerW: 6n, encryptedOfferHash: id("o"), salt: id("s") };
    const bid = { offer, round: 2n, commitment: id("bid") };
    await folderBids(state).keepBid(auctionId, bid);
    expect(await folderBids(state).bidBehind(auctionId, bid.commitment)).to.deep.equal(bid);
    const files = [`wishes/${id("request")}.json`, `bids/${id("bid")}.json`, "cloud.json"];
    for (const file of files) expect(await secret(`auctions/${auctionId}/${file}`)).to.equal(true);
  });

  it("hold what was sent under account and commitment of its sender, each kind apart", async () => {
    const store = folderMatcherStore(state);
    expect(await store.left(auctionId, "offer")).to.deep.equal([]);
    const named = { account: ACCOUNT, commitment: id("bid") };
    const name = uploadName(named);
    await store.leave({ auctionId, kind: "offer", ...named, box: "0x12" });
    expect(await store.left(auctionId, "offer")).to.deep.equal([name]);
    expect(await store.left(auctionId, "request")).to.deep.equal([]);
    expect(await store.box(auctionId, "offer", name)).to.equal("0x12");
    await writeFile(join(folder, `auctions/${auctionId}/offers/junk.json`), "junk");
    expect(await store.left(auctionId, "offer")).to.have.members([name, "junk"]);
  });

  it("hold how rounds were closed, all of it, and replace nothing that is damaged", async () => {
    const store = folderMatcherStore(state);
    const closing = closedWith("a round");
    expect(await store.closing(auctionId, 1n)).to.equal(null);
    await store.keepClosing(auctionId, 1n, closing);
    expect(await store.closing(auctionId, 1n)).to.deep.equal(closing);
    const { notices } = closing;
    await state.write(`auctions/${auctionId}/rounds/2.json`, { notices });
    for (const act of [
      () => store.closing(auctionId, 2n),
      () => store.keepClosing(auctionId, 2n, closing),
      () => store.closing(auctionId, 2n),
    ]) {
      expect(await asyncRefusal(act)).to.equal("StateError E_STATE");
    }
  });

  const stores: Readonly<Record<string, () => readonly [MatcherStore, MatcherStore]>> = {
    "a folder": () => [folderMatcherStore(stateIn(folder)), folderMatcherStore(stateIn(folder))],
    memory: () => {
      const store = memoryMatcherStore();
      return [store, store];
    },
  };
  for (const [place, twoOf] of Object.entries(stores)) {
    it(`keep, in ${place}, the first of many that keep at once, and give it to all`, async () => {
      const both = twoOf();
      const [store] = both;
      const runs = NAMES.flatMap((name) => both.map((one, k) => ({ one, name: `${name}/${k}` })));
      const closings = await Promise.all(
        runs.map(({ one, name }) => one.keepClosing(auctionId, 1n, closedWith(name))),
      );
      const decisions = await Promise.all(
        runs.map(({ one, name }) => one.keepDecided(auctionId, [matched(name)])),
      );
      const [closing, decided] = [
        await store.closing(auctionId, 1n),
        await store.decided(auctionId),
      ];
      expect(runs.map(({ name }) => id(name))).to.include(closing?.root);
      for (const one of closings) expect(one).to.deep.equal(closing);
      for (const one of decisions) expect(one).to.deep.equal(decided);
      const late = [matched("late")];
      expect(await store.keepDecided(auctionId, late)).to.deep.equal(decided);
      expect(await store.keepClosing(auctionId, 1n, closedWith("late"))).to.deep.equal(closing);
      expect(await store.closing(auctionId, 2n)).to.equal(null);
    });
  }

  const BAD_BOX: Readonly<Record<string, () => MatcherStore>> = {
    "a folder": () => folderMatcherStore(state),
    memory: memoryMatcherStore,
  };
  for (const [place, open] of Object.entries(BAD_BOX)) {
    it(`answer, in ${place}, with one error for what is no box, which is its sender's fault`, async () => {
      const folderOfOffers = join(folder, `auctions/${auctionId}/offers`);
      await mkdir(folderOfOffers, { recursive: true });
      await writeFile(join(folderOfOffers, "text.json"), "junk");
      await writeFile(join(folderOfOffers, "form.json"), '{"box":7}');
      for (const name of ["text", "form", "none"]) {
        const error: unknown = await open()
          .box(auctionId, "offer", name)
          .catch((one: unknown) => one);
        expect(error, name).to.be.instanceOf(BoxError);
        expect(isBadUpload(error), name).to.equal(true);
      }
    });
  }

  it("blame no sender for a box that the system does not read", async () => {
    await mkdir(join(folder, `auctions/${auctionId}/offers/closed.json`), { recursive: true });
    const error: unknown = await folderMatcherStore(state)
      .box(auctionId, "offer", "closed")
      .catch((one: unknown) => one);
    expect(error).to.have.property("code", "EISDIR");
    expect(isBadUpload(error)).to.equal(false);
  });

  it("hold the decisions in their order, and deal a modulus once", async () => {
    const store = folderMatcherStore(state);
    expect(await store.decided(auctionId)).to.equal(null);
    const matches = ["b", "a"].map(matched);
    expect(await store.keepDecided(auctionId, matches)).to.equal(matches);
    expect(await store.decided(auctionId)).to.deep.equal(matches);
    const dealt: bigint[] = [];
    const deal = async (): Promise<bigint> => {
      dealt.push(1n);
      const modulus = BigInt(dealt.length);
      while (dealt.length < 2) await setImmediate();
      return modulus;
    };
    // Both find none and deal; what one of them has kept is the modulus of both, and stays.
    const both = [1, 2].map(() => commitmentModulusIn(stateIn(folder), deal));
    const [modulus, again] = await Promise.all(both);
    expect(dealt).to.have.length(2);
    expect(again).to.equal(modulus);
    expect(await commitmentModulusIn(state, deal)).to.equal(modulus);
    expect(dealt).to.have.length(2);
  });

  it("hold the terms of public auctions and who is invited", async () => {
    const board = folderPublicBoard(state);
    expect(await board.published(auctionId)).to.equal(null);
    const invitation = { auctionId, pile: ACCOUNT, distanceM: 12n, signature: "0x56" };
    expect(await board.invitation(auctionId, ACCOUNT)).to.equal(null);
    await board.invite(invitation);
    expect(await board.invitation(auctionId, ACCOUNT)).to.deep.equal(invitation);
  });
});
