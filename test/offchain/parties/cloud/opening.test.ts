/** What the cloud opens, and above all what it does not. */
import { expect } from "chai";
import { id } from "ethers";
import { inspect } from "node:util";
import { everyPair } from "../../../../offchain/core/matching/candidates.ts";
import type { MatchingSide, RecordSummands } from "../../../../offchain/core/matching/matching.ts";
import { openDelivery, sealMasks } from "../../../../offchain/core/messages/delivery.ts";
import { decisionOf } from "../../../../offchain/core/messages/market.ts";
import { offerLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { offerFields } from "../../../../offchain/core/messages/records.ts";
import { ciphertext } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { encryptShort } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { cloudOf, openRecords, type Cloud } from "../../../../offchain/parties/cloud/opening.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  dealtKey,
  otherDealtKey,
  person,
  sealKeyOf,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng, refusal } from "../../../support/primitives/draws.ts";

const { privateKey } = dealtKey();
const rng = counterRng("cloud");
const AGAIN = "RevealError E_REVEAL_AGAIN";
const UNMATCHED = "RevealError E_REVEAL_UNMATCHED";
const NOTE = {
  auctionId: AUCTION_ID,
  evId: id("ev"),
  cpId: id("cp"),
  bidCommitment: id("bid"),
  uploadHash: id("offer"),
  r: id("r"),
};
const DECISION = decisionOf(NOTE.auctionId, NOTE.evId, NOTE.cpId, NOTE.bidCommitment, NOTE.r);
const BINDING = { auctionId: AUCTION_ID, decision: DECISION };

/** Three requests and four offers of two features; a number says whose it is and which field. */
const OPENED: RecordSummands = {
  requests: [0n, 1n, 2n].map((i) => [0n, 1n, 2n, 3n, 4n, 5n].map((k) => 100n * i + k)),
  offers: [5n, 6n, 7n, 8n].map((j) => [0n, 1n, 2n, 3n, 4n, 5n].map((k) => 100n * j + k)),
};
/** Request 0 wins offer 2, request 1 nothing, request 2 offer 0. */
const MATCHING = { winners: [2, null, 0], comparedPairs: 9 };
const ALL = everyPair(3, 4);
const SOME = [[1, 2], [], [0]];
const side: MatchingSide = () => Promise.resolve(MATCHING);

describe("the cloud", () => {
  let recipient: Person;
  let cloud: Cloud;

  before(async () => {
    recipient = await person("recipient");
  });
  beforeEach(async () => {
    cloud = cloudOf(OPENED, rng);
    await cloud.match(side, ALL);
  });

  const reveal = (offer: number): Promise<string> =>
    asyncRefusal(() => cloud.reveal(sealKeyOf(recipient), BINDING, offer));
  /** What the recipient reads, where the proxy's masks are 0. */
  const read = async (offer: number): Promise<readonly bigint[]> => {
    const blinded = await cloud.reveal(sealKeyOf(recipient), BINDING, offer);
    const masks = { note: NOTE, masks: [0n, 0n, 0n, 0n] };
    const delivery = {
      ...BINDING,
      blinded,
      masks: await sealMasks(sealKeyOf(recipient), BINDING, masks, rng),
    };
    return (await openDelivery(recipient.sealKeys, delivery)).values;
  };

  it("runs its side of the matching on what it opened, and says what came out", async () => {
    const seen: unknown[] = [];
    const matching = await cloudOf(OPENED, rng).match((...given) => {
      seen.push(given.slice(0, 2));
      return Promise.resolve(MATCHING);
    }, SOME);
    expect(seen).to.deep.equal([[OPENED, SOME]]);
    expect(matching).to.deep.equal(MATCHING);
  });

  it("reveals of a matched offer x, y, price and opening", async () => {
    expect(await read(2)).to.deep.equal([700n, 701n, 702n, 705n]);
    expect(await read(0)).to.deep.equal([500n, 501n, 502n, 505n]);
  });

  it("reveals no offer that found nobody, and none that is not there", async () => {
    for (const offer of [1, 3, -1, 0.5, NaN, 4, 1e9]) {
      expect(await reveal(offer), `${offer}`).to.equal(UNMATCHED);
    }
  });

  it("has no way to reveal a request: all its boxes together hold none of its fields", async () => {
    const boxes = [await read(2), await read(0)].flat();
    for (const field of OPENED.requests.flat()) expect(boxes).not.to.include(field);
  });

  it("reveals each matched offer once, to whomever", async () => {
    for (const offer of [2, 0]) expect(await reveal(offer)).to.equal("accepted");
    for (const offer of [2, 0]) expect(await reveal(offer)).to.equal(AGAIN);
    recipient = await person("somebody else");
    for (const offer of [2, 0]) expect(await reveal(offer)).to.equal(AGAIN);
  });

  it("reveals nothing before the matching, or after one that found nobody", async () => {
    cloud = cloudOf(OPENED, rng);
    expect(await reveal(2)).to.equal(UNMATCHED);
    await cloud.match(
      () => Promise.resolve({ winners: [null, null, null], comparedPairs: 12 }),
      ALL,
    );
    expect(await reveal(2)).to.equal(UNMATCHED);
  });

  it("reveals nothing after a matching that broke off", async () => {
    cloud = cloudOf(OPENED, rng);
    const broken = (): Promise<unknown> =>
      cloud.match(() => Promise.reject(new RangeError("line")), ALL);
    expect(await asyncRefusal(broken)).to.equal("RangeError without a code");
    expect(await reveal(2)).to.equal(UNMATCHED);
  });

  it("seals what it reveals to its recipient and decision alone", async () => {
    const blinded = await cloud.reveal(sealKeyOf(recipient), BINDING, 2);
    const masks = await sealMasks(
      sealKeyOf(recipient),
      BINDING,
      { note: NOTE, masks: [0n, 0n, 0n, 0n] },
      rng,
    );
    const stranger = await person("stranger");
    const opened = (keys: Person["sealKeys"], decision: string): Promise<string> =>
      asyncRefusal(() => openDelivery(keys, { auctionId: AUCTION_ID, decision, blinded, masks }));
    expect(await opened(recipient.sealKeys, DECISION)).to.equal("accepted");
    expect(await opened(stranger.sealKeys, DECISION)).to.equal("SealedBoxError E_AEAD");
    expect(await opened(recipient.sealKeys, id("another"))).to.equal("SealedBoxError E_AEAD");
  });

  it("shows neither key nor summands to whoever looks at it", () => {
    const shown = inspect(cloud, { depth: 5, showHidden: true }) + JSON.stringify(cloud);
    for (const secret of ["100n", "705", privateKey.p.toString()]) {
      expect(shown).not.to.include(secret);
    }
  });
});

describe("the cloud opens records", () => {
  const layout = offerLayout(2);

  it("field by field, in their order", async () => {
    const { upload } = await bidOf(await person("pile"));
    expect(openRecords(privateKey, layout, [upload.record, upload.record])).to.deep.equal([
      offerFields(CLEAR_OFFER),
      offerFields(CLEAR_OFFER),
    ]);
  });

  it("of its own round key alone", () => {
    const foreign = encryptShort(otherDealtKey().roundKey.shortKey, 5n, rng);
    expect(refusal(() => openRecords(privateKey, layout, [foreign]))).to.equal(
      "PaillierError E_KEY_MISMATCH",
    );
  });

  it("that are ciphertexts", () => {
    const broken = ciphertext(privateKey.publicKey, privateKey.p);
    expect(refusal(() => openRecords(privateKey, layout, [broken]))).to.equal(
      "PaillierError E_CIPHERTEXT_UNIT",
    );
  });
});
