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
} from "../../offchain/core/messages/packedRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearRequest,
} from "../../offchain/core/messages/records.ts";
import { cloudOf, openRecords, type Cloud } from "../../offchain/parties/cloud/opening.ts";
import { decide } from "../../offchain/parties/server/decided.ts";
import { maskRecords, type MaskedRecord } from "../../offchain/parties/proxy/masking.ts";
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
/** All fields of a record of two features, four at a time. */
const ALL_FIELDS = [
  [0, 1, 2, 3],
  [2, 3, 4, 5],
];
/** Those of an offer that its vehicle learns. */
const REVEALED = [0, 1, 2, 5];
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
    const names = { evId: id("ev"), cpId: id("cp") };
    const ids = { ...names, uploadHash: id("upload"), bidCommitment: id("bid") };
    const { note, decision } = decide(AUCTION_ID, ids, id("r"));
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

    const everything = async (kind: Wanted["kind"], record: number): Promise<unknown> => {
      const halves: (readonly bigint[])[] = [];
      for (const fields of ALL_FIELDS) {
        halves.push(await stolen(cloud.reveal, { kind, record, fields }));
      }
      const [first = [], second = []] = halves;
      return [...first.slice(0, 2), ...second];
    };

    it("gives the proxy everything of a loser: position, price, reach and needs", async () => {
      expect(await everything("request", 1)).to.deep.equal(requestFields(LOSER));
    });

    it("gives it the position of the winner, sealed to whom it likes", async () => {
      expect(await everything("request", 0)).to.deep.equal(requestFields(CLEAR_REQUEST));
    });

    it("gives it everything of the winning offer too, again and again", async () => {
      expect(await everything("offer", 0)).to.deep.equal(offerFields(CLEAR_OFFER));
      expect(await everything("offer", 0)).to.deep.equal(offerFields(CLEAR_OFFER));
    });
  });

  describe("that is ours", () => {
    let cloud: Cloud;
    beforeEach(async () => {
      cloud = await matched(cloudOf(opened, rng));
    });
    /** The proxy names an offer; what it gets of it is not its choice. */
    const taken = (offer: number): Promise<readonly bigint[]> =>
      stolen((sealKey, binding) => cloud.reveal(sealKey, binding, offer), {
        kind: "offer",
        record: offer,
        fields: REVEALED,
      });
    const attempt = (offer: number): Promise<string> => asyncRefusal(() => taken(offer));

    it("has no request to give: whatever number is named is that of an offer", async () => {
      const positions = [CLEAR_REQUEST, LOSER].map(({ position: { xM, yM } }) => [xM, yM].join());
      for (const number of [0, 1]) {
        const values = await taken(number).catch(() => []);
        expect(positions).not.to.include(values.slice(0, 2).join());
      }
    });

    it("refuses an offer that lost or is not there, by any number", async () => {
      for (const offer of [1, 2, -1, 0.0000001, NaN]) {
        expect(await attempt(offer)).to.equal(UNMATCHED);
      }
    });

    it("refuses everything before there is a match, and when none was found", async () => {
      cloud = cloudOf(opened, rng);
      expect(await attempt(0)).to.equal(UNMATCHED);
      await cloud.match(
        () => Promise.resolve({ winners: [null, null], comparedPairs: 2 }),
        [[0], [0]],
      );
      expect(await attempt(0)).to.equal(UNMATCHED);
    });

    it("refuses an offer that it has revealed, whoever asks and for whichever decision", async () => {
      expect(await attempt(0)).to.equal("accepted");
      expect(await attempt(0)).to.equal(AGAIN);
    });

    it("gives a match to whoever holds the key that it is given: it takes keys from signed headers alone", async () => {
      expect(await taken(0)).to.deep.equal(revealedOfOffer(offerFields(CLEAR_OFFER)));
      // The vehicle that waits for its half never gets one: the cloud has given it away.
      expect(await attempt(0)).to.equal(AGAIN);
    });
  });
});
