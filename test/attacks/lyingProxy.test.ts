/**
 * A proxy that lies about who takes part, alone against an honest cloud: it invents counterparts,
 * names its own key, drops, reorders, replays. The straw man is a cloud that takes participants and
 * recipients from the proxy.
 */
import { expect } from "chai";
import { id } from "ethers";
import { openDelivery, sealMasks } from "../../offchain/core/messages/delivery.ts";
import {
  offerLayout,
  requestLayout,
  revealedOfOffer,
} from "../../offchain/core/messages/packedRecord.ts";
import { participantsRoot } from "../../offchain/core/messages/participants.ts";
import { offerFields } from "../../offchain/core/messages/records.ts";
import { uploadHash } from "../../offchain/core/messages/upload.ts";
import { cloudOf, openRecords } from "../../offchain/parties/cloud/opening.ts";
import { signNotSelected } from "../../offchain/parties/cloud/serving.ts";
import type { Submission } from "../../offchain/parties/proxy/admission.ts";
import { maskRecords } from "../../offchain/parties/proxy/masking.ts";
import { decide } from "../../offchain/parties/server/decided.ts";
import { inOrder } from "../../offchain/parties/server/order.ts";
import {
  besideHonestCloud,
  honestRound,
  inputOf,
  viewOf,
  type HonestRound,
  type LyingServers,
  type ProxyView,
} from "../support/attacks/lyingProxy.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
  sealKeyOf,
  submittedBid,
  submittedRequest,
  VENUE,
  type Person,
} from "../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";
import { at } from "../../offchain/core/primitives/proofs/proofBytes.ts";

const { privateKey, roundKey } = dealtKey();
const rng = counterRng("straw man");
const INVENTORY = "LineError E_LINE_INVENTORY";

describe("a proxy that lies about who takes part, alone", () => {
  let honest: HonestRound;
  let sybil: Person;
  let servers: LyingServers;

  before(async () => {
    honest = await honestRound();
    sybil = await person("sybil");
  });
  beforeEach(async () => {
    servers = await besideHonestCloud(viewOf(honest).committed);
  });

  const attempted = (view: ProxyView): Promise<string> =>
    asyncRefusal(() => servers.match(inputOf(view)));
  /** The lie ends the round before anything of anybody is opened. */
  const refused = async (view: ProxyView, code = INVENTORY): Promise<void> => {
    expect(await attempted(view)).to.equal(code);
    expect(servers.openedByCloud()).to.equal(0);
  };

  describe("where a cloud takes counterparts and recipients from it", () => {
    it("reads site, price and power of every pile of the round", async () => {
      const { shortKey } = roundKey;
      const places = honest.offers.map((_, k) => k);
      const invented = await Promise.all(
        places.map(async (k) => requestOf(await person(`invented ${k}`), {}, EVERYTHING)),
      );
      const records = honest.offers.map(({ signed: { upload } }) => upload.record);
      const offers = maskRecords(shortKey, offerLayout(2), records, rng);
      const asked = invented.map(({ record }) => record);
      const requests = maskRecords(shortKey, requestLayout(2), asked, rng);
      const cloud = cloudOf(
        {
          requests: openRecords(privateKey, requestLayout(2), requests.map(maskedOf)),
          offers: openRecords(privateKey, offerLayout(2), offers.map(maskedOf)),
        },
        rng,
      );
      // Each invented request takes a pile: all piles are open to the attacker.
      await cloud.match(
        () => Promise.resolve({ winners: places, comparedPairs: places.length ** 2 }),
        places.map(() => places),
      );
      for (const k of places) {
        const ids = { evId: id("ev"), cpId: id("cp"), uploadHash: id("u"), bidCommitment: id("b") };
        const { note, decision } = decide(AUCTION_ID, ids, id("r"));
        const binding = { auctionId: AUCTION_ID, decision };
        const blinded = await cloud.reveal(sealKeyOf(sybil), binding, k);
        const own = { note, masks: revealedOfOffer(at(offers, k).masks) };
        const masks = await sealMasks(sealKeyOf(sybil), binding, own, rng);
        const { values } = await openDelivery(sybil.sealKeys, { ...binding, blinded, masks });
        const pricePerKwh = CLEAR_OFFER.pricePerKwh - 30_000n + BigInt(k) * 10_000n;
        const clear = { ...CLEAR_OFFER, pricePerKwh };
        expect(values).to.deep.equal(revealedOfOffer(offerFields(clear)));
      }
    });
  });

  it("gets nothing for counterparts that the chain does not know", async () => {
    const view = viewOf(honest);
    const invented = await submittedRequest(sybil, await requestOf(sybil, {}, EVERYTHING));
    const pile = await submittedBid(sybil, await bidOf(sybil));
    const { signed, ...standing } = invented;
    const named = { account: signed.upload.account, ...standing };
    const committed = { ...view.committed, requests: [...view.committed.requests, named] };
    await refused(
      { ...view, committed, requests: [...view.requests, invented] },
      "LineError E_LINE_FRAME",
    );
    // In the place of somebody whom the chain does name.
    const { requests, offers } = view.committed;
    const instead = { ...view.committed, requests: [{ ...at(requests, 0), ...standing }] };
    await refused({ ...view, committed: instead, requests: [invented] });
    const { signed: bid, ...bidStanding } = pile;
    const taken = {
      ...view.committed,
      offers: offers.with(0, { ...at(offers, 0), ...bidStanding }),
    };
    expect(bid.upload.account).to.equal(sybil.wallet.address);
    await refused({ ...view, committed: taken, offers: [pile, ...view.offers.slice(1)] });
  });

  it("gets nothing sealed to a key that it names: the header is no longer the signed one", async () => {
    const view = viewOf(honest);
    const { upload, signature } = honest.request.signed;
    const rekeyed = { ...upload, sealKey: sealKeyOf(sybil) };
    const named = { ...honest.request, signed: { upload: rekeyed, signature } };
    const hash = uploadHash(rekeyed);
    const lied = { ...named, uploadHash: hash };
    const requests = [{ ...at(view.committed.requests, 0), uploadHash: hash }];
    await refused({ ...view, committed: { ...view.committed, requests }, requests: [lied] });
    // Signed by itself, it is another's header.
    const own = await submittedRequest(sybil, rekeyed);
    await refused({
      ...view,
      requests: [{ ...own, uploadHash: hash }],
      committed: { ...view.committed, requests },
    });
  });

  it("cannot move anybody to other cells, or to another set", async () => {
    const view = viewOf(honest);
    for (const change of [{ cells: [{ column: 1, row: 1 }] }, { setId: id("another") }]) {
      const upload = { ...honest.request.signed.upload, ...change };
      const hash = uploadHash(upload);
      const signed = { ...honest.request.signed, upload };
      const requests = [{ ...at(view.committed.requests, 0), uploadHash: hash }];
      const lied = { ...honest.request, signed, uploadHash: hash };
      await refused({ ...view, committed: { ...view.committed, requests }, requests: [lied] });
    }
  });

  it("cannot choose who comes first", async () => {
    const seeds = Array.from({ length: 50 }, (_, k) => id(`chosen ${k}`));
    const ids = honest.offers.map(({ participantId }) => ({ participantId }));
    const first = (seed: string): string => at(inOrder(seed, ids), 0).participantId;
    const other = seeds.find((seed) => first(seed) !== first(viewOf(honest).seed));
    await refused({ ...viewOf(honest), seed: other ?? "" });
  });

  it("drops nobody in secret: both servers name who is absent, in one root", async () => {
    const view = viewOf(honest);
    const [victim, ...others] = view.offers;
    const {
      matches,
      notAdmitted,
      participantsRoot: root,
    } = await servers.match(inputOf({ ...view, offers: others }));
    const account = victim?.signed.upload.account;
    expect(notAdmitted.map((one) => [one.account, one.code])).to.deep.equal([
      [account, "E_ADMISSION_MISSING"],
    ]);
    expect(matches.map(({ pile }) => pile)).not.to.include(account);
    const order = (all: readonly Submission[]): readonly string[] =>
      inOrder(view.seed, all).map((one) => one.uploadHash);
    const present = [...order(view.requests), ...order(others)];
    const absent = [{ uploadHash: victim?.uploadHash ?? "", absence: "missing" } as const];
    expect(root).to.equal(participantsRoot(present, absent));
    expect(root).not.to.equal(participantsRoot(present, []));
  });

  it("holds nobody back for one round, to see what changes", async () => {
    const view = viewOf(honest);
    const without = { ...view, offers: view.offers.slice(1) };
    await servers.match(inputOf(without));
    // Absent once, absent in every attempt and round that follows: the cloud remembers.
    expect(await attempted(view)).to.equal(INVENTORY);
    const fresh = await besideHonestCloud(view.committed);
    await fresh.match(inputOf(view));
    expect(await asyncRefusal(() => fresh.match(inputOf(without)))).to.equal(INVENTORY);
  });

  it("frees nobody who was matched in an attempt that it lets fail, and then posts", async () => {
    const { cloudDesk: desk } = servers;
    const [first, second] = honest.owners.map(({ wallet }) => wallet.address);
    await desk.store.keepMatched(AUCTION_ID, [second ?? ""]);
    await servers.match(inputOf(viewOf(honest)));
    for (const pile of [first, second]) {
      const losers = { auctionId: AUCTION_ID, vehicles: [], piles: [pile ?? ""], deadline: 1n };
      const signed = (): Promise<string> => signNotSelected(desk, VENUE, losers);
      expect(await asyncRefusal(signed)).to.equal("ServingError E_SERVE_MATCHED");
    }
  });

  it("is not made to lie by a pile that repeats the hash of another's upload on chain", async () => {
    const view = viewOf(honest);
    const [victim] = view.committed.offers;
    if (victim === undefined) throw new Error("expected an offer");
    const copy = { ...victim, account: sybil.wallet.address, participantId: id("sybil") };
    const offers = [...view.committed.offers, { ...copy, commitment: id("a word of its own") }];
    const committed = { ...view.committed, offers };
    const fresh = await besideHonestCloud(committed);
    for (const attempt of [1, 2]) {
      const { matches } = await fresh.match(inputOf({ ...view, committed }));
      expect(matches, `attempt ${attempt}`).to.have.lengthOf(1);
      expect(matches[0]?.pile).to.equal(victim.account);
    }
  });

  it("does not bring back an older upload of a pile, which wins where nobody looks", async () => {
    const owner = at(honest.owners, 2);
    const cheap = { ...CLEAR_OFFER, pricePerKwh: 1_000_000n };
    const older = await submittedBid(owner, await bidOf(owner, {}, cheap));
    const view = viewOf(honest);
    const { uploadHash: hash, commitment, participantId, round } = at(view.offers, 2);
    const offers = [...view.offers.slice(0, 2), older];
    const before = { account: owner.wallet.address, participantId, round };
    const strawChain = {
      ...view.committed,
      offers: view.committed.offers.with(2, {
        ...before,
        uploadHash: older.uploadHash,
        commitment: older.commitment,
      }),
    };
    // A chain that says nothing of uploads: the older one takes the place of the newer.
    const careless = await besideHonestCloud(strawChain);
    const straw = await careless.match(inputOf({ ...view, offers, committed: strawChain }));
    expect(straw.matches.map(({ pile }) => pile)).to.deep.equal([owner.wallet.address]);
    // As it was, and under the newer one's name.
    await refused({ ...view, offers, committed: strawChain });
    const renamed = { ...older, uploadHash: hash, commitment };
    const honestly = { ...view, offers: [...view.offers.slice(0, 2), renamed] };
    const { matches, notAdmitted } = await servers.match(inputOf(honestly));
    expect(notAdmitted.map(({ code }) => code)).to.deep.equal(["E_ADMISSION_COMMITMENT"]);
    expect(matches.map(({ pile }) => pile)).not.to.include(owner.wallet.address);
  });
});

/** A wish that every pile fits. */
const EVERYTHING = {
  ...CLEAR_REQUEST,
  maxPricePerKwh: 2n ** 24n - 1n,
  maxDistanceM: 100_000,
  featureBids: [null, null],
};

function maskedOf<T>({ masked }: { readonly masked: T }): T {
  return masked;
}
