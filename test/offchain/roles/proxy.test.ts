import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import {
  bidCommitment,
  decisionOf,
  orderKey,
  requestCommitment,
  type Bytes32,
} from "../../../offchain/messages/market.ts";
import {
  signUpload,
  uploadHash,
  type SignedUpload,
  type Upload,
} from "../../../offchain/messages/upload.ts";
import { decodeSigned } from "../../../offchain/primitives/paillier/encoding.ts";
import { decrypt } from "../../../offchain/primitives/paillier/privateKey.ts";
import { encrypt } from "../../../offchain/primitives/paillier/publicKey.ts";
import { prepareBid } from "../../../offchain/roles/pile.ts";
import {
  admitOffer,
  admitRequest,
  blind,
  compare,
  decide,
  inOrder,
  type Submission,
} from "../../../offchain/roles/proxy.ts";
import { encryptRequest } from "../../../offchain/roles/vehicle.ts";
import {
  AUCTION_ID,
  bytes32,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  headerOf,
  person,
  roundKey,
  VENUE,
  type Person,
} from "../market.ts";
import { counterRng, refusal, toyKey } from "../primitives/support.ts";

const key = roundKey();
const { publicKey } = key;
const rng = counterRng("proxy");

const NOTHING: Bytes32 = `0x${"00".repeat(32)}`;
const FEATURES = 2;

describe("the proxy", () => {
  let vehicle: Person;
  let pile: Person;
  let request: Submission;
  let offer: Submission;

  before(async () => {
    vehicle = await person("vehicle");
    pile = await person("pile");
    request = await requestOf(
      vehicle,
      encryptRequest(headerOf(vehicle), publicKey, CLEAR_REQUEST, rng),
    );
    const bid = prepareBid(VENUE, headerOf(pile), publicKey, CLEAR_OFFER, rng);
    offer = {
      signed: await signUpload(VENUE, bid.upload, pile.wallet),
      participantId: pile.participantId,
      commitment: bid.commitment,
    };
  });

  /** An upload that its sender signed and committed to. */
  async function requestOf(sender: Person, upload: Upload): Promise<Submission> {
    const account = sender.wallet.address;
    return {
      signed: await signUpload(VENUE, upload, sender.wallet),
      participantId: sender.participantId,
      commitment: requestCommitment(VENUE, AUCTION_ID, account, uploadHash(upload)),
    };
  }

  const requestRefusal = (submission: Submission, venue = VENUE, auctionId = AUCTION_ID): string =>
    refusal(() => admitRequest(venue, auctionId, FEATURES, submission));
  const offerRefusal = (submission: Submission, venue = VENUE, auctionId = AUCTION_ID): string =>
    refusal(() => admitOffer(venue, auctionId, FEATURES, submission));
  const signedBy = async (sender: Person, { upload }: SignedUpload): Promise<SignedUpload> =>
    signUpload(VENUE, upload, sender.wallet);

  it("admits a request that its account signed and committed to", () => {
    const admitted = admitRequest(VENUE, AUCTION_ID, FEATURES, request);
    expect(admitted.participantId).to.equal(vehicle.participantId);
    expect(admitted.upload).to.equal(request.signed.upload);
    expect(decrypt(key, admitted.fields.maxDistanceSquared)).to.equal(640_000n);
  });

  it("admits an offer that its account signed and has a bonded bid for", () => {
    const admitted = admitOffer(VENUE, AUCTION_ID, FEATURES, offer);
    expect(admitted.bidCommitment).to.equal(offer.commitment);
    expect(admitted.uploadHash).to.equal(uploadHash(offer.signed.upload));
    expect(decrypt(key, admitted.fields.negPrice)).to.equal(publicKey.n - 1_490_000n);
  });

  describe("admits no request", () => {
    it("whose commitment is of other ciphertexts, of another account, or missing", () => {
      const { upload } = request.signed;
      const other = { ...upload, fields: upload.fields.toReversed() };
      const { address } = vehicle.wallet;
      const commitments = [
        requestCommitment(VENUE, AUCTION_ID, address, uploadHash(other)),
        requestCommitment(VENUE, AUCTION_ID, pile.wallet.address, uploadHash(upload)),
        requestCommitment(VENUE, id("another auction"), address, uploadHash(upload)),
        requestCommitment({ ...VENUE, chainId: 1n }, AUCTION_ID, address, uploadHash(upload)),
        NOTHING,
      ];
      for (const commitment of commitments) {
        expect(requestRefusal({ ...request, commitment })).to.equal(
          "AdmissionError E_ADMISSION_COMMITMENT",
        );
      }
    });

    it("for another auction", () => {
      expect(requestRefusal(request, VENUE, id("another auction"))).to.equal(
        "AdmissionError E_ADMISSION_AUCTION",
      );
    });

    it("that is unsigned, signed by another, or signed for another venue", async () => {
      const unsigned = { ...request.signed, signature: "0x" };
      const foreign = await signedBy(pile, request.signed);
      for (const signed of [unsigned, foreign]) {
        expect(requestRefusal({ ...request, signed })).to.equal("UploadError E_UPLOAD_SIGNATURE");
      }
      expect(requestRefusal(request, { ...VENUE, chainId: 1n })).to.equal(
        "UploadError E_UPLOAD_SIGNATURE",
      );
    });

    it("with a field too few or too many", async () => {
      const { fields } = request.signed.upload;
      for (const some of [fields.slice(1), [...fields, ...fields.slice(1, 2)]]) {
        const wrong = await requestOf(vehicle, { ...request.signed.upload, fields: some });
        expect(requestRefusal(wrong)).to.equal("UploadError E_UPLOAD_FIELDS");
      }
    });
  });

  describe("admits no offer", () => {
    it("without a bonded bid", () => {
      expect(offerRefusal({ ...offer, commitment: NOTHING })).to.equal(
        "AdmissionError E_ADMISSION_COMMITMENT",
      );
    });

    it("for another auction", () => {
      expect(offerRefusal(offer, VENUE, id("another auction"))).to.equal(
        "AdmissionError E_ADMISSION_AUCTION",
      );
    });

    it("that is unsigned, signed by another, or signed for another venue", async () => {
      const unsigned = { ...offer.signed, signature: "0x" };
      const foreign = await signedBy(vehicle, offer.signed);
      for (const signed of [unsigned, foreign]) {
        expect(offerRefusal({ ...offer, signed })).to.equal("UploadError E_UPLOAD_SIGNATURE");
      }
      expect(offerRefusal(offer, { ...VENUE, auctions: pile.wallet.address })).to.equal(
        "UploadError E_UPLOAD_SIGNATURE",
      );
    });

    it("with a field too few or too many", async () => {
      const { upload } = offer.signed;
      for (const fields of [upload.fields.slice(1), [...upload.fields, ...upload.fields]]) {
        const signed = await signUpload(VENUE, { ...upload, fields }, pile.wallet);
        expect(offerRefusal({ ...offer, signed })).to.equal("UploadError E_UPLOAD_FIELDS");
      }
    });
  });

  it("compares by the differences of the fields, buyer − seller", () => {
    const { fields } = admitRequest(VENUE, AUCTION_ID, FEATURES, request);
    const offered = admitOffer(VENUE, AUCTION_ID, FEATURES, offer).fields;
    const { maxDistanceSquared, candidates } = compare(fields, [offered]);
    const open = (c: Parameters<typeof decrypt>[1]): bigint =>
      decodeSigned(publicKey, decrypt(key, c), 64);
    expect(open(maxDistanceSquared)).to.equal(640_000n);
    expect(candidates.map(({ dx, dy }) => [open(dx), open(dy)])).to.deep.equal([[-200n, -100n]]);
    expect(candidates.map(({ priceMargin }) => open(priceMargin))).to.deep.equal([10_000n]);
    expect(candidates.map(({ featureMargins }) => featureMargins.map(open))).to.deep.equal([
      [10_000n, 1n],
    ]);
  });

  it("refuses to compare where an ask is missing", () => {
    const { fields } = admitRequest(VENUE, AUCTION_ID, FEATURES, request);
    const offered = admitOffer(VENUE, AUCTION_ID, FEATURES, offer).fields;
    expect(() => compare(fields, [{ ...offered, negFeatureAsks: [] }])).to.throw(RangeError);
  });

  it("decides with a fresh r, so that equal pairs have unlike decisions", () => {
    const asked = admitRequest(VENUE, AUCTION_ID, FEATURES, request);
    const offered = admitOffer(VENUE, AUCTION_ID, FEATURES, offer);
    const [one, two] = [
      decide(AUCTION_ID, asked, offered, rng),
      decide(AUCTION_ID, asked, offered, rng),
    ];
    const { auctionId, evId, cpId, r, encryptedOfferHash, bidCommitment: bid } = one.note;
    expect([auctionId, evId, cpId]).to.deep.equal([
      AUCTION_ID,
      vehicle.participantId,
      pile.participantId,
    ]);
    expect([bid, encryptedOfferHash]).to.deep.equal([
      offer.commitment,
      uploadHash(offer.signed.upload),
    ]);
    expect(one.decision).to.equal(decisionOf(auctionId, evId, cpId, bid, r));
    expect(two.note).to.deep.equal({ ...one.note, r: two.note.r });
    expect(two.decision).not.to.equal(one.decision);
  });

  it("admits an offer with the commitment to another price: it cannot see through the salt", () => {
    const { upload } = offer.signed;
    const honest = {
      pricePerKwh: CLEAR_OFFER.pricePerKwh,
      powerW: BigInt(CLEAR_OFFER.powerW),
      encryptedOfferHash: uploadHash(upload),
      salt: CLEAR_OFFER.salt,
    };
    const account = pile.wallet.address;
    expect(bidCommitment(VENUE, AUCTION_ID, account, honest)).to.equal(offer.commitment);
    const commitment = bidCommitment(VENUE, AUCTION_ID, account, { ...honest, pricePerKwh: 1n });
    expect(offerRefusal({ ...offer, commitment })).to.equal("accepted");
  });
});

describe("the order of a round", () => {
  const participants = fc
    .uniqueArray(bytes32, { maxLength: 12 })
    .map((ids) => ids.map((participantId) => ({ participantId })));
  const RUNS = { numRuns: 200, seed: 0x5eed };

  it("is a permutation, ascending by the order key", () => {
    fc.assert(
      fc.property(bytes32, participants, (seed, given) => {
        const ordered = inOrder(seed, given);
        expect(ordered).to.have.members(given);
        expect(ordered).to.have.lengthOf(given.length);
        const keys = ordered.map(({ participantId }) => orderKey(seed, participantId));
        expect(keys).to.deep.equal(keys.toSorted());
      }),
      RUNS,
    );
  });

  it("does not depend on the order in which uploads came in", () => {
    fc.assert(
      fc.property(bytes32, participants, (seed, given) => {
        expect(inOrder(seed, given.toReversed())).to.deep.equal(inOrder(seed, given));
      }),
      RUNS,
    );
  });

  it("has somebody who uploaded twice once, with the last upload", () => {
    const uploads = [1, 2, 3, 2].map((person, k) => ({ participantId: id(`${person}`), k }));
    const ordered = inOrder(id("seed"), uploads);
    expect(ordered.map(({ k }) => k)).to.have.members([0, 2, 3]);
    expect(ordered).to.have.lengthOf(3);
  });

  it("puts each of five first about equally often, as the seed varies", () => {
    const given = [0, 1, 2, 3, 4].map((k) => ({ participantId: id(`participant ${k}`), k }));
    const firsts = [0, 0, 0, 0, 0];
    const draws = 2_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const k = inOrder(id(`seed ${draw}`), given)[0]?.k ?? 0;
      firsts[k] = (firsts[k] ?? 0) + 1;
    }
    const statistic = chiSquare(firsts, draws / firsts.length);
    expect(statistic).to.be.at.most(fourSigma(4));
  });
});

describe("blinding", () => {
  const toy = toyKey();
  const modulus = Number(toy.publicKey.n);
  const draws = 100 * modulus;

  /** How often each residue is blinded value, and how often mask, of `value`. */
  function histograms(value: bigint): { readonly blinded: number[]; readonly masks: number[] } {
    const field = encrypt(toy.publicKey, value, rng);
    const blinded = new Array<number>(modulus).fill(0);
    const masks = new Array<number>(modulus).fill(0);
    const fields = Array.from({ length: draws }, () => field);
    const drawn = blind(fields, rng);
    for (const [k, ciphertext] of drawn.blinded.entries()) {
      count(blinded, decrypt(toy, ciphertext));
      count(masks, drawn.masks[k] ?? 0n);
    }
    return { blinded, masks };
  }

  it("adds the mask and nothing else", () => {
    const fields = [5n, publicKey.n - 7n].map((value) => encrypt(publicKey, value, rng));
    const { blinded, masks } = blind(fields, rng);
    const [a = 0n, b = 0n] = masks;
    expect(blinded.map((field) => decrypt(key, field))).to.deep.equal([
      (a + 5n) % publicKey.n,
      (b + publicKey.n - 7n) % publicKey.n,
    ]);
  });

  for (const value of [0n, 3n, 150n]) {
    it(`hides ${value}: blinded value and mask are uniform, each alone`, () => {
      const { blinded, masks } = histograms(value);
      expect(chiSquare(blinded, 100)).to.be.at.most(fourSigma(modulus - 1));
      expect(chiSquare(masks, 100)).to.be.at.most(fourSigma(modulus - 1));
    });
  }

  it("would be seen through with masks one bit shorter than the modulus", () => {
    const counts = new Array<number>(modulus).fill(0);
    for (let draw = 0; draw < draws; draw += 1) {
      count(counts, (3n + BigInt((rng.bytes(1)[0] ?? 0) & 127)) % toy.publicKey.n);
    }
    expect(chiSquare(counts, 100)).to.be.above(fourSigma(modulus - 1));
  });

  it("gives unlike ciphertexts and masks every time", () => {
    const field = encrypt(publicKey, 5n, rng);
    const { blinded, masks } = blind(
      Array.from({ length: 8 }, () => field),
      rng,
    );
    const seen = new Set([field, ...blinded].map(({ value }) => value));
    expect(seen.size).to.equal(9);
    expect(new Set(masks).size).to.equal(8);
  });

  it("re-randomises: without its mask a blinded field is still another ciphertext", () => {
    const field = encrypt(publicKey, 5n, rng);
    const { blinded, masks } = blind([field], rng);
    const unmasked = (field.value * (1n + (masks[0] ?? 0n) * publicKey.n)) % publicKey.nSquared;
    expect(blinded[0]?.value).not.to.equal(unmasked);
  });
});

function count(counts: number[], residue: bigint): void {
  const k = Number(residue);
  counts[k] = (counts[k] ?? 0) + 1;
}

/** Pearson's statistic against equal frequencies. */
function chiSquare(observed: readonly number[], expected: number): number {
  return observed.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
}

/** Mean and four standard deviations of χ² with this many degrees of freedom. */
function fourSigma(degrees: number): number {
  return degrees + 4 * Math.sqrt(2 * degrees);
}
