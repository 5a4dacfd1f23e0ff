import { expect } from "chai";
import { inspect } from "node:util";
import type { Candidate, Comparison, Pick } from "../../../offchain/messages/comparison.ts";
import { offerFields, requestFields } from "../../../offchain/messages/records.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/messages/records.ts";
import { asOffer, asRequest } from "../../../offchain/messages/requestAndOffer.ts";
import { encryptUpload } from "../../../offchain/messages/upload.ts";
import { openDelivery, sealMasks } from "../../../offchain/messages/delivery.ts";
import { decisionOf } from "../../../offchain/messages/market.ts";
import { bytesToHex } from "../../../offchain/primitives/bytes.ts";
import { encodeSigned } from "../../../offchain/primitives/paillier/encoding.ts";
import { encrypt, type Ciphertext } from "../../../offchain/primitives/paillier/publicKey.ts";
import { cloudOf } from "../../../offchain/roles/cloud.ts";
import { compare } from "../../../offchain/roles/proxy.ts";
import {
  AUCTION_ID,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  headerOf,
  otherRoundKey,
  person,
  roundKey,
  type Person,
} from "../market.ts";
import { counterRng, refusal, unchecked } from "../primitives/support.ts";

const key = roundKey();
const { publicKey } = key;
const rng = counterRng("cloud");
const cloud = cloudOf(key, rng);

/** What the cloud would see in the clear. */
interface ClearCandidate {
  readonly dx: bigint;
  readonly dy: bigint;
  readonly priceMargin: bigint;
  readonly featureMargins: readonly bigint[];
}

const NEAR: ClearCandidate = { dx: 30n, dy: 40n, priceMargin: 100n, featureMargins: [] };

describe("the cloud picks", () => {
  describe("a feasible candidate", () => {
    const feasible: readonly (readonly [string, bigint, Partial<ClearCandidate>])[] = [
      ["within the distance", 2_501n, {}],
      ["exactly at the maximum distance", 2_500n, {}],
      ["at the same place, with a reach of 0", 0n, { dx: 0n, dy: 0n }],
      ["in any direction", 2_500n, { dx: -30n, dy: -40n }],
      ["at exactly the accepted price", 2_500n, { priceMargin: 0n }],
      ["with the largest price margin", 2_500n, { priceMargin: 2n ** 24n - 1n }],
      ["whose features are accepted exactly", 2_500n, { featureMargins: [0n, 0n] }],
      ["at the far corner of the map", 2n ** 33n, { dx: 65_535n, dy: -65_535n }],
    ];
    for (const [what, reach, change] of feasible) {
      it(what, () => {
        expect(pickOf(reach, [{ ...NEAR, ...change }])).to.equal(0);
      });
    }
  });

  describe("nobody", () => {
    it("where nobody is left", () => {
      expect(pickOf(2_500n, [])).to.equal(null);
    });

    const infeasible: readonly (readonly [string, bigint, Partial<ClearCandidate>])[] = [
      ["if the only one is a square metre too far", 2_499n, {}],
      ["if the only one is one unit too dear", 2_500n, { priceMargin: -1n }],
      ["if a needed feature is missing or too dear", 2_500n, { featureMargins: [5n, -1n] }],
      ["if dx is out of range", 2n ** 34n - 1n, { dx: 2n ** 17n, dy: 0n }],
      ["if dy is out of range", 2n ** 34n - 1n, { dx: 0n, dy: -(2n ** 17n) }],
      ["if the price margin is out of range", 2_500n, { priceMargin: 2n ** 25n }],
      ["if a feature margin is out of range", 2_500n, { featureMargins: [2n ** 25n] }],
      ["if the price has wrapped around", 2_500n, { priceMargin: -(2n ** 500n) }],
      ["if the reach is out of range", 2n ** 34n, {}],
      ["if the reach is negative", -1n, {}],
    ];
    for (const [what, reach, change] of infeasible) {
      it(what, () => {
        expect(pickOf(reach, [{ ...NEAR, ...change }])).to.equal(null);
      });
    }
  });

  describe("the best of several", () => {
    it("by the score first: a cheaper one may be farther", () => {
      const near = { ...NEAR, dx: 0n, dy: 0n, priceMargin: 0n };
      const cheap = { ...NEAR, dx: 100n, dy: 0n, priceMargin: 10_001n };
      expect(pickOf(10_000n, [near, cheap])).to.equal(1);
      expect(pickOf(10_000n, [near, { ...cheap, priceMargin: 9_999n }])).to.equal(0);
    });

    it("at equal scores the nearer one", () => {
      const near = { ...NEAR, dx: 0n, dy: 0n, priceMargin: 0n };
      const far = { ...NEAR, dx: 100n, dy: 0n, priceMargin: 10_000n };
      expect(pickOf(10_000n, [far, near])).to.equal(1);
      expect(pickOf(10_000n, [near, far])).to.equal(0);
    });

    it("at equal scores and distances the one that comes first", () => {
      const east = { ...NEAR, dx: 40n, dy: 30n };
      expect(pickOf(2_500n, [NEAR, east])).to.equal(0);
      expect(pickOf(2_500n, [east, NEAR, NEAR])).to.equal(0);
    });

    it("past infeasible ones, however attractive", () => {
      const near = { ...NEAR, featureMargins: [0n] };
      const ideal = { ...near, dx: 0n, dy: 0n, priceMargin: 2n ** 24n - 1n };
      const candidates = [
        { ...ideal, featureMargins: [-1n] },
        { ...ideal, dx: 51n },
        { ...ideal, priceMargin: -1n },
        near,
      ];
      expect(pickOf(2_500n, candidates)).to.equal(3);
    });

    it("past nonsense that somebody uploaded", () => {
      const nonsense = [
        { ...NEAR, dx: 2n ** 300n },
        { ...NEAR, dy: -(2n ** 543n) },
        { ...NEAR, priceMargin: 2n ** 543n },
      ];
      expect(pickOf(2_500n, [...nonsense, NEAR, ...nonsense])).to.equal(3);
    });
  });

  it("refuses ciphertexts of another round", () => {
    const other = otherRoundKey().publicKey;
    const foreign = encrypt(other, 0n, rng);
    expect(refusal(() => cloud.pick({ maxDistanceSquared: foreign, candidates: [] }))).to.equal(
      "PaillierError E_KEY_MISMATCH",
    );
  });

  it("refuses what is no ciphertext", () => {
    const broken = unchecked(publicKey, key.p);
    expect(refusal(() => cloud.pick({ maxDistanceSquared: broken, candidates: [] }))).to.equal(
      "PaillierError E_CIPHERTEXT_UNIT",
    );
  });
});

describe("the cloud picks between records", () => {
  let somebody: Person;

  before(async () => {
    somebody = await person("somebody");
  });

  function pickBetween(request: ClearRequest, offers: readonly ClearOffer[]): Pick {
    const header = headerOf(somebody);
    const features = request.featureBids.length;
    const asked = asRequest(
      encryptUpload(header, publicKey, requestFields(request), rng),
      features,
    );
    const offered = offers.map((offer) =>
      asOffer(encryptUpload(header, publicKey, offerFields(offer), rng), features),
    );
    return cloud.pick(compare(asked, offered));
  }

  const features: readonly (readonly [bid: bigint | null, ask: bigint | null, suits: boolean])[] = [
    [null, null, true],
    [null, 0n, true],
    [null, 2n ** 24n - 3n, true],
    [0n, null, false],
    [2n ** 24n - 3n, null, false],
    [0n, 0n, true],
    [5n, 5n, true],
    [5n, 4n, true],
    [5n, 6n, false],
  ];
  for (const [bid, ask, suits] of features) {
    const needed = bid === null ? "not needed" : `needed for at most ${bid}`;
    const offered = ask === null ? "not offered" : `offered for ${ask}`;
    it(`${suits ? "accepts" : "refuses"} a feature ${needed} and ${offered}`, () => {
      const request = { ...CLEAR_REQUEST, featureBids: [bid] };
      const offer = { ...CLEAR_OFFER, featureAsks: [ask] };
      expect(pickBetween(request, [offer])).to.equal(suits ? 0 : null);
    });
  }

  describe("of the worked example", () => {
    const CENT = 10_000n;
    const seller = (
      xM: number,
      yM: number,
      cents: bigint,
      asks: readonly (bigint | null)[],
    ): ClearOffer => ({
      ...CLEAR_OFFER,
      position: { xM, yM },
      pricePerKwh: cents * CENT,
      featureAsks: asks.map((ask) => (ask === null ? null : ask * CENT)),
    });
    const buyer: ClearRequest = {
      position: { xM: 1_000, yM: 1_000 },
      maxPricePerKwh: 150n * CENT,
      maxDistanceM: 800,
      featureBids: [30n * CENT, null],
    };
    const s1 = seller(1_300, 1_400, 140n, [20n, 10n]);
    const s2 = seller(1_100, 1_000, 200n, [25n, null]);
    const s3 = seller(1_600, 1_800, 120n, [10n, null]);
    const s4 = seller(1_000, 1_600, 100n, [null, 5n]);
    const s5 = seller(1_200, 1_100, 149n, [29n, null]);

    it("s5", () => {
      expect(pickBetween(buyer, [s1, s2, s3, s4, s5])).to.equal(4);
    });

    it("s1 when s5 is taken, and then nobody", () => {
      expect(pickBetween(buyer, [s1, s2, s3, s4])).to.equal(0);
      expect(pickBetween(buyer, [s2, s3, s4])).to.equal(null);
    });
  });
});

describe("the cloud reveals", () => {
  it("what the proxy blinded, to the recipient alone", async () => {
    const recipient = await person("recipient");
    const note = {
      auctionId: AUCTION_ID,
      evId: bytesToHex(rng.bytes(32)),
      cpId: bytesToHex(rng.bytes(32)),
      bidCommitment: bytesToHex(rng.bytes(32)),
      encryptedOfferHash: bytesToHex(rng.bytes(32)),
      r: bytesToHex(rng.bytes(32)),
    };
    const decision = decisionOf(AUCTION_ID, note.evId, note.cpId, note.bidCommitment, note.r);
    const binding = { auctionId: AUCTION_ID, decision };
    const sealKey = bytesToHex(recipient.sealKeys.publicKey);
    const blinded = [9n, publicKey.n - 2n].map((value) => encrypt(publicKey, value, rng));
    const delivery = {
      ...binding,
      blinded: await cloud.reveal(sealKey, binding, blinded),
      masks: await sealMasks(sealKey, binding, { note, masks: [4n, 3n] }, rng),
    };
    const { values } = await openDelivery(recipient.sealKeys, publicKey.n, delivery);
    expect(values).to.deep.equal([5n, publicKey.n - 5n]);
  });

  it("keeps its key to itself", () => {
    expect(Object.keys(cloud)).to.deep.equal(["pick", "reveal"]);
    const shown = inspect(cloud, { depth: null, showHidden: true });
    for (const secret of [key.p, key.q, key.lambda]) expect(shown).not.to.include(String(secret));
  });
});

function pickOf(reach: bigint, candidates: readonly ClearCandidate[]): Pick {
  const comparison: Comparison = {
    maxDistanceSquared: hidden(reach),
    candidates: candidates.map(hideCandidate),
  };
  return cloud.pick(comparison);
}

function hideCandidate({ dx, dy, priceMargin, featureMargins }: ClearCandidate): Candidate {
  return {
    dx: hidden(dx),
    dy: hidden(dy),
    priceMargin: hidden(priceMargin),
    featureMargins: featureMargins.map(hidden),
  };
}

function hidden(value: bigint): Ciphertext {
  return encrypt(publicKey, encodeSigned(publicKey, value, 544), rng);
}
