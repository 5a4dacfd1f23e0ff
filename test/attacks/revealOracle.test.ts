/**
 * A proxy that leaves the protocol and asks the cloud to open what no match asks for, sealed to a
 * key of its own. It has all masks, so whatever the cloud gives away it can read.
 */
import { expect } from "chai";
import { id } from "ethers";
import type { RecordSummands } from "../../offchain/core/matching/matching.ts";
import { openDelivery, sealMasks } from "../../offchain/core/messages/delivery.ts";
import {
  offerLayout,
  requestLayout,
  revealedOfOffer,
  revealedOfRequest,
} from "../../offchain/core/messages/packedRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearRequest,
} from "../../offchain/core/messages/records.ts";
import { cloudOf, openRecords, type Cloud } from "../../offchain/parties/cloud/opening.ts";
import { decide, maskRecords, type MaskedRecord } from "../../offchain/parties/proxy/masking.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
  sealKeyOf,
  type Person,
} from "../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";
import {
  carelessCloudOf,
  type CarelessCloud,
  type Wanted,
} from "../support/attacks/carelessServers.ts";

const { privateKey, roundKey } = dealtKey();
const rng = counterRng("reveal oracle");
const LOSER: ClearRequest = { ...CLEAR_REQUEST, position: { xM: 64_321, yM: 12_345 } };
const ALL_FIELDS = [0, 1, 2, 3, 4, 5];
const UNMATCHED = "RevealError E_REVEAL_UNMATCHED";
const AGAIN = "RevealError E_REVEAL_AGAIN";

describe("the cloud as an oracle", () => {
  let sybil: Person;
  let requests: readonly MaskedRecord[];
  let offers: readonly MaskedRecord[];
  let opened: RecordSummands;

  /** Two requests and one offer: the first request wins it. */
  before(async () => {
    sybil = await person("sybil");
    const [winner, loser] = [
      await requestOf(await person("winner")),
      await requestOf(await person("loser"), {}, LOSER),
    ];
    const { upload } = await bidOf(await person("pile"));
    const { shortKey } = roundKey;
    requests = maskRecords(shortKey, requestLayout(2), [winner.record, loser.record], rng);
    offers = maskRecords(shortKey, offerLayout(2), [upload.record], rng);
    opened = {
      requests: openRecords(privateKey, requestLayout(2), requests.map(maskedOf)),
      offers: openRecords(privateKey, offerLayout(2), offers.map(maskedOf)),
    };
  });

  const maskedOf = ({ masked }: MaskedRecord): MaskedRecord["masked"] => masked;
  const matched = async <C extends Pick<Cloud, "match">>(cloud: C): Promise<C> => {
    await cloud.match(() => Promise.resolve({ winners: [0, null], comparedPairs: 1 }), [[0], [0]]);
    return cloud;
  };

  /** What the proxy reads of a record with the cloud's box and its own masks. */
  const stolen = async (
    reveal: CarelessCloud["reveal"],
    wanted: Wanted,
  ): Promise<readonly bigint[]> => {
    const { note, decision } = decide(
      AUCTION_ID,
      { participantId: id("ev") },
      { participantId: id("cp"), uploadHash: id("upload"), bidCommitment: id("bid") },
      rng,
    );
    const binding = { auctionId: AUCTION_ID, decision };
    const blinded = await reveal(sealKeyOf(sybil), binding, wanted);
    const { masks } = (wanted.kind === "request" ? requests : offers)[wanted.record] ?? {};
    const own = { note, masks: wanted.fields.map((k) => masks?.[k] ?? 0n) };
    const delivery = {
      ...binding,
      blinded,
      masks: await sealMasks(sealKeyOf(sybil), binding, own, rng),
    };
    return (await openDelivery(sybil.sealKeys, delivery)).values;
  };

  describe("that is careless", () => {
    let cloud: CarelessCloud;
    before(async () => {
      cloud = await matched(carelessCloudOf(opened, rng));
    });

    it("gives the proxy everything of a loser: position, price, reach and needs", async () => {
      const wanted: Wanted = { kind: "request", record: 1, fields: ALL_FIELDS };
      expect(await stolen(cloud.reveal, wanted)).to.deep.equal(requestFields(LOSER));
    });

    it("gives it everything of the winner too, again and again", async () => {
      const wanted: Wanted = { kind: "offer", record: 0, fields: ALL_FIELDS };
      expect(await stolen(cloud.reveal, wanted)).to.deep.equal(offerFields(CLEAR_OFFER));
      expect(await stolen(cloud.reveal, wanted)).to.deep.equal(offerFields(CLEAR_OFFER));
    });
  });

  describe("that is ours", () => {
    let cloud: Cloud;
    beforeEach(async () => {
      cloud = await matched(cloudOf(opened, rng));
    });
    /** The proxy may ask for what it likes; which fields it gets is not its choice. */
    const attempt = (wanted: Wanted): Promise<string> =>
      asyncRefusal(() => stolen(cloud.reveal, wanted));

    it("refuses a loser's record, by any number", async () => {
      expect(await attempt({ kind: "request", record: 1, fields: [0, 1] })).to.equal(UNMATCHED);
      for (const record of [2, -1, 1.0000001, NaN]) {
        expect(await attempt({ kind: "request", record, fields: [0, 1] })).to.equal(UNMATCHED);
      }
    });

    it("refuses everything before there is a match, and when none was found", async () => {
      cloud = cloudOf(opened, rng);
      const wanted: Wanted = { kind: "request", record: 0, fields: [0, 1] };
      expect(await attempt(wanted)).to.equal(UNMATCHED);
      await cloud.match(
        () => Promise.resolve({ winners: [null, null], comparedPairs: 2 }),
        [[0], [0]],
      );
      expect(await attempt(wanted)).to.equal(UNMATCHED);
    });

    it("refuses a record that it has revealed, whoever asks and for whichever decision", async () => {
      for (const kind of ["request", "offer"] as const) {
        const fields = kind === "request" ? [0, 1] : [0, 1, 2, 5];
        expect(await attempt({ kind, record: 0, fields })).to.equal("accepted");
        expect(await attempt({ kind, record: 0, fields })).to.equal(AGAIN);
      }
    });

    it("gives no more than a counterpart learns, whatever fields are asked for", async () => {
      // Another number of masks than of values would not open, so the proxy asks for as many as
      // there are.
      const ofRequest = await stolen(cloud.reveal, { kind: "request", record: 0, fields: [0, 1] });
      expect(ofRequest).to.deep.equal(revealedOfRequest(requestFields(CLEAR_REQUEST)));
      const fields = [0, 1, 2, 5];
      const ofOffer = await stolen(cloud.reveal, { kind: "offer", record: 0, fields });
      expect(ofOffer).to.deep.equal(revealedOfOffer(offerFields(CLEAR_OFFER)));
    });

    it("gives the needs and limits of nobody", async () => {
      const secrets: Wanted = { kind: "request", record: 0, fields: [2, 3] };
      const [price, reach] = await stolen(cloud.reveal, secrets);
      expect([price, reach]).not.to.include(CLEAR_REQUEST.maxPricePerKwh);
      expect(price).to.not.equal(requestFields(CLEAR_REQUEST)[2]);
      expect(reach).to.not.equal(requestFields(CLEAR_REQUEST)[3]);
    });

    it("cannot know whose key it seals to: of a match, a lying proxy reads what the match opens", async () => {
      const values = await stolen(cloud.reveal, { kind: "request", record: 0, fields: [0, 1] });
      const { xM, yM } = CLEAR_REQUEST.position;
      expect(values).to.deep.equal([BigInt(xM), BigInt(yM)]);
      // The pile that waits for its half never gets one: the cloud has given it away.
      expect(await attempt({ kind: "request", record: 0, fields: [0, 1] })).to.equal(AGAIN);
    });
  });
});
