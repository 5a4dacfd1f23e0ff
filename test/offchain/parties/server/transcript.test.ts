import { expect } from "chai";
import { id } from "ethers";
import type { Bytes32 } from "../../../../offchain/core/messages/market.ts";
import {
  NOTICE_BYTES,
  openNotice,
  sealNotice,
  standingLeaf,
  StandingError,
  type Standing,
  type StandingNotice,
} from "../../../../offchain/core/messages/standing.ts";
import { bytesToHex, concatBytes, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  generateSealKeyPair,
  open,
  seal,
  SealedBoxError,
  type SealKeyPair,
} from "../../../../offchain/core/primitives/sealedBox.ts";
import { sealTranscript } from "../../../../offchain/parties/proxy/notices.ts";
import { bidOf, person, submittedBid } from "../../../support/matching/crowdRound.ts";
import { drawTranscript } from "../../../support/matching/drawnTranscript.ts";
import { counterRng } from "../../../support/primitives/draws.ts";

const AUCTION: Bytes32 = id("an auction");
const BIDS = ["a", "b", "c", "d", "e"].map((name, k) => ({
  bidCommitment: id(`bid/${name}`),
  leads: k % 2 === 0,
}));

async function code(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StandingError || error instanceof SealedBoxError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("the transcript of a round", () => {
  let keys: SealKeyPair;
  let others: SealKeyPair;

  before(async () => {
    keys = await generateSealKeyPair(counterRng("keys"));
    others = await generateSealKeyPair(counterRng("other keys"));
  });

  const transcript = drawTranscript(AUCTION, 3n, BIDS, counterRng("transcript"));
  const first = noticeAt(0);

  const sealed = (notice: StandingNotice): Promise<string> =>
    sealNotice(bytesToHex(keys.publicKey), notice, counterRng("seal"));
  const opened = async (notice: StandingNotice, root = transcript.root): Promise<StandingNotice> =>
    openNotice(keys, first.standing, root, await sealed(notice));

  function noticeAt(k: number): StandingNotice {
    const notice = transcript.notices[k];
    if (notice === undefined) throw new Error(`expected a notice ${k}`);
    return notice;
  }

  it("tells each pile about its own bid, and whether it leads", async () => {
    for (const [k, bid] of BIDS.entries()) {
      const notice = noticeAt(k);
      const box = await sealed(notice);
      const { standing } = await openNotice(keys, notice.standing, transcript.root, box);
      expect(standing).to.deep.include({ ...bid, auctionId: AUCTION, round: 3n });
    }
  });

  it("has other salts, leaves and root each time it is drawn", () => {
    const again = drawTranscript(AUCTION, 3n, BIDS, counterRng("another"));
    expect(again.root).not.to.equal(transcript.root);
    const salts = [...transcript.notices, ...again.notices].map(({ standing }) => standing.salt);
    expect(new Set(salts).size).to.equal(2 * BIDS.length);
  });

  it("of no bid at all has the root of nothing", () => {
    const empty = drawTranscript(AUCTION, 1n, [], counterRng("empty"));
    expect(empty).to.deep.equal({ root: `0x${"00".repeat(32)}`, notices: [] });
  });

  const changes: Readonly<Record<keyof Standing, Partial<Standing>>> = {
    auctionId: { auctionId: id("another auction") },
    round: { round: 4n },
    bidCommitment: { bidCommitment: id("another bid") },
    leads: { leads: false },
    salt: { salt: id("another salt") },
  };
  for (const [field, change] of Object.entries(changes)) {
    it(`holds the matcher to ${field}`, () => {
      const changed = { ...first.standing, ...change };
      expect(standingLeaf(changed)).not.to.equal(standingLeaf(first.standing));
    });
  }

  it("refuses a notice that says otherwise than the root", async () => {
    const lie = { ...first, standing: { ...first.standing, leads: !first.standing.leads } };
    expect(await code(() => opened(lie))).to.equal("E_STANDING_PROOF");
    expect(await code(() => opened(first, id("another root")))).to.equal("E_STANDING_PROOF");
    const cut = { ...first, proof: first.proof.slice(1) };
    expect(await code(() => opened(cut))).to.equal("E_STANDING_PROOF");
  });

  it("refuses a notice about somebody else's bid", async () => {
    const other = noticeAt(1);
    expect(await code(() => opened(other))).to.equal("E_STANDING_BID");
  });

  it("takes the longest proof that a notice has room for, and seals no longer one", async () => {
    const words = Array.from({ length: 17 }, (_, k) => id(`word ${k}`));
    const deep = { ...first, proof: words.slice(1) };
    expect(await code(() => opened(deep))).to.equal("E_STANDING_PROOF");
    expect(await code(() => sealed({ ...first, proof: words }))).to.equal("E_STANDING_FORM");
  });

  it("has one form: another length, flag, depth or padding is refused", async () => {
    const context = {
      info: new TextEncoder().encode("ChargeVeil.StandingNotice.v1"),
      aad: concatBytes(hexToBytes(AUCTION), Uint8Array.of(3)),
    };
    const honest = await open(keys.privateKey, hexToBytes(await sealed(first)), context);
    const openedAs = async (content: Uint8Array): Promise<string> => {
      const box = await seal(keys.publicKey, content, context, counterRng("another form"));
      const read = (): Promise<unknown> =>
        openNotice(keys, first.standing, transcript.root, bytesToHex(box));
      return code(read);
    };
    const changed = (place: number, value: number): Uint8Array =>
      honest.map((byte, k) => (k === place ? value : byte));
    expect(honest.length).to.equal(NOTICE_BYTES);
    expect(await openedAs(honest)).to.equal("accepted");
    const others = {
      "another round": changed(0, 4),
      "a flag that is neither": changed(1, 2),
      "a depth beyond the longest": changed(66, 17),
      "a depth that leaves words over": changed(66, first.proof.length - 1),
      "padding that says something": changed(NOTICE_BYTES - 1, 1),
      "a byte less": honest.subarray(0, -1),
      "a byte more": concatBytes(honest, Uint8Array.of(0)),
      nothing: new Uint8Array(),
    };
    for (const [what, content] of Object.entries(others)) {
      expect(await openedAs(content), what).to.equal("E_STANDING_FORM");
    }
  });

  it("refuses a notice of another auction or round, or for another key", async () => {
    const box = await sealed(first);
    const { standing } = first;
    const refusals = [
      () => openNotice(keys, { ...standing, round: 2n }, transcript.root, box),
      () => openNotice(keys, { ...standing, auctionId: id("another") }, transcript.root, box),
      () => openNotice(others, standing, transcript.root, box),
    ];
    for (const refused of refusals) expect(await code(refused)).to.equal("E_AEAD");
  });

  it("leaves the proxy as a box for each pile, under one root", async () => {
    const piles = await Promise.all(["near", "far"].map(person));
    const offers = await Promise.all(piles.map(async (one) => submittedBid(one, await bidOf(one))));
    const { auctionId } = offers[0]?.signed.upload ?? { auctionId: "" };
    const bids = offers.map(({ commitment }, k) => ({ bidCommitment: commitment, leads: k === 0 }));
    const drawn = drawTranscript(auctionId, 2n, bids, counterRng("drawn"));
    const sent = await sealTranscript(drawn, offers, counterRng("sent"));
    for (const [k, { sealKeys, wallet }] of piles.entries()) {
      const bidCommitment = offers[k]?.commitment ?? "";
      const about = { auctionId, round: 2n, bidCommitment };
      const box = sent.notices.find(({ pile }) => pile === wallet.address)?.box ?? "";
      const { standing } = await openNotice(sealKeys, about, sent.root, box);
      expect(standing.leads).to.equal(k === 0);
      const other = piles[1 - k]?.sealKeys ?? sealKeys;
      expect(await code(() => openNotice(other, about, sent.root, box))).to.equal("E_AEAD");
    }
  });
});
